"""What every kiosk test stands on: a clock, a gateway, a card, a printer, a coin box."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cardsim.files import CardImage
from cardsim.persona import Persona, load_personas
from cardsim.pki.authority import DemoAuthority
from tests.kiosk.core_work import NOW
from tests.kiosk.fakes import FakeClock
from tests.kiosk.machine import Machine, build_machine


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the asynchronous tests."""
    return "asyncio"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return build_machine(tmp_path)


@pytest.fixture(scope="session")
def demo_authority() -> DemoAuthority:
    return DemoAuthority.create(NOW.astimezone(UTC))


@pytest.fixture(scope="session")
def personas() -> dict[str, Persona]:
    return {persona.id: persona for persona in load_personas()}


@pytest.fixture(scope="session")
def resident_image(demo_authority: DemoAuthority, personas: dict[str, Persona]) -> CardImage:
    return demo_authority.issue_card(personas["resident"], datetime(2026, 11, 23, 3, tzinfo=UTC))
