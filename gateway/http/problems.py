"""The one table from error class to what the outside may know of it (RFC 9457).

A class that nobody entered stands under its nearest named ancestor; anything unknown becomes a
bare 500 that tells nothing.
"""

from dataclasses import dataclass

from gateway import errors
from gateway.billing import errors as billing
from gateway.verification import errors as verification
from gateway.wire.bodies import Environment, SessionState
from gateway.wire.codes import ErrorCode, MoneyState, ProblemKind
from gateway.wire.problem import PROBLEM_TYPE_PREFIX, Problem
from signed_http.errors import (
    BodyTooLargeError,
    MessageReplayedError,
    SignatureMissingError,
    SignedHttpError,
)

E = ErrorCode
K = ProblemKind


@dataclass(frozen=True, slots=True)
class Row:
    """What is told about one class of errors."""

    kind: ProblemKind
    status: int
    title: str
    code: ErrorCode | None = None
    retryable: bool = False
    """The same wish may succeed a little later."""
    money: MoneyState = MoneyState.NONE
    """``NONE`` leaves it to the state of the session."""


_INTERNAL = Row(K.INTERNAL, 500, "The gateway failed", money=MoneyState.UNKNOWN)
_REFUSED = Row(K.CERTIFICATE_REFUSED, 403, "This card cannot be used", E.CERTIFICATE_REVOKED)
_STOPPED = "Stopped for safety"

PROBLEMS: dict[type[errors.GatewayError], Row] = {
    errors.MalformedRequestError: Row(K.MALFORMED, 422, "Not the form of this request"),
    errors.IdempotencyKeyMissingError: Row(
        K.IDEMPOTENCY_KEY_MISSING, 400, "An Idempotency-Key of 1 to 64 characters is needed"
    ),
    errors.IdempotencyKeyReusedError: Row(
        K.IDEMPOTENCY_KEY_REUSED, 422, "The key was used with another request"
    ),
    errors.RequestInProgressError: Row(
        K.IN_PROGRESS, 409, "The same request is being worked on", retryable=True
    ),
    errors.OutsideHoursError: Row(K.OUTSIDE_HOURS, 503, "Closed now", E.OUTSIDE_HOURS),
    errors.NotOfferedError: Row(K.NOT_OFFERED, 404, "Not offered", E.NOT_OFFERED),
    errors.RateLimitedError: Row(
        K.RATE_LIMITED, 429, "Too often in a short time", E.RATE_LIMITED, retryable=True
    ),
    errors.UnknownSessionError: Row(K.NOT_FOUND, 404, "No such session", E.SESSION_EXPIRED),
    errors.SessionExpiredError: Row(
        K.SESSION_EXPIRED, 409, "The session's time is over", E.SESSION_EXPIRED
    ),
    errors.WrongStateError: Row(
        K.WRONG_STATE, 409, "Not possible in this state of the session", E.SESSION_EXPIRED
    ),
    errors.WrongAmountError: Row(
        K.WRONG_AMOUNT, 422, "The amount is not the price", E.NOT_PAID, money=MoneyState.RETURNED
    ),
    errors.NotRegisteredError: Row(
        K.NOT_REGISTERED, 403, "The municipality does not know this card", E.NOT_REGISTERED
    ),
    errors.NotAtKioskError: Row(K.NOT_AT_KIOSK, 403, "Please ask at the counter", E.NOT_AT_KIOSK),
    errors.RecordChangedError: Row(
        K.RECORD_CHANGED, 409, "The record has changed", E.RECORD_CHANGED, retryable=True
    ),
    errors.NotPrintableError: Row(
        K.NOT_PRINTABLE, 422, "The form cannot show this record", E.NOT_PRINTABLE
    ),
    errors.CoreUnavailableError: Row(
        K.CORE_UNAVAILABLE, 503, "The municipality gave no answer", E.NOT_PREPARED, retryable=True
    ),
    errors.LineStoppedError: Row(K.LINE_STOPPED, 503, _STOPPED, E.BINDING_MISMATCH),
    errors.BindingMismatchError: Row(K.BINDING_MISMATCH, 503, _STOPPED, E.BINDING_MISMATCH),
    errors.SettlementRefusedError: _INTERNAL,
    billing.BillingError: _INTERNAL,
    billing.MonthNotOverError: _INTERNAL,
    billing.LedgerMismatchError: _INTERNAL,
    billing.TakingsFileError: _INTERNAL,
    billing.PressError: _INTERNAL,
    errors.BreakerResetRefusedError: _INTERNAL,
    errors.ParticipationError: _INTERNAL,
    errors.NotLiveError: Row(K.NOT_OFFERED, 404, "Not offered", E.NOT_OFFERED),
    errors.OpenGateError: _INTERNAL,
    errors.IntroductionError: _INTERNAL,
    errors.YearlyInputError: Row(K.MALFORMED, 422, "A figure cannot be used"),
    errors.RequestError: Row(K.MALFORMED, 400, "The request cannot be served"),
    verification.CertificateUnreadableError: Row(
        K.CERTIFICATE_UNREADABLE, 422, "Not one certificate", E.NO_CERTIFICATE_ON_CARD
    ),
    verification.CertificateRefusedError: _REFUSED,
    verification.OutsideValidityError: Row(
        K.CERTIFICATE_EXPIRED, 403, "The certificate is not valid now", E.CERTIFICATE_EXPIRED
    ),
    verification.RevokedError: Row(
        K.CERTIFICATE_REVOKED, 403, "The certificate was revoked", E.CERTIFICATE_REVOKED
    ),
    verification.RevocationUnknownError: Row(
        K.REVOCATION_UNKNOWN,
        503,
        "Revocation cannot be checked now",
        E.REVOCATION_UNKNOWN,
        retryable=True,
    ),
    verification.ChallengeRefusedError: Row(
        K.SESSION_EXPIRED, 409, "The challenge cannot be answered any more", E.SESSION_EXPIRED
    ),
    verification.ProofRefusedError: Row(
        K.PROOF_REFUSED, 403, "The card did not sign for this session", E.CERTIFICATE_REVOKED
    ),
    verification.VerificationError: _REFUSED,
}

_MESSAGES: tuple[tuple[type[SignedHttpError], Row], ...] = (
    (BodyTooLargeError, Row(K.TOO_LARGE, 413, "The body is too large")),
    (MessageReplayedError, Row(K.REPLAYED, 409, "The same signed message came before")),
    (SignatureMissingError, Row(K.UNAUTHENTICATED, 401, "The message is not signed")),
    (SignedHttpError, Row(K.UNAUTHENTICATED, 401, "The signature is not accepted")),
)


def row_of(error: Exception) -> Row:
    """Return the row of the table for this error."""
    if isinstance(error, SignedHttpError):
        return next(row for known, row in _MESSAGES if isinstance(error, known))
    for ancestor in type(error).__mro__:
        if ancestor in PROBLEMS:
            return PROBLEMS[ancestor]
    return _INTERNAL


MONEY_IN: dict[SessionState, MoneyState] = {
    SessionState.PAID: MoneyState.HELD,
    SessionState.RELEASED: MoneyState.HELD,
    SessionState.COMPLETING: MoneyState.HELD,
    SessionState.ISSUED: MoneyState.HELD,
    SessionState.VOID: MoneyState.REFUNDED,
    SessionState.IN_DOUBT: MoneyState.UNKNOWN,
}
"""What has happened to the money of a session in this state; nothing, in every other one."""


def problem_of(
    error: Exception,
    *,
    trace_id: str,
    environment: Environment,
    state: SessionState | None = None,
) -> Problem:
    """Return the problem document of an error; nothing of the input is in it.

    ``state`` is the session's after the refusal, where there is a session.
    """
    row = row_of(error)
    money = row.money
    if money is MoneyState.NONE and state is not None:
        money = MONEY_IN.get(state, MoneyState.NONE)
    opens_at = error.opens_at.isoformat() if isinstance(error, errors.OutsideHoursError) else None
    fields = error.fields if isinstance(error, errors.MalformedRequestError) else ()
    return Problem(
        type=PROBLEM_TYPE_PREFIX + row.kind.value,
        title=row.title,
        status=row.status,
        kind=row.kind,
        code=row.code,
        retryable=row.retryable,
        money_state=money,
        trace_id=trace_id,
        environment=environment.value,
        fields=fields,
        step=getattr(error, "step", None),
        opens_at=opens_at,
    )
