"""The closed set of answers a kiosk can show (E01 … E64) and of problems the API can report.

The number is the same on the screen, in the problem document and in ``docs/ERRORS.md``.
"""

from enum import StrEnum


class ErrorCode(StrEnum):
    """Number of an error screen. Codes the gateway never sends come from the kiosk itself."""

    OUTSIDE_HOURS = "E01"
    NOT_OFFERED = "E02"
    CARD_NOT_RECOGNISED = "E10"
    CARD_REMOVED = "E11"
    NO_CERTIFICATE_ON_CARD = "E12"
    READER_OUT_OF_ORDER = "E13"
    PIN_WRONG = "E20"
    PIN_LOCKED = "E21"
    LAST_TRY = "E22"
    """One try is left, and the machine leaves it to the holder."""
    CERTIFICATE_EXPIRED = "E30"
    CERTIFICATE_REVOKED = "E31"
    REVOCATION_UNKNOWN = "E32"
    NOT_REGISTERED = "E33"
    NOT_AT_KIOSK = "E34"
    RATE_LIMITED = "E35"
    SESSION_EXPIRED = "E36"
    NOT_PREPARED = "E40"
    BINDING_MISMATCH = "E41"
    NOT_PRINTABLE = "E42"
    RECORD_CHANGED = "E43"
    NOT_PAID = "E50"
    PAPER_JAM = "E60"
    SUPPLIES_OUT = "E61"
    SPOILED = "E62"
    NOT_RECOVERABLE = "E63"
    OUTCOME_UNKNOWN = "E64"


class MoneyState(StrEnum):
    """What has happened to the resident's money when an error is shown."""

    NONE = "none"
    """Nothing was taken."""
    RETURNED = "returned"
    HELD = "held"
    """Paid and kept until the sheet is out or the money goes back."""
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


class ProblemKind(StrEnum):
    """Last part of a problem's ``type``; one kind, one HTTP status, at most one error code."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    UNAUTHENTICATED = "unauthenticated"
    REPLAYED = "replayed"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    IDEMPOTENCY_KEY_MISSING = "idempotency-key-missing"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused"
    IN_PROGRESS = "in-progress"
    OUTSIDE_HOURS = "outside-hours"
    NOT_OFFERED = "not-offered"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    CERTIFICATE_REFUSED = "certificate-refused"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_REVOKED = "certificate-revoked"
    REVOCATION_UNKNOWN = "revocation-unknown"
    PROOF_REFUSED = "proof-refused"
    NOT_REGISTERED = "not-registered"
    NOT_AT_KIOSK = "not-at-kiosk"
    RATE_LIMITED = "rate-limited"
    SESSION_EXPIRED = "session-expired"
    WRONG_STATE = "wrong-state"
    """The session is not in the state that this step needs (compare-and-set lost)."""
    CORE_UNAVAILABLE = "core-unavailable"
    BINDING_MISMATCH = "binding-mismatch"
    LINE_STOPPED = "line-stopped"
    NOT_PRINTABLE = "not-printable"
    RECORD_CHANGED = "record-changed"
    WRONG_AMOUNT = "wrong-amount"
    INTERNAL = "internal"
