"""What can happen to the machine, and what the machine can ask to be done. Plain values."""

from dataclasses import dataclass, field

from gateway.wire.bodies import Locale, MunicipalityOffer, ServiceStatus
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.ports import PrinterFault
from kiosk.transaction import Choice


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button on the touch screen."""

    button: str


@dataclass(frozen=True, slots=True)
class Digit:
    """A digit of the number pad."""

    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardPlaced:
    """A card lies on the reader."""


@dataclass(frozen=True, slots=True)
class CardLifted:
    """The card was taken from the reader."""


@dataclass(frozen=True, slots=True)
class ReaderLost:
    """Whether a card lies there cannot be seen: the reader is out of order."""


@dataclass(frozen=True, slots=True)
class MoneyIn:
    """The sum of the coins put in."""

    inserted: int


@dataclass(frozen=True, slots=True)
class ServiceKnown:
    """Hours and municipalities are known."""

    status: ServiceStatus


@dataclass(frozen=True, slots=True)
class CardExamined:
    """The card is one that can be used, and takes so many wrong PINs yet."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class Proved:
    """The card holder is proved; this is what she may have."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Order and price are fixed."""

    unit_fee: int
    total: int
    pages: int
    """Pages of one copy."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The documents exist."""


@dataclass(frozen=True, slots=True)
class Paid:
    """The money is kept; the change came out."""

    change: int


@dataclass(frozen=True, slots=True)
class PageOut:
    """A page came out of the printer."""

    page: int
    copy: int


@dataclass(frozen=True, slots=True)
class PrintingStopped:
    """The printer needs somebody."""

    fault: PrinterFault
    pages_out: int


@dataclass(frozen=True, slots=True)
class PrintingDone:
    """Every copy has its outcome."""

    printed: int


@dataclass(frozen=True, slots=True)
class Completed:
    """Everything is reported; so much went back."""

    sheets: int
    refund: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A step did not work."""

    code: ErrorCode
    money: MoneyState = MoneyState.NONE
    tries_left: int = 0
    opens: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time goes by."""


Event = (
    Pressed
    | Digit
    | CardPlaced
    | CardLifted
    | ReaderLost
    | MoneyIn
    | ServiceKnown
    | CardExamined
    | Proved
    | Quoted
    | Prepared
    | Paid
    | PageOut
    | PrintingStopped
    | PrintingDone
    | Completed
    | Failed
    | Tick
)


@dataclass(frozen=True, slots=True)
class AskService:
    """Ask hours and municipalities."""


@dataclass(frozen=True, slots=True)
class ExamineCard:
    """Look at the card on the reader, before any PIN."""


@dataclass(frozen=True, slots=True)
class Prove:
    """Open a session if none is open, talk to the card, prove the holder."""

    locale: Locale
    municipality: MunicipalityOffer
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskQuote:
    """Fix order and price."""

    entry_id: str
    copies: int


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have the documents made."""


@dataclass(frozen=True, slots=True)
class KeepMoney:
    """Tell the gateway and keep the price."""

    total: int


@dataclass(frozen=True, slots=True)
class Print:
    """Fetch the documents if need be, and print what is not out yet."""


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print once more what cannot be read."""


@dataclass(frozen=True, slots=True)
class Complete:
    """Report every outcome; what is not printed is given up."""


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Print what was paid, without a word about whom."""

    locale: Locale
    copies: int
    unit_fee: int
    change: int


@dataclass(frozen=True, slots=True)
class EndSession:
    """End a session before payment and return the coins."""

    reason: str


@dataclass(frozen=True, slots=True)
class Remind:
    """Call the resident's attention: card or paper is forgotten."""


@dataclass(frozen=True, slots=True)
class Wipe:
    """Forget everything about the resident."""


Effect = (
    AskService
    | ExamineCard
    | Prove
    | AskQuote
    | Prepare
    | KeepMoney
    | Print
    | Reprint
    | Complete
    | PrintReceipt
    | EndSession
    | Remind
    | Wipe
)
