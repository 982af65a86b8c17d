"""What can go wrong in the core, one class per thing a caller can do something about.

IssuanceError
├── MalformedRequestError           the body does not have the form of the API
├── IdempotencyKeyMissingError      a changing request without its key
├── IdempotencyKeyReusedError       the same key came with another body
├── RequestInProgressError          the same request is being worked on
├── NotLinkedError                  no resident is known under this certificate
├── NotAtKioskError                 the counter must decide
├── NothingToIssueError             the person has no certificate that can be issued now
├── RecordChangedError              the record is not the one that was shown
├── UnknownOrderError               no such session, entry, order or number
├── WrongOrderStateError            the order is not in a state that allows this
├── LineStoppedError                an alarm stopped issuing for this municipality
├── WrongSubjectError               a rendered document is about somebody else (alarm)
├── NumberCollisionError            a number is taken, or none could be reserved (alarm)
├── BreakerResetRefusedError        the reset needs two different people and a reason
├── LogBrokenError                  the issue log does not fit its own hash chain
├── ImportRefusedError              import files with mistakes; nothing was stored
├── LinkConflictError               a certificate serial that belongs to another resident
├── SettingsRefusedError            settings or keys with which the core must not start
└── certificates.errors.PaperError  everything about the paper, the code on it and its checking

No message holds a name, an address, a serial number or any other input.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from issuance.linkage.model import Mistake


class IssuanceError(Exception):
    """Anything the core refuses or cannot do."""


class MalformedRequestError(IssuanceError):
    """The request body does not have the form of this API."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__("the body does not have the form of this request")
        self.fields = tuple(fields)
        """Names of the offending fields, never their values."""


class IdempotencyKeyMissingError(IssuanceError):
    """A request that changes something came without an idempotency key of 1 to 64 characters."""


class IdempotencyKeyReusedError(IssuanceError):
    """The idempotency key was used before with another request."""


class RequestInProgressError(IssuanceError):
    """The same request is being worked on in this moment."""


class NotLinkedError(IssuanceError):
    """No resident is known under this certificate."""


class NotAtKioskError(IssuanceError):
    """The counter must decide; the reasons stay inside the municipality."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("the counter must decide")
        self.reasons = tuple(reasons)
        """Internal reason codes, for the municipality's own statistics only."""


class NothingToIssueError(IssuanceError):
    """The person is fine but has no certificate that can be issued now."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("nothing can be issued now")
        self.reasons = tuple(reasons)


class RecordChangedError(IssuanceError):
    """The record is not the one that was shown to the resident."""


class UnknownOrderError(IssuanceError):
    """No such session, entry, order or certificate number."""


class WrongOrderStateError(IssuanceError):
    """The order is not in a state that allows this."""


class LineStoppedError(IssuanceError):
    """An integrity alarm stopped issuing for this municipality until two people reset it."""


class WrongSubjectError(IssuanceError):
    """A rendered document is about somebody other than the proved card holder."""


class NumberCollisionError(IssuanceError):
    """A certificate number is taken already, or none could be reserved."""


class BreakerResetRefusedError(IssuanceError):
    """A stopped line is released by two different people who give a reason, and by nobody else."""


class LogBrokenError(IssuanceError):
    """The issue log does not fit its own hash chain."""

    def __init__(self, entry_no: int) -> None:
        super().__init__(f"the issue log is broken at entry {entry_no}")
        self.entry_no = entry_no


class ImportRefusedError(IssuanceError):
    """Import files have mistakes; nothing was stored."""

    def __init__(self, mistakes: "Sequence[Mistake]") -> None:
        super().__init__(f"{len(mistakes)} mistakes in the import files; nothing was stored")
        self.mistakes = tuple(mistakes)


class LinkConflictError(IssuanceError):
    """A certificate serial is linked to another resident already; a person must look at it."""


class SettingsRefusedError(IssuanceError):
    """Settings or keys with which the core must not start."""
