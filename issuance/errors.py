"""What can go wrong in the core, one class per thing a caller can do something about.

    IssuanceError
    ├── RequestError                    the message itself
    │   ├── MalformedRequestError       not of the form of the API; names the fields
    │   ├── IdempotencyKeyReusedError   the key came with another body
    │   └── RequestInProgressError      the same request is being worked on
    ├── NotLinkedError                  no resident is known under this certificate
    ├── NotAtKioskError                 the counter must decide
    ├── NothingToIssueError             no certificate can be issued now
    ├── RecordChangedError              the record is not the one that was shown
    ├── UnknownOrderError               no such order, or not in a state that allows this
    ├── LineStoppedError                an alarm stopped issuing for this municipality
    ├── IntegrityAlarmError             a promise of ours is broken: stops the line
    ├── ImportRefusedError              import files with mistakes; nothing was stored
    ├── LogBrokenError                  the issue log does not fit its own chain
    └── PaperError                      everything about the sheet of paper
        ├── UnprintableCharacterError   a character has no glyph
        ├── ContentTooLongError         a text does not fit the form
        ├── NumberFormatError           not a certificate number
        └── CodeError                   the code on the paper (see paper_code)

No message holds a name, an address, a serial number or any other input.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class IssuanceError(Exception):
    """Anything the core refuses or cannot do."""


class RequestError(IssuanceError):
    """The request cannot be served as it came."""


class MalformedRequestError(RequestError):
    """The body does not have the form of this request."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__("the body does not have the form of this request")
        self.fields = tuple(fields)
        """Names of the offending fields, never their values."""


class IdempotencyKeyReusedError(RequestError):
    """The idempotency key was used before with another body."""


class RequestInProgressError(RequestError):
    """The same request is being worked on at this moment."""


class NotLinkedError(IssuanceError):
    """No resident is known under this certificate."""


class NotAtKioskError(IssuanceError):
    """The counter must decide; the cause stays inside the municipality."""


class NothingToIssueError(IssuanceError):
    """The person has no certificate that can be issued now."""


class RecordChangedError(IssuanceError):
    """The record is not the one that was shown to the resident."""


class UnknownOrderError(IssuanceError):
    """No such order, or it is not in a state that allows this."""


class LineStoppedError(IssuanceError):
    """An integrity alarm stopped issuing for this municipality."""


class IntegrityAlarmError(IssuanceError):
    """A promise of ours is broken; the breaker has been tripped."""


class LogBrokenError(IssuanceError):
    """The issue log does not fit its own hash chain."""

    def __init__(self, position: int) -> None:
        super().__init__(f"entry {position} of the issue log does not fit the chain")
        self.position = position


@dataclass(frozen=True, slots=True)
class RowMistake:
    """One mistake in an import file and how to mend it."""

    file: str
    row: int
    """Line of the file, from 1; 0 for the file as a whole."""
    column: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.row}" if self.row else self.file
        return f"{place} {self.column}: {self.mend}"


class ImportRefusedError(IssuanceError):
    """The files have mistakes; nothing of them was stored."""

    def __init__(self, mistakes: Sequence[RowMistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes; nothing was imported")
        self.mistakes = tuple(mistakes)


class PaperError(IssuanceError):
    """The sheet of paper cannot be made or read."""


class UnprintableCharacterError(PaperError):
    """A character has no glyph in the font; a box must never be printed."""

    def __init__(self, field: str, code_points: str) -> None:
        super().__init__(f"{field}: {code_points} cannot be printed")
        self.field = field
        self.code_points = code_points


class ContentTooLongError(PaperError):
    """A text does not fit the form."""

    def __init__(self, field: str, limit: int) -> None:
        super().__init__(f"{field}: longer than {limit} characters")
        self.field = field
        self.limit = limit


class NumberFormatError(PaperError):
    """The text is no certificate number."""


class CodeError(PaperError):
    """The code on the paper is not one of ours or was changed."""
