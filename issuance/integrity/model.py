"""The issue log and the breaker that stops a municipality's line."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

GENESIS = bytes(32)
"""The hash before the first entry."""


class LogKind(StrEnum):
    """What an entry records."""

    PREPARED = "prepared"
    COMPLETED = "completed"
    ABORTED = "aborted"
    VOIDED = "voided"
    ALARM = "alarm"
    RESET_REQUESTED = "reset_requested"
    RESET = "reset"


class Alarm(StrEnum):
    """Why the line stopped."""

    WRONG_SUBJECT = "wrong_subject"
    NUMBER_COLLISION = "number_collision"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One link of the chain. The payload holds digests, pseudonyms and certificate numbers only."""

    entry_no: int
    """From 1, without gaps."""
    kind: LogKind
    recorded_at: datetime
    payload: bytes
    """Deterministic CBOR."""
    previous_hash: bytes
    entry_hash: bytes


@dataclass(frozen=True, slots=True)
class BreakerState:
    """A stopped line, and who asked to release it so far."""

    alarm: Alarm
    tripped_at: datetime
    reset_requested_by: str | None
    reset_reason: str | None
