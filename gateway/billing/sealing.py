"""The days of the ledger are sealed as they end: one digest a book and day, which then stands.

Sealing reads every entry of the day once; closing a month reads the few digests. What has not been
sealed when a month is closed is sealed then. Memory does not grow with the ledger.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    String,
    cast,
    collate,
    func,
    insert,
    literal,
    select,
)

from gateway.billing.digests import (
    FIELDS,
    HOUR_DIGITS,
    SEPARATOR,
    Book,
    SealedDay,
    day_bounds,
    day_heading,
    day_of_hour,
)
from gateway.billing.ledger import day_of, ledger
from gateway.billing.store import ledger_days
from gateway.database import snapshot, transaction

SEAL_AFTER = timedelta(hours=1)
"""A day is sealed so long after its end at the earliest: an entry is posted within seconds of its
moment, but the clocks of two processes may differ. Assumption."""
STREAMED = {"yield_per": 5_000}
"""Execution options of a query whose rows are too many to hold."""
MUNICIPALITIES_AT_ONCE = 40
"""Sealed in one transaction: enough that the disk is not waited for, short enough for kiosks."""

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class _Day:
    digest: Any
    entries: int = 0

    def add(self, lines: Sequence[str]) -> None:
        self.digest.update(("\n".join(lines) + "\n").encode())
        self.entries += len(lines)


def list_municipalities(connection: Connection, month: str) -> list[str]:
    """Return the codes of municipalities with entries in a month, in order."""
    return [code for code in list_codes(connection) if _has_entries(connection, code, month)]


def list_codes(connection: Connection) -> list[str]:
    """Return the codes of municipalities with entries, in order.

    Hops from code to code along the primary key instead of reading the ledger.
    """
    first = select(func.min(ledger.c.municipality_code).label("code")).cte("hop", recursive=True)
    following = (
        select(func.min(ledger.c.municipality_code))
        .where(ledger.c.municipality_code > first.c.code)
        .scalar_subquery()
    )
    hop = first.union_all(select(following).where(first.c.code.is_not(None)))
    return [code for (code,) in connection.execute(select(hop.c.code)) if code is not None]


def _has_entries(connection: Connection, code: str, month: str) -> bool:
    query = select(literal(1)).where(ledger.c.municipality_code == code, ledger.c.month == month)
    return connection.execute(query.limit(1)).first() is not None


def read_days(
    connection: Connection,
    code: str,
    month: str,
    *,
    after: date | None = None,
    until: date | None = None,
) -> list[SealedDay]:
    """Make the digests of a municipality's days from its entries, by operator and day.

    ``after`` and ``until`` limit the days to those after the one and not after the other.
    """
    query = _lines(connection.dialect.name).where(
        ledger.c.municipality_code == code, ledger.c.month == month
    )
    if after is not None:
        query = query.where(ledger.c.posted_at >= day_bounds(after)[1])
    if until is not None:
        query = query.where(ledger.c.posted_at < day_bounds(until)[1])
    days: dict[tuple[Book, date], _Day] = {}
    rows = connection.execute(query, execution_options=STREAMED)
    for batch in rows.partitions():
        for (operator, day), lines in _by_day(batch):
            book = Book(code, month, operator)
            if (book, day) not in days:
                days[book, day] = _Day(sha256(day_heading(book, day)))
            days[book, day].add(lines)
    return [
        SealedDay(book, day, made.entries, made.digest.digest())
        for (book, day), made in sorted(days.items(), key=lambda item: item[0])
    ]


def _by_day(batch: Iterable[Any]) -> Iterable[tuple[tuple[str, date], list[str]]]:
    """Group lines by operator and day; within a group they keep their order."""
    groups: dict[tuple[str, date], list[str]] = {}
    for operator, line in batch:
        key = (operator, day_of_hour(line[:HOUR_DIGITS]))
        if key in groups:
            groups[key].append(line)
        else:
            groups[key] = [line]
    return groups.items()


@cache
def _lines(dialect: str) -> Select[Any]:
    """Return the query of operators and entry lines, in the order in which they are hashed."""
    number: Any = ledger.c.certificate_number
    columns: list[Any] = [ledger.c[name] for name in FIELDS]
    line: Any
    if dialect == "postgresql":
        moment = func.to_char(func.timezone("UTC", columns[0]), "YYYY-MM-DD HH24:MI:SS.US")
        line = func.concat_ws(SEPARATOR, moment, *columns[1:])
        number = collate(number, "C")
    else:
        # Moments are kept as text of this very form; one printf is faster than joining.
        line = func.printf(SEPARATOR.join(["%s"] * len(columns)), *columns, type_=String)
    return select(ledger.c.operator, line).order_by(ledger.c.posted_at, number, ledger.c.kind)


def load_day_lines(
    connection: Connection, month: str, *, code: str | None = None
) -> dict[Book, list[str]]:
    """Return the lines of the sealed days of a month by book, oldest day first.

    The database joins the days of a book, so that there are as many rows as books.
    """
    columns = ledger_days.c
    is_postgresql = connection.dialect.name == "postgresql"
    digest: Any = (
        func.encode(columns.digest, "hex")
        if is_postgresql
        else func.lower(func.hex(columns.digest))
    )
    line = columns.day + SEPARATOR + cast(columns.entries, String) + SEPARATOR + digest
    join = func.string_agg if is_postgresql else func.group_concat
    query = (
        select(columns.municipality_code, columns.operator, join(line, "\n"))
        .where(columns.month == month)
        .group_by(columns.municipality_code, columns.operator)
    )
    if code is not None:
        query = query.where(columns.municipality_code == code)
    # Lines begin with their day: sorted here, whatever order the database joined them in.
    return {
        Book(municipality, month, operator): sorted(lines.split("\n"))
        for municipality, operator, lines in connection.execute(query)
    }


def last_day_to_seal(now: datetime) -> date:
    """Return the newest day that may be sealed at a moment."""
    return day_of(now - SEAL_AFTER) - timedelta(days=1)


def seal_month(
    engine: Engine,
    month: str,
    *,
    now: datetime,
    until: date | None = None,
    progress: Progress = no_progress,
) -> int:
    """Seal the days of a month that are not sealed yet; return how many were.

    ``until`` is the last day to seal; without it every entry of the month is sealed, which is
    right only once the month takes no more entries.
    """
    with snapshot(engine) as connection:
        newest = _newest_sealed(connection, month)
        codes = list_municipalities(connection, month)
    sealed = 0
    for start in range(0, len(codes), MUNICIPALITIES_AT_ONCE):
        some = codes[start : start + MUNICIPALITIES_AT_ONCE]
        sealed += _seal_some(engine, month, [(code, newest.get(code)) for code in some], until, now)
        progress(min(start + len(some), len(codes)), len(codes))
    return sealed


def _newest_sealed(connection: Connection, month: str) -> dict[str, date]:
    query = (
        select(ledger_days.c.municipality_code, func.max(ledger_days.c.day))
        .where(ledger_days.c.month == month)
        .group_by(ledger_days.c.municipality_code)
    )
    return {code: date.fromisoformat(day) for code, day in connection.execute(query)}


def _seal_some(
    engine: Engine,
    month: str,
    codes: Sequence[tuple[str, date | None]],
    until: date | None,
    now: datetime,
) -> int:
    # Reading and writing apart: on SQLite the writer's lock must not be held while digests are made
    with snapshot(engine) as connection:
        days = [
            day
            for code, after in codes
            for day in read_days(connection, code, month, after=after, until=until)
        ]
    if days:
        with transaction(engine) as connection:
            connection.execute(insert(ledger_days), [_row(day, now) for day in days])
    return len(days)


def _row(sealed: SealedDay, now: datetime) -> dict[str, Any]:
    return {
        **sealed.book._asdict(),
        "day": sealed.day.isoformat(),
        "entries": sealed.entries,
        "digest": sealed.digest,
        "sealed_at": now,
    }
