"""One authority and one card image a run: making RSA keys is slow."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from cardsim.card import Card
from cardsim.files import CardImage
from cardsim.persona import Persona, load_personas
from cardsim.pins import MemoryStore
from cardsim.pki.authority import DemoAuthority, make_rsa_key

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def rsa_key() -> RSAPrivateKey:
    """A key for everything whose key does not matter."""
    return make_rsa_key()


@pytest.fixture(scope="session")
def authority() -> DemoAuthority:
    return DemoAuthority.create(NOW)


@pytest.fixture(scope="session")
def personas() -> dict[str, Persona]:
    return {persona.id: persona for persona in load_personas()}


@pytest.fixture(scope="session")
def image(authority: DemoAuthority, personas: dict[str, Persona]) -> CardImage:
    return authority.issue_card(personas["resident"], NOW)


@pytest.fixture
def card(image: CardImage) -> Card:
    """A powered card with fresh counters."""
    fresh = Card(image, MemoryStore())
    fresh.power_on()
    return fresh
