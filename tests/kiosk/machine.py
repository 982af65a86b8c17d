"""A whole machine without screens, and a customer who walks through it step by step."""

from dataclasses import dataclass
from pathlib import Path

from gateway.wire.bodies import Locale
from kiosk.devices import SimulatedCoinBox, SimulatedPrinter
from kiosk.journal import Journal
from kiosk.till import take_payment
from kiosk.transaction import SessionDriver
from tests.kiosk.fake_card import PIN, FakeChannel, FakeReader
from tests.kiosk.fakes import FakeClock, FakeGateway

KIOSK_ID = "kiosk-1"


async def no_pause(_seconds: float) -> None:
    """Wait for nothing."""


@dataclass
class Machine:
    """Parts of one kiosk."""

    gateway: FakeGateway
    reader: FakeReader
    coins: SimulatedCoinBox
    printer: SimulatedPrinter
    journal: Journal
    journal_path: Path
    driver: SessionDriver

    async def until_proved(self) -> None:
        """Take steps 1 to 4."""
        await self.driver.open(Locale.JAPANESE)
        await self.driver.prove(self.reader, self.gateway.municipality, PIN)

    async def until_quoted(self, copies: int = 1) -> None:
        """Take steps 1 to 5."""
        await self.until_proved()
        await self.driver.quote("entry-1", copies)

    async def until_prepared(self, copies: int = 1) -> None:
        """Take steps 1 to 7."""
        await self.until_quoted(copies)
        await self.driver.prepare()

    async def until_paid(self, copies: int = 1) -> None:
        """Take steps 1 to 8, with the exact money."""
        await self.until_prepared(copies)
        for _ in range(copies):
            self.coins.insert(10)
        await take_payment(self.driver, self.coins)

    async def until_fetched(self, copies: int = 1) -> None:
        """Take steps 1 to 9; the documents are open and checked."""
        await self.until_paid(copies)
        await self.driver.fetch()


def build_machine(folder: Path, gateway: FakeGateway | None = None) -> Machine:
    """Return a machine whose tray and journal lie in ``folder``."""
    gateway = gateway or FakeGateway()
    journal_path = folder / "journal.jsonl"
    journal = Journal(journal_path, FakeClock().now)
    return Machine(
        gateway=gateway,
        reader=FakeReader(FakeChannel()),
        coins=SimulatedCoinBox(),
        printer=SimulatedPrinter(folder / "tray", pause=no_pause),
        journal=journal,
        journal_path=journal_path,
        driver=SessionDriver(gateway, kiosk_id=KIOSK_ID, journal=journal),
    )
