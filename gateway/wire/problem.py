"""The gateway's problem document (RFC 9457). No personal data, no echoed input."""

from gateway.wire.codes import ErrorCode, MoneyState, ProblemKind
from issuance.wire.fields import WireBody

PROBLEM_MEDIA_TYPE = "application/problem+json"
PROBLEM_TYPE_PREFIX = "urn:risai:problem:"


class Problem(WireBody):
    """What went wrong, for programs and for people."""

    type: str
    """``urn:risai:problem:`` followed by the kind."""
    title: str
    status: int
    kind: ProblemKind
    code: ErrorCode | None = None
    """The error screen to show, where there is one."""
    retryable: bool
    money_state: MoneyState
    trace_id: str
    """Random; names this answer in the gateway's log."""
    environment: str
    """``demo`` or ``production``."""
    fields: tuple[str, ...] = ()
    """Names of the offending fields; never their values."""
    step: int | None = None
    """Number of the verification step that refused, where one did."""
    opens_at: str | None = None
    """Next opening (RFC 3339) where the service is closed."""
