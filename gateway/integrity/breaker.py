"""The breaker: an alarm stops a municipality's line, and two people start it again.

Every step goes into a log that only grows and is chained by hashes.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Delete,
    Integer,
    LargeBinary,
    Table,
    Text,
    Update,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from gateway.database import Moment, metadata
from gateway.errors import BreakerResetRefusedError, LineStoppedError

breakers = Table(
    "breakers",
    metadata,
    Column("municipality_code", Text, primary_key=True),
    Column("alarm", Text, nullable=False),
    Column("tripped_at", Moment, nullable=False),
    Column("reset_requested_by", Text),
    Column("reset_reason", Text),
)

integrity_log = Table(
    "integrity_log",
    metadata,
    Column("entry_no", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("entry_hash", LargeBinary, nullable=False),
)

_GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Breaker:
    """A stopped line."""

    municipality_code: str
    alarm: str
    tripped_at: datetime
    reset_requested_by: str | None
    reset_reason: str | None


def list_breakers(connection: Connection) -> list[Breaker]:
    """Return every stopped line."""
    rows = connection.execute(select(breakers).order_by(breakers.c.municipality_code))
    return [Breaker(**row._mapping) for row in rows]


def check_line_runs(connection: Connection, code: str) -> None:
    """Refuse while an alarm stands. Raises: LineStoppedError."""
    query = select(breakers.c.alarm).where(breakers.c.municipality_code == code)
    if connection.execute(query).one_or_none() is not None:
        raise LineStoppedError("this municipality's line is stopped")


def trip(connection: Connection, code: str, alarm: str, *, session_id: str, now: datetime) -> None:
    """Stop the line; a line that is stopped keeps its first alarm."""
    try:
        with connection.begin_nested():
            row = {"municipality_code": code, "alarm": alarm, "tripped_at": now}
            connection.execute(insert(breakers), row)
    except IntegrityError:
        pass  # It is stopped already; the alarm below is logged all the same.
    session = sha256(session_id.encode()).hexdigest()
    record(connection, "alarm", {"municipality": code, "alarm": alarm, "session": session}, now)


def reset(connection: Connection, code: str, *, operator: str, reason: str, now: datetime) -> bool:
    """Take one of the two steps that start a line again; True when it runs.

    Raises: BreakerResetRefusedError.
    """
    found = [b for b in list_breakers(connection) if b.municipality_code == code]
    if not found or not operator.strip() or not reason.strip():
        raise BreakerResetRefusedError("a stopped line, an operator and a reason are needed")
    words = {"municipality": code, "operator": operator, "reason": reason}
    first = found[0].reset_requested_by
    own_line = breakers.c.municipality_code == code
    if first is None:
        asking = update(breakers).where(own_line, breakers.c.reset_requested_by.is_(None))
        _take(connection, asking.values(reset_requested_by=operator, reset_reason=reason))
        record(connection, "reset-requested", words, now)
        return False
    if _person(first) == _person(operator):
        raise BreakerResetRefusedError("the second person must be another one")
    _take(connection, delete(breakers).where(own_line, breakers.c.reset_requested_by == first))
    record(connection, "reset", words, now)
    return True


def _take(connection: Connection, step: Update | Delete) -> None:
    if connection.execute(step).rowcount != 1:
        raise BreakerResetRefusedError("somebody else was faster")


def _person(operator: str) -> str:
    return operator.strip().casefold()


def record(connection: Connection, kind: str, payload: dict[str, Any], now: datetime) -> None:
    """Append one entry to the log; the payload must hold digests, codes and operators only."""
    if connection.dialect.name == "postgresql":
        # Two processes must not both follow the same entry. On SQLite there is one writer.
        connection.exec_driver_sql("LOCK TABLE integrity_log IN EXCLUSIVE MODE")
    query = select(integrity_log.c.entry_no, integrity_log.c.entry_hash)
    last = connection.execute(query.order_by(integrity_log.c.entry_no.desc()).limit(1)).first()
    number, previous = (last.entry_no, bytes(last.entry_hash)) if last else (0, _GENESIS)
    text = json.dumps(payload, sort_keys=True)
    connection.execute(
        insert(integrity_log),
        {
            "entry_no": number + 1,
            "kind": kind,
            "recorded_at": now,
            "payload": text,
            "previous_hash": previous,
            "entry_hash": _entry_hash(previous, number + 1, kind, now, text),
        },
    )


def _entry_hash(
    previous: bytes, number: int, kind: str, recorded_at: datetime, payload: str
) -> bytes:
    moment = recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = (str(number).encode(), kind.encode(), moment.encode(), payload.encode())
    return sha256(previous + b"".join(sha256(field).digest() for field in fields)).digest()


def find_broken_entry(connection: Connection) -> int | None:
    """Return the number of the first log entry that does not fit the chain; None when all do."""
    previous = _GENESIS
    rows = connection.execute(select(integrity_log).order_by(integrity_log.c.entry_no))
    for position, row in enumerate(rows, start=1):
        expected = _entry_hash(previous, position, row.kind, row.recorded_at, row.payload)
        fits = row.entry_no == position and bytes(row.previous_hash) == previous
        if not fits or bytes(row.entry_hash) != expected:
            return position
        previous = expected
    return None
