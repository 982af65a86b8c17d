"""The sequence of screens as values: where the resident is and what the machine knows.

The screen numbers are those of the published descriptions of such machines, in our own list.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.wire.bodies import Locale, MunicipalityOffer, ServiceStatus
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.transaction import Choice

MAX_COPIES = 10


class Screen(StrEnum):
    """Every screen the machine can show."""

    MAIN_MENU = "S00"
    SERVICES = "S01"
    HOURS = "S02"
    CONSENT = "S03"
    PLACE_CARD = "S04"
    MUNICIPALITY = "S05"
    PIN = "S06"
    PIN_STOP = "PIN_STOP"
    """Shown before the try that could lock the card."""
    VERIFYING = "S07"
    TAKE_CARD = "S08"
    CERTIFICATE = "S09"
    CASE = "S10"
    COPIES = "S12"
    CONFIRM = "S13"
    PREPARING = "S14"
    PAY = "S15"
    PRINTING = "S16"
    TAKE_SHEETS = "S17"
    RECEIPT = "S18"
    END = "S19"
    ERROR = "ERROR"


STEPS = (
    Screen.CONSENT,
    Screen.PLACE_CARD,
    Screen.PIN,
    Screen.TAKE_CARD,
    Screen.CERTIFICATE,
    Screen.COPIES,
    Screen.CONFIRM,
    Screen.PAY,
    Screen.TAKE_SHEETS,
)
"""What the step counter counts; S11 has nothing to ask for this certificate."""


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What an error screen tells."""

    code: ErrorCode
    money: MoneyState
    tries_left: int = 0
    pages_out: int = 0
    refund: int = 0
    opens: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How the machine greets whoever comes next: language, size and colours."""

    locale: Locale = Locale.JAPANESE
    large: bool = False
    contrast: bool = False


CHOICES_A_PAGE = 4
"""So many big buttons fit on the smallest screen; more are turned over like pages."""


@dataclass(frozen=True, slots=True)
class FlowState:
    """Everything the screens need. The PIN never shows in a repr."""

    screen: Screen
    entered_at: datetime
    locale: Locale = Locale.JAPANESE
    large: bool = False
    contrast: bool = False
    home: Look = Look()
    """What a resident chooses holds for her session; this comes back after it."""
    leaving: bool = False
    """The session is over, and only the card has still to be taken."""
    choices_page: int = 0
    """Which page of a long list is shown, counted from 0."""
    service: ServiceStatus | None = None
    municipality: MunicipalityOffer | None = None
    card_present: bool = False
    examining: bool = False
    """The card on the reader is being looked at, before any PIN."""
    pin: str = field(default="", repr=False)
    tries_left: int | None = None
    """Known only once a PIN was wrong, here or elsewhere."""
    choices: tuple[Choice, ...] = ()
    chosen: Choice | None = None
    copies: int = 1
    unit_fee: int = 0
    total: int = 0
    pages: int = 0
    inserted: int = 0
    change: int = 0
    paid: bool = False
    keeping: bool = False
    """The payment is being told to the gateway."""
    page: int = 0
    copy: int = 1
    reprinted: bool = False
    printed: int = 0
    refund: int = 0
    receipt_wanted: bool = False
    error: ErrorView | None = None
    reminded: int = 0
    """How many reminders were given on this screen."""


def fresh(now: datetime, home: Look | None = None) -> FlowState:
    """Return the state of a machine that nobody uses, looking as it does at home."""
    look = home or Look()
    return FlowState(
        Screen.MAIN_MENU,
        now,
        locale=look.locale,
        large=look.large,
        contrast=look.contrast,
        home=look,
    )


def page_count(choices: int) -> int:
    """Return how many pages so many choices take; at least one."""
    return max(1, -(-choices // CHOICES_A_PAGE))
