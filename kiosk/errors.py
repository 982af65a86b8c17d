"""What can go wrong at the kiosk; each class has its error screen in ``error_codes.py``.

    KioskError
    ├── CardError
    │   ├── NoCardError                  nothing on the reader
    │   ├── CardRemovedError             lifted while it was being read
    │   ├── CardNotRecognisedError       another kind of card, or a broken one
    │   ├── NoCertificateOnCardError     issued without, as for children under 15
    │   ├── PinWrongError                carries the tries left
    │   └── PinLockedError
    ├── GatewayRefusalError              the gateway said no; carries its code
    ├── GatewayUnreachableError          no answer from the gateway
    ├── IntegrityError                   an answer or document is not the one asked for
    └── PrintingEndedError               the printer cannot finish; carries what came out

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
    """Not a card of this kind, or one that answers strangely."""


class NoCertificateOnCardError(CardError):
    """The card holds no authentication certificate."""


class PinWrongError(CardError):
    """The PIN was wrong."""

    def __init__(self, tries_left: int) -> None:
        super().__init__("the PIN was wrong")
        self.tries_left = tries_left


class PinLockedError(CardError):
    """No try is left."""


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
        self.money = money
        self.retryable = retryable
        self.trace_id = trace_id
        self.opens_at = opens_at


class GatewayUnreachableError(KioskError):
    """The gateway gave no answer in time."""


class IntegrityError(KioskError):
    """An answer, a manifest or a document is not the one that was asked for."""


class PrintingEndedError(KioskError):
    """The printer cannot finish the order."""
