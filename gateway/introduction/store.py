"""Introductions and what happened in them; both only grow. Nothing here decides or commits."""

from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    select,
)
from sqlalchemy.exc import IntegrityError

from gateway.billing.fees import EntryKind, SheetPurpose
from gateway.billing.ledger import ledger
from gateway.database import Moment, metadata
from gateway.errors import IntroductionError
from gateway.introduction.gate import LiveRecord
from gateway.introduction.model import Introduction, Pattern
from gateway.introduction.progress import Event, EventKind

introductions = Table(
    "introductions",
    metadata,
    Column("municipality_code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("pattern", Text, nullable=False),
    Column("start_on", Date, nullable=False),
    Column("uses_kiosk_issue", Integer, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("begun_by", Text, nullable=False),
)
events = Table(
    "introduction_events",
    metadata,
    Column("municipality_code", Text, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("done_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("noted_at", Moment, nullable=False),
)
live_municipalities = Table(
    "live_municipalities",
    metadata,
    Column("municipality_code", Text, primary_key=True),
    Column("live_from", Date, nullable=False),
    Column("permitted_at", Moment, nullable=False),
    Column("permitted_by", Text, nullable=False),
    Column("evidence", LargeBinary, nullable=False),
)
"""Whose gate was passed, with the digest of everything that was recorded until then."""


def add_introduction(connection: Connection, introduction: Introduction) -> None:
    """Store a new introduction. Raises: IntroductionError when there is one already."""
    row = {
        "municipality_code": introduction.municipality_code,
        "name": introduction.name,
        "pattern": introduction.pattern.value,
        "start_on": introduction.start_on,
        "uses_kiosk_issue": int(introduction.uses_kiosk_issue),
        "begun_at": introduction.begun_at,
        "begun_by": introduction.begun_by,
    }
    try:
        with connection.begin_nested():
            connection.execute(introductions.insert(), row)
    except IntegrityError as error:
        code = introduction.municipality_code
        raise IntroductionError(
            f"{code} has an introduction already; see its status",
            f"{code} の導入はすでに始まっています。status で確かめてください。",
        ) from error


def find_introduction(connection: Connection, code: str) -> Introduction | None:
    """Return the introduction of a municipality, as it was begun."""
    query = select(introductions).where(introductions.c.municipality_code == code)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Introduction(
        municipality_code=row.municipality_code,
        name=row.name,
        pattern=Pattern(row.pattern),
        start_on=row.start_on,
        uses_kiosk_issue=bool(row.uses_kiosk_issue),
        begun_at=row.begun_at,
        begun_by=row.begun_by,
    )


def list_codes(connection: Connection) -> tuple[str, ...]:
    """Return the municipalities with an introduction, by code."""
    query = select(introductions.c.municipality_code).order_by(introductions.c.municipality_code)
    return tuple(connection.execute(query).scalars())


def add_event(connection: Connection, code: str, place: int, event: Event) -> None:
    """Append an entry at its place. Raises: IntroductionError when somebody else was faster."""
    row = {
        "municipality_code": code,
        "place": place,
        "kind": event.kind.value,
        "subject": event.subject,
        "state": event.state,
        "day": event.day,
        "done_by": event.by,
        "note": event.note,
        "noted_at": event.noted_at,
    }
    try:
        with connection.begin_nested():
            connection.execute(events.insert(), row)
    except IntegrityError as error:
        raise IntroductionError(
            "somebody else changed this introduction; look again",
            "ほかの担当者がこの導入を変更しました。もう一度確かめてください。",
        ) from error


def load_events(connection: Connection, code: str) -> tuple[Event, ...]:
    """Return everything recorded about an introduction, oldest first."""
    query = select(events).where(events.c.municipality_code == code).order_by(events.c.place)
    return tuple(
        Event(
            kind=EventKind(row.kind),
            subject=row.subject,
            state=row.state,
            day=row.day,
            by=row.done_by,
            note=row.note,
            noted_at=row.noted_at,
        )
        for row in connection.execute(query)
    )


def count_test_sheets(connection: Connection, code: str) -> int:
    """Return how many sheets of real-store tests the ledger has, less those that were voided."""
    kinds = {EntryKind.ISSUED.value: 1, EntryKind.VOIDED.value: -1}
    query = (
        select(ledger.c.kind, func.count())
        .where(
            ledger.c.municipality_code == code,
            ledger.c.purpose == SheetPurpose.STORE_TEST.value,
        )
        .group_by(ledger.c.kind)
    )
    return sum(kinds[kind] * count for kind, count in connection.execute(query).all())


def add_live(
    connection: Connection, record: LiveRecord, *, evidence: bytes, permitted_at: datetime
) -> None:
    """Record that a gate was passed. Raises: IntroductionError when it was before."""
    row = {
        "municipality_code": record.municipality_code,
        "live_from": record.live_from,
        "permitted_at": permitted_at,
        "permitted_by": record.permitted_by,
        "evidence": evidence,
    }
    try:
        with connection.begin_nested():
            connection.execute(live_municipalities.insert(), row)
    except IntegrityError as error:
        raise IntroductionError(
            f"{record.municipality_code} passed its gate already",
            f"{record.municipality_code} はすでに関門を通過しています。",
        ) from error


_LIVE = select(
    live_municipalities.c.municipality_code,
    live_municipalities.c.live_from,
    live_municipalities.c.permitted_by,
)


def find_live(connection: Connection, code: str) -> LiveRecord | None:
    """Return the record that a municipality passed its gate, if it did."""
    query = _LIVE.where(live_municipalities.c.municipality_code == code)
    row = connection.execute(query).one_or_none()
    return None if row is None else LiveRecord(row.municipality_code, row.live_from, row[2])


def load_live(connection: Connection) -> dict[str, LiveRecord]:
    """Return all records of passed gates by municipality."""
    return {row[0]: LiveRecord(row[0], row[1], row[2]) for row in connection.execute(_LIVE)}
