"""What can go wrong at the kiosk; each class has its error screen in ``error_codes.py``.

    KioskError
    ├── CardError
    │   ├── NoCardError                  nothing on the reader
    │   ├── CardRemovedError             lifted while it was being read
    │   ├── CardNotRecognisedError       another kind of card
    │   ├── CardFailedError              the right kind, but it answers strangely
    │   ├── NoCertificateOnCardError     issued without, as for children under 15
    │   ├── PinWrongError                carries the tries left
    │   ├── PinLockedError
    │   ├── LastTryError                 one try is left, and this machine does not use it
    │   ├── CardInUseError               another program talks to it
    │   └── UnsafeCommandError           a command that no card is sent from here
    ├── ReaderError                      the reader or what is behind it; nobody's card
    │   ├── PcscMissingError             this installation cannot speak to readers
    │   ├── PcscServiceError             pcscd does not run
    │   ├── PcscAccessError              pcscd refuses us
    │   ├── NoReaderError                none is connected
    │   ├── ReaderChoiceError            none or several have the wanted name
    │   ├── ReaderStuckError             no answer in time
    │   ├── ReaderFailedError            anything else; carries the result
    │   └── RealCardRefusedError         in automatic tests only simulated cards are used
    ├── GatewayRefusalError              the gateway said no; carries its code
    ├── GatewayUnreachableError          no answer from the gateway: the outcome is not known
    ├── IntegrityError                   an answer is not the one asked for
    │   └── DocumentRefusedError         a document is not the one ordered
    ├── NotPaidError                     there is less money in than the order costs
    ├── StepOrderError                   a step was taken before the one it needs
    └── JournalFailedError               what must survive a power cut cannot be written down

No error carries a PIN, a name or anything from a document.
"""

from gateway.wire.codes import ErrorCode, MoneyState, ProblemKind


class KioskError(Exception):
    """Anything that leads to an error screen."""


class CardError(KioskError):
    """Something about the card."""


class NoCardError(CardError):
    """No card lies on the reader."""


class CardRemovedError(CardError):
    """The card was lifted while it was being read."""


class CardNotRecognisedError(CardError):
    """Not a card of this kind."""


class CardFailedError(CardError):
    """A card of the right kind gave an answer that nobody expects."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the card answered {status:04X}")
        self.status = status
        """The two status bytes of its answer."""


class NoCertificateOnCardError(CardError):
    """The card holds no authentication certificate."""


class PinWrongError(CardError):
    """The PIN was wrong."""

    def __init__(self, tries_left: int) -> None:
        super().__init__("the PIN was wrong")
        self.tries_left = tries_left
        """How many wrong PINs the card still takes; at least 1."""


class PinLockedError(CardError):
    """No try is left."""


class LastTryError(CardError):
    """One more wrong PIN would lock the card, and this machine does not risk it."""


class CardInUseError(CardError):
    """Another program talks to the card."""


class UnsafeCommandError(CardError):
    """A command that could harm a card or read what is not needed; it was not sent."""


class ReaderError(KioskError):
    """Something about the reader or what is behind it; no card is to blame."""


class PcscMissingError(ReaderError):
    """This installation cannot speak to readers; the message says how to get what is missing."""


class PcscServiceError(ReaderError):
    """The service behind the readers (pcscd) does not run."""


class PcscAccessError(ReaderError):
    """The service behind the readers refuses this user."""


class NoReaderError(ReaderError):
    """No reader is connected."""


class ReaderChoiceError(ReaderError):
    """None or several of the readers have the wanted name; the message lists them."""


class ReaderStuckError(ReaderError):
    """Card or reader gave no answer in time."""


class ReaderFailedError(ReaderError):
    """The reader failed in a way that nobody expects."""

    def __init__(self, result: int) -> None:
        super().__init__(f"the reader failed with {result:08X}; see: cardsim doctor")
        self.result = result
        """What PC/SC said."""


class RealCardRefusedError(ReaderError):
    """An automatic test met a reader or a card that is not simulated."""


class GatewayRefusalError(KioskError):
    """The gateway answered with a problem document."""

    def __init__(
        self,
        kind: ProblemKind,
        code: ErrorCode | None,
        *,
        money: MoneyState,
        retryable: bool,
        trace_id: str,
        opens_at: str | None = None,
    ) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.code = code
        """The error screen that the gateway asks for, if any."""
        self.money = money
        """What the gateway knows of the money; the kiosk knows more once coins are in."""
        self.retryable = retryable
        self.trace_id = trace_id
        self.opens_at = opens_at
        """Next opening (RFC 3339) where the service is closed."""


class GatewayUnreachableError(KioskError):
    """The gateway gave no answer in time; whether it did what was asked is not known."""


class IntegrityError(KioskError):
    """An answer or a manifest is not the one that was asked for."""


class DocumentRefusedError(IntegrityError):
    """A document is not the one that was ordered; nothing of it may be printed."""


class NotPaidError(KioskError):
    """There is less money in the box than the order costs."""


class StepOrderError(KioskError):
    """A step was taken before the one it needs, or after the session's end."""


class JournalFailedError(KioskError):
    """The journal cannot be written; nothing may be taken or printed without it."""
