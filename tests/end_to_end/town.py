"""A town for end-to-end tests: the demo's own wiring, a clock of its own, cards with keys kept."""

from dataclasses import dataclass, field
from pathlib import Path

from cardsim.reader import SimulatedReader
from kiosk.card.client import JpkiClient
from launcher.customer import Customer
from launcher.demo_gateway import KIOSK_ID
from launcher.embedded import Town, open_embedded_town
from launcher.hand import ReaderInKioskTerms
from launcher.state import StateFolder
from signed_http.client import SignedClient


@dataclass
class Visitors:
    """Makes customers at the demo's kiosk; a persona's card is made once."""

    town: Town
    _cards: dict[str, tuple[bytes, JpkiClient]] = field(default_factory=dict)

    def client(self) -> SignedClient:
        """Return the kiosk's signed client."""
        keys = self.town.state.keys()
        return SignedClient(
            self.town.kiosk_http,
            origin=self.town.gateway_origin,
            key=keys.kiosk,
            server_keys={keys.gateway.key_id: keys.gateway.public_bytes},
            now=self.town.now,
        )

    def customer(self, persona_id: str = "resident") -> Customer:
        """Return a customer whose card lies open with its PIN presented."""
        if persona_id not in self._cards:
            persona = next(p for p in self.town.personas if p.id == persona_id)
            reader = SimulatedReader()
            reader.put(self.town.make_card(persona))
            card = JpkiClient(ReaderInKioskTerms(reader).connect())
            card.recognise()
            certificate = card.read_certificate()
            card.verify_pin(persona.auth_pin)
            self._cards[persona_id] = certificate, card
        certificate, card = self._cards[persona_id]
        return Customer(self.client(), KIOSK_ID, "990019", certificate, card.sign_digest)


def embedded_visitors(folder: Path) -> Visitors:
    """Open a town in one process for tests; nobody is too fast for it."""
    return Visitors(open_embedded_town(StateFolder(folder), unlimited=True))
