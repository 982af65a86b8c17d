"""The core's problem document (RFC 9457). It never carries a name, a serial or any echoed input."""

from typing import Literal

from issuance.wire.codes import CoreRefusal
from issuance.wire.fields import WireBody

PROBLEM_MEDIA_TYPE = "application/problem+json"
PROBLEM_TYPE_PREFIX = "urn:risai:core-problem:"


class CoreProblem(WireBody):
    """What went wrong, for programs (``reason``) and for people (``title``)."""

    type: str
    """``urn:risai:core-problem:`` followed by the reason."""
    title: str
    status: int
    reason: CoreRefusal
    retryable: bool
    trace_id: str
    fields: tuple[str, ...] = ()
    """Names of the offending fields; never their values."""


class CoreHealth(WireBody):
    """Answer of ``GET /core/v1/health``."""

    status: Literal["ok", "stopped"]
    municipality_code: str
    software: str
    configuration_digest: str
    """Hexadecimal SHA-256 over code version and settings: what runs is what was approved."""
