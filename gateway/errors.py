"""What the gateway refuses, and why: one class per thing that a caller can do something about.

    GatewayError
    ├── VerificationError              the card holder was not proved (``verification.errors``)
    ├── RequestError                   the message itself
    │   ├── MalformedRequestError      not of the form of the API; names the fields
    │   ├── IdempotencyKeyMissingError
    │   ├── IdempotencyKeyReusedError  the key came with another body
    │   └── RequestInProgressError     the same request is being worked on
    ├── OutsideHoursError              closed; knows when it opens
    ├── NotOfferedError                municipality or certificate is not offered now
    ├── RateLimitedError               too many sessions of this person or kiosk
    ├── UnknownSessionError            no such session of this kiosk
    ├── SessionExpiredError            its time is over
    ├── WrongStateError                the session is not in the state that this step needs
    ├── WrongAmountError               the money is not the price
    ├── NotRegisteredError             the municipality does not know this card
    ├── NotAtKioskError                the counter must decide
    ├── RecordChangedError             the record is not the one that was shown
    ├── NotPrintableError              the form cannot show this record
    ├── CoreUnavailableError           the municipality's core gave no usable answer
    ├── LineStoppedError               an alarm stopped this municipality's line
    ├── BindingMismatchError           a manifest is not the one ordered: stops the line
    ├── SettlementRefusedError         a person may settle only what is in doubt
    ├── BreakerResetRefusedError       two different people and a reason are needed
    ├── ParticipationError             the participation file cannot be used
    ├── NotLiveError (NotOfferedError) its introduction is not finished
    ├── OpenGateError                  what is still missing before a municipality may go live
    ├── IntroductionError              a step of the introduction is not possible now
    └── YearlyInputError               a figure for the yearly fees cannot be used

No error carries a name, a serial number or any other personal data.
"""

from collections.abc import Sequence
from datetime import datetime


class GatewayError(Exception):
    """Something that the gateway refuses to do."""


class RequestError(GatewayError):
    """The request cannot be served as it came."""


class MalformedRequestError(RequestError):
    """The body does not have the form of this request."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__("the body does not have the form of this request")
        self.fields = tuple(fields)
        """Names of the offending fields, never their values."""


class IdempotencyKeyMissingError(RequestError):
    """A request that changes something came without an idempotency key of 1 to 64 characters."""


class IdempotencyKeyReusedError(RequestError):
    """The idempotency key was used before with another request."""


class RequestInProgressError(RequestError):
    """The same request is being worked on at this moment."""


class OutsideHoursError(GatewayError):
    """The service is closed now."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__("the service is closed")
        self.opens_at = opens_at


class NotOfferedError(GatewayError):
    """This municipality, or this certificate, is not offered now."""


class RateLimitedError(GatewayError):
    """Too many sessions of this person or this kiosk in a short time."""


class UnknownSessionError(GatewayError):
    """No such session of this kiosk."""


class SessionExpiredError(GatewayError):
    """The session's time is over."""


class WrongStateError(GatewayError):
    """The session is not in the state that this step needs; somebody else was faster."""


class WrongAmountError(GatewayError):
    """The money is not the price of the quote."""


class NotRegisteredError(GatewayError):
    """The municipality does not know this card."""


class NotAtKioskError(GatewayError):
    """The counter must decide; the cause is not told."""


class RecordChangedError(GatewayError):
    """The record is not the one that was shown to the resident."""


class NotPrintableError(GatewayError):
    """The form cannot show this record."""


class CoreUnavailableError(GatewayError):
    """The municipality's core gave no usable answer."""


class LineStoppedError(GatewayError):
    """An integrity alarm stopped this municipality's line until two people reset it."""


class BindingMismatchError(GatewayError):
    """A manifest is not the one that was ordered for the proved person."""

    def __init__(self, difference: str) -> None:
        super().__init__(f"the manifest differs: {difference}")
        self.difference = difference
        """Which comparison failed, in one word."""


class SettlementRefusedError(GatewayError):
    """Only a session in doubt is settled by a person, and never against what the core recorded."""


class BreakerResetRefusedError(GatewayError):
    """A stopped line is released by two different people who give a reason, and by nobody else."""


class ParticipationError(GatewayError):
    """The participation file cannot be used; the message names the place and how to mend it."""


class NotLiveError(NotOfferedError):
    """The municipality's introduction is not finished, so it serves nobody yet."""


class OpenGateError(GatewayError):
    """A municipality may not go live: something of its introduction is still open."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(f"まだ終わっていません / not before these are done: {', '.join(missing)}")
        self.missing = tuple(missing)
        """Ids of the tasks and documents that are not done."""


class IntroductionError(GatewayError):
    """A step of an introduction that is not possible now; the message says what comes first."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(f"{ja} / {en}")


class YearlyInputError(GatewayError):
    """A figure that cannot be used: where it stands, what is wrong and how to mend it."""

    def __init__(self, place: str, ja: str, en: str) -> None:
        super().__init__(f"{place}: {ja} / {en}")
        self.place = place
        """Name of the option, setting or field."""
        self.ja = ja
        self.en = en
