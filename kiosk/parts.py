"""What the kiosk program is put together from; one place per program fills it in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kiosk.card.reading import CardCondition, examine_card
from kiosk.devices import SimulatedCoinBox, SimulatedPrinter
from kiosk.journal import Journal
from kiosk.ports import CardReader, Clock, Gateway
from kiosk.transaction import SessionDriver


@dataclass(frozen=True, slots=True)
class TrayCard:
    """One card that somebody may hold in her hand."""

    id: str
    title_ja: str
    title_en: str


class CardTray(Protocol):
    """The hand that puts cards on the reader and lifts them; a real machine has none."""

    def cards(self) -> Sequence[TrayCard]:
        """The cards one may choose from."""

    async def put(self, card_id: str) -> None:
        """Lay that card on the reader."""

    def lift(self) -> None:
        """Take the card from the reader."""


@dataclass(frozen=True, slots=True)
class KioskParts:
    """Everything the kiosk program needs from outside."""

    gateway: Gateway
    kiosk_id: str
    reader: CardReader
    tray: CardTray | None
    coin_box: SimulatedCoinBox
    printer: SimulatedPrinter
    journal: Journal
    clock: Clock
    output: Path
    demo: bool
    pause: Callable[[float], Awaitable[None]]
    """Waits for so many seconds; a test's does not."""

    async def examine_card(self) -> CardCondition:
        """Look at the card on the reader; raises what ``kiosk.card.reading`` says."""
        return await examine_card(self.reader)

    def new_driver(self) -> SessionDriver:
        """Return the driver of a new session."""
        return SessionDriver(self.gateway, kiosk_id=self.kiosk_id, journal=self.journal)
