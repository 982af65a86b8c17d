"""The one table from error class to what the outside may know of it."""

from dataclasses import dataclass

from issuance import errors
from issuance.certificates import errors as paper
from issuance.wire.codes import CoreRefusal
from issuance.wire.problem import PROBLEM_TYPE_PREFIX, CoreProblem
from signed_http.errors import (
    BodyTooLargeError,
    MessageReplayedError,
    SignedHttpError,
)


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """Status and reason of one class of errors."""

    reason: CoreRefusal
    status: int
    title: str
    retryable: bool = False
    """The same request, sent again a little later, may succeed."""


_INTERNAL = ProblemKind(CoreRefusal.INTERNAL, 500, "The core failed")
_NOT_PRINTABLE = ProblemKind(CoreRefusal.NOT_PRINTABLE, 422, "The form cannot show this record")

PROBLEMS: dict[type[errors.IssuanceError], ProblemKind] = {
    errors.MalformedRequestError: ProblemKind(
        CoreRefusal.MALFORMED, 422, "The body does not have the form of this request"
    ),
    errors.IdempotencyKeyMissingError: ProblemKind(
        CoreRefusal.MALFORMED, 400, "An Idempotency-Key of 1 to 64 characters is needed"
    ),
    errors.IdempotencyKeyReusedError: ProblemKind(
        CoreRefusal.IDEMPOTENCY_KEY_REUSED, 422, "The key was used with another request"
    ),
    errors.RequestInProgressError: ProblemKind(
        CoreRefusal.IN_PROGRESS, 409, "The same request is being worked on", retryable=True
    ),
    errors.NotLinkedError: ProblemKind(
        CoreRefusal.NOT_LINKED, 404, "No resident is known under this certificate"
    ),
    errors.NotAtKioskError: ProblemKind(CoreRefusal.NOT_AT_KIOSK, 403, "Please ask at the counter"),
    errors.NothingToIssueError: ProblemKind(
        CoreRefusal.NOTHING_TO_ISSUE, 404, "Nothing can be issued now"
    ),
    errors.RecordChangedError: ProblemKind(
        CoreRefusal.RECORD_CHANGED, 409, "The record is not the one that was shown"
    ),
    paper.UnprintableCharacterError: _NOT_PRINTABLE,
    paper.CodeTooLargeError: _NOT_PRINTABLE,
    paper.DateBeforeErasError: _NOT_PRINTABLE,
    paper.LayoutError: _NOT_PRINTABLE,
    paper.PaperError: _INTERNAL,
    errors.UnknownOrderError: ProblemKind(CoreRefusal.UNKNOWN_ORDER, 404, "No such order"),
    errors.WrongOrderStateError: ProblemKind(
        CoreRefusal.UNKNOWN_ORDER, 409, "The order is not in a state that allows this"
    ),
    errors.LineStoppedError: ProblemKind(CoreRefusal.LINE_STOPPED, 503, "Issuing is stopped"),
    errors.WrongSubjectError: ProblemKind(CoreRefusal.LINE_STOPPED, 503, "Issuing is stopped"),
    errors.NumberCollisionError: ProblemKind(CoreRefusal.LINE_STOPPED, 503, "Issuing is stopped"),
    errors.BreakerResetRefusedError: _INTERNAL,
    errors.LogBrokenError: _INTERNAL,
    errors.ImportRefusedError: _INTERNAL,
    errors.LinkConflictError: _INTERNAL,
    errors.SettingsRefusedError: _INTERNAL,
}
"""A subclass that is not named stands under its nearest named ancestor."""


def kind_of(error: errors.IssuanceError) -> ProblemKind:
    """Return the row of the table for this error; a class nobody entered tells nothing."""
    for ancestor in type(error).__mro__:
        if ancestor in PROBLEMS:
            return PROBLEMS[ancestor]
    return _INTERNAL


def problem_of(error: errors.IssuanceError, *, trace_id: str) -> CoreProblem:
    """Return the problem document of one of our errors."""
    kind = kind_of(error)
    fields = error.fields if isinstance(error, errors.MalformedRequestError) else ()
    return _problem(kind, trace_id, fields)


def internal_problem(*, trace_id: str) -> CoreProblem:
    """Return the bare answer to anything unforeseen."""
    return _problem(_INTERNAL, trace_id, ())


def problem_of_message(error: SignedHttpError, *, trace_id: str) -> CoreProblem:
    """Return the problem document of a message that the signature profile refused."""
    if isinstance(error, BodyTooLargeError):
        kind = ProblemKind(CoreRefusal.TOO_LARGE, 413, "The body is too large")
    elif isinstance(error, MessageReplayedError):
        kind = ProblemKind(CoreRefusal.REPLAYED, 409, "The same signed message came before")
    else:
        kind = ProblemKind(CoreRefusal.UNAUTHENTICATED, 401, "No signature of a known gateway")
    return _problem(kind, trace_id, ())


def _problem(kind: ProblemKind, trace_id: str, fields: tuple[str, ...]) -> CoreProblem:
    return CoreProblem(
        type=PROBLEM_TYPE_PREFIX + kind.reason.value,
        title=kind.title,
        status=kind.status,
        reason=kind.reason,
        retryable=kind.retryable,
        trace_id=trace_id,
        fields=fields,
    )
