"""What the kiosk needs from the world: card reader, gateway, coin box, printer, clock.

The screens and the flow know only these shapes. Implementations live beside them and in the
launcher; a test brings its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.wire.bodies import (
    Catalogue,
    Completion,
    Locale,
    OrderWish,
    Payment,
    Prepared,
    PrintReport,
    Quote,
    Receipt,
    Released,
    ServiceStatus,
    SessionOpened,
    SessionStatus,
)
from kiosk.card.certificate_proof import CardProof


class CardChannel(Protocol):
    """An exclusive connection to the card on the reader."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command; return data and the two status bytes.

        Raises: CardRemovedError; over PC/SC also ReaderError and what ``card.safety`` refuses.
        """

    def disconnect(self) -> None:
        """Unpower the card: its PIN state dies."""


class CardReader(Protocol):
    """The pad on which the card lies."""

    def is_card_present(self) -> bool:
        """Say at once whether a card lies on the reader. Raises: ReaderError."""

    def connect(self) -> CardChannel:
        """Power the card. Raises: NoCardError; over PC/SC also ReaderError, CardInUseError."""


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the moment, aware, UTC."""


class Gateway(Protocol):
    """The gateway as the kiosk calls it.

    Every method raises GatewayRefusalError (with its error code) or GatewayUnreachableError.
    """

    async def service_status(self) -> ServiceStatus:
        """Hours, notices, who takes part."""

    async def open_session(self, locale: Locale, session_key: bytes) -> SessionOpened:
        """Step 1."""

    async def prove(self, session_id: str, municipality_code: str, proof: CardProof) -> Catalogue:
        """Step 3."""

    async def quote(self, session_id: str, wish: OrderWish) -> Quote:
        """Step 5."""

    async def prepare(self, session_id: str, order_digest: bytes) -> Prepared:
        """Steps 6 and 7."""

    async def pay(self, session_id: str, payment: Payment) -> SessionStatus:
        """Step 8."""

    async def release(self, session_id: str) -> Released:
        """Step 9."""

    async def report_print(self, session_id: str, report: PrintReport) -> SessionStatus:
        """Step 10, once an attempt."""

    async def complete(self, session_id: str, completion: Completion) -> Receipt:
        """Step 11."""

    async def abort(self, session_id: str, reason: str) -> SessionStatus:
        """Before payment: end the session; nothing was bought."""

    async def void(self, session_id: str, reason: str) -> SessionStatus:
        """After payment: nothing was printed, the money goes back."""

    async def session_status(self, session_id: str) -> SessionStatus:
        """Where the session stands."""


class CoinBox(Protocol):
    """Takes and returns money. Amounts are whole yen."""

    def inserted_yen(self) -> int:
        """What has been put in and not yet kept."""

    def keep(self, amount: int) -> int:
        """Keep ``amount`` and return the change that was paid out. Raises: ValueError."""

    def return_all(self) -> int:
        """Give back everything not kept; return how much."""

    def refund(self, amount: int) -> None:
        """Pay out ``amount`` of what was kept."""


class PrinterFault(StrEnum):
    """Why a copy did not come out whole."""

    JAM = "jam"
    SUPPLIES_OUT = "supplies_out"
    SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class PrintedPages:
    """How far one print attempt came."""

    pages_out: int
    fault: PrinterFault | None


class Printer(Protocol):
    """Puts one document on paper."""

    async def print_document(self, pdf: bytes, pages: int, label: str) -> PrintedPages:
        """Print all pages of ``pdf``; ``label`` is a random name, never personal."""

    def output_tray(self) -> Sequence[str]:
        """Names of the sheets that lie in the tray."""
