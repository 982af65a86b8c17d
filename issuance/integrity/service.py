"""Recording in the issue log, stopping the line, and releasing it by two people."""

from datetime import datetime
from hashlib import sha256
from typing import Any

import cbor2
from sqlalchemy import Connection

from issuance.errors import BreakerResetRefusedError, LineStoppedError, LogBrokenError
from issuance.integrity.chain import chain_entry, verify_chain
from issuance.integrity.model import Alarm, LogEntry, LogKind
from issuance.integrity.store import (
    append_log,
    clear_breaker,
    find_breaker,
    lock_log_head,
    note_reset_request,
    read_log,
    set_breaker,
)


def record(
    connection: Connection, code: str, kind: LogKind, payload: dict[str, Any], *, now: datetime
) -> LogEntry:
    """Append one entry; the payload must hold digests, pseudonyms and numbers only."""
    entry_no, head = lock_log_head(connection, code)
    entry = chain_entry(
        previous_hash=head,
        entry_no=entry_no + 1,
        kind=kind,
        recorded_at=now,
        payload=cbor2.dumps(payload, canonical=True),
    )
    append_log(connection, code, entry)
    return entry


def check_line_runs(connection: Connection, code: str) -> None:
    """Refuse while an alarm stands. Raises: LineStoppedError."""
    if find_breaker(connection, code) is not None:
        raise LineStoppedError("issuing is stopped for this municipality")


def trip(
    connection: Connection, code: str, alarm: Alarm, *, session_id: str, now: datetime
) -> None:
    """Stop the line of this municipality until two people release it."""
    set_breaker(connection, code, alarm=alarm, now=now)
    record(
        connection,
        code,
        LogKind.ALARM,
        {"alarm": alarm.value, "session": sha256(session_id.encode()).digest()},
        now=now,
    )


def release(
    connection: Connection, code: str, *, operator: str, reason: str, now: datetime
) -> bool:
    """Take one of the two steps that release a stopped line; True when it runs again.

    Raises: BreakerResetRefusedError when nothing is stopped, the reason is empty, or the second
    person is the first one.
    """
    state = find_breaker(connection, code)
    if state is None or not reason.strip() or not operator.strip():
        raise BreakerResetRefusedError("a stopped line, an operator and a reason are needed")
    words = {"operator": operator, "reason": reason}
    if note_reset_request(connection, code, operator=operator, reason=reason):
        record(connection, code, LogKind.RESET_REQUESTED, words, now=now)
        return False
    first = state.reset_requested_by
    if first is None or first == operator:
        raise BreakerResetRefusedError("the second person must be another one")
    if not clear_breaker(connection, code, requested_by=first):
        raise BreakerResetRefusedError("somebody else was faster")
    record(connection, code, LogKind.RESET, words, now=now)
    return True


def verify_log(connection: Connection, code: str) -> tuple[int, bytes]:
    """Return length and last hash of the log after checking every link of it.

    Raises: LogBrokenError, also when the recorded head is not the last entry.
    """
    count, head = verify_chain(read_log(connection, code))
    if (count, head) != lock_log_head(connection, code):
        raise LogBrokenError(count)
    return count, head
