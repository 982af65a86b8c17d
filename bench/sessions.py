"""Complete sessions of scripted customers through the real ASGI applications."""

import time
from collections import defaultdict
from pathlib import Path

from cardsim.reader import SimulatedReader
from gateway.wire import api_paths
from issuance.wire.recipes import authentication_digest
from kiosk.card.certificate_proof import CardProof
from kiosk.card.client import JpkiClient
from launcher.customer import Customer
from launcher.demo_gateway import KIOSK_ID
from launcher.embedded import EmbeddedTown, open_embedded_town
from launcher.hand import ReaderInKioskTerms
from launcher.state import StateFolder
from signed_http.client import SignedClient

STEPS = ("prove", "choose", "confirm", "pay", "take", "report_prints", "complete")
PEOPLE = ("resident", "one-try-left", "variant-kanji")


class Sessions:
    """One town and its customers; times are kept a step."""

    def __init__(self, folder: Path) -> None:
        self.town: EmbeddedTown = open_embedded_town(StateFolder(folder), unlimited=True)
        self.times: dict[str, list[float]] = defaultdict(list)
        self._next = 0
        self._cards = [self._card(persona_id) for persona_id in PEOPLE]

    def _card(self, persona_id: str) -> tuple[bytes, JpkiClient]:
        persona = next(p for p in self.town.personas if p.id == persona_id)
        reader = SimulatedReader()
        reader.put(self.town.make_card(persona))
        card = JpkiClient(ReaderInKioskTerms(reader).connect())
        card.recognise()
        certificate = card.read_certificate()
        card.verify_pin(persona.auth_pin)
        return certificate, card

    def forget(self) -> None:
        """Drop the times of the warm-up."""
        self.times.clear()

    def customer(self) -> Customer:
        """Return the next customer, at the machine."""
        self._next += 1
        certificate, card = self._cards[self._next % len(self._cards)]
        keys = self.town.state.keys()
        client = SignedClient(
            self.town.kiosk_http,
            origin=self.town.gateway_origin,
            key=keys.kiosk,
            server_keys={keys.gateway.key_id: keys.gateway.public_bytes},
            now=self.town.now,
        )
        return Customer(client, KIOSK_ID, "990019", certificate, card.sign_digest)

    async def proof(self, customer: Customer) -> CardProof:
        """Open a session and let the card sign: what comes before the clock starts."""
        await customer.open_session()
        if customer.opened is None:
            raise LookupError("no session was opened")
        digest = authentication_digest(
            origin=customer.opened.origin,
            challenge=customer.opened.challenge,
            kiosk_id=KIOSK_ID,
            session_key=customer.session_key,
        )
        return CardProof(customer.certificate, customer.sign_digest(digest))

    async def one(self) -> float:
        """Run one session; return the seconds from proof to issued."""
        customer = self.customer()
        signature = (await self.proof(customer)).signature
        customer.sign_digest = lambda _digest: signature
        total = 0.0
        for step in STEPS:
            started = time.perf_counter()
            await getattr(customer, step)()
            seconds = time.perf_counter() - started
            self.times[step].append(seconds)
            total += seconds
        return total

    async def hop(self) -> None:
        """Ask the gateway something small: what one signed exchange costs by itself."""
        client = self.customer().client
        started = time.perf_counter()
        await client.get(api_paths.SERVICE)
        self.times["hop"].append(time.perf_counter() - started)

    async def several(self, count: int) -> None:
        """Run sessions one after the other."""
        for _ in range(count):
            await self.one()
