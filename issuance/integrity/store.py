"""Rows of the issue log (triggers forbid changing or deleting them) and of the breaker."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    select,
    update,
)

from issuance.database import Moment, insert_ignoring, metadata
from issuance.integrity.model import GENESIS, Alarm, BreakerState, LogEntry, LogKind

issue_log = Table(
    "issue_log",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("entry_no", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("entry_hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("municipality_code", "entry_no"),
)

log_heads = Table(
    "log_heads",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("entry_no", Integer, nullable=False),
    Column("entry_hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("municipality_code"),
)

breakers = Table(
    "breakers",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("alarm", Text, nullable=False),
    Column("tripped_at", Moment, nullable=False),
    Column("reset_requested_by", Text),
    Column("reset_reason", Text),
    PrimaryKeyConstraint("municipality_code"),
)


_HEAD = (
    select(log_heads.c.entry_no, log_heads.c.entry_hash)
    .where(log_heads.c.municipality_code == bindparam("code"))
    .with_for_update()
)
_ADD_ENTRY = issue_log.insert()
_BREAKER = select(breakers).where(breakers.c.municipality_code == bindparam("code"))


def lock_log_head(connection: Connection, code: str) -> tuple[int, bytes]:
    """Return number and hash of the last entry; nobody else appends until the commit."""
    row = connection.execute(_HEAD, {"code": code}).one_or_none()
    if row is None:
        first = {"municipality_code": code, "entry_no": 0, "entry_hash": GENESIS}
        connection.execute(insert_ignoring(connection, log_heads), first)
        row = connection.execute(_HEAD, {"code": code}).one()
    return row.entry_no, bytes(row.entry_hash)


def append_log(connection: Connection, code: str, entry: LogEntry) -> None:
    """Add one entry at the end."""
    connection.execute(
        _ADD_ENTRY,
        {
            "municipality_code": code,
            "entry_no": entry.entry_no,
            "kind": entry.kind.value,
            "recorded_at": entry.recorded_at,
            "payload": entry.payload,
            "previous_hash": entry.previous_hash,
            "entry_hash": entry.entry_hash,
        },
    )
    connection.execute(
        update(log_heads)
        .where(log_heads.c.municipality_code == code)
        .values(entry_no=entry.entry_no, entry_hash=entry.entry_hash)
    )


def read_log(connection: Connection, code: str) -> Iterator[LogEntry]:
    """Yield every entry in order."""
    query = (
        select(issue_log)
        .where(issue_log.c.municipality_code == code)
        .order_by(issue_log.c.entry_no)
    )
    for row in connection.execute(query):
        yield _entry(row)


def find_breaker(connection: Connection, code: str) -> BreakerState | None:
    """Return the breaker of a stopped line; None while it runs."""
    row = connection.execute(_BREAKER, {"code": code}).one_or_none()
    if row is None:
        return None
    return BreakerState(Alarm(row.alarm), row.tripped_at, row.reset_requested_by, row.reset_reason)


def set_breaker(connection: Connection, code: str, *, alarm: Alarm, now: datetime) -> None:
    """Stop the line; a line that is stopped already keeps its first alarm."""
    row = {"municipality_code": code, "alarm": alarm.value, "tripped_at": now}
    connection.execute(insert_ignoring(connection, breakers), row)


def note_reset_request(connection: Connection, code: str, *, operator: str, reason: str) -> bool:
    """Record the first person's wish; False when somebody else asked before."""
    noted = connection.execute(
        update(breakers)
        .where(breakers.c.municipality_code == code, breakers.c.reset_requested_by.is_(None))
        .values(reset_requested_by=operator, reset_reason=reason)
    )
    return noted.rowcount == 1


def clear_breaker(connection: Connection, code: str, *, requested_by: str) -> bool:
    """Release the line that ``requested_by`` asked to release; False when nothing fitted."""
    cleared = connection.execute(
        breakers.delete().where(
            breakers.c.municipality_code == code, breakers.c.reset_requested_by == requested_by
        )
    )
    return cleared.rowcount == 1


def _entry(row: Any) -> LogEntry:
    return LogEntry(
        entry_no=row.entry_no,
        kind=LogKind(row.kind),
        recorded_at=row.recorded_at,
        payload=bytes(row.payload),
        previous_hash=bytes(row.previous_hash),
        entry_hash=bytes(row.entry_hash),
    )
