"""The days of the ledger are sealed as they end: one digest a book and day, which then stands.

Sealing reads every entry of the day once; closing a month reads the few digests. What has not been
sealed when a month is closed is sealed then. Memory does not grow with the ledger.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    String,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.exc import IntegrityError

from gateway.billing.digests import (
    FIELDS,
    SEPARATOR,
    Book,
    SealedDay,
    day_bounds,
    seal_lines,
)
from gateway.billing.ledger import day_of, ledger
from gateway.billing.store import ledger_days
from gateway.database import snapshot, transaction

SEAL_AFTER = timedelta(hours=1)
"""A day is sealed so long after its end at the earliest: an entry is posted within seconds of its
moment, but the clocks of two processes may differ. Assumption."""
DAYS_AT_ONCE = 2
STREAMED = {"yield_per": 500}
"""Execution options of a query whose rows are too many to hold."""

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


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
    connection: Connection, month: str, *, code: str | None = None, day: date | None = None
) -> list[SealedDay]:
    """Make digests from the entries of a month, by book and day.

    Of one municipality or all, of one day or all; with one of the two given, memory stays small:
    the database joins the lines of a book, and one book's lines are held at a time.
    """
    query = _book_lines(connection.dialect.name).where(ledger.c.month == month)
    if code is not None:
        query = query.where(ledger.c.municipality_code == code)
    if day is not None:
        start, end = day_bounds(day)
        query = query.where(ledger.c.posted_at >= start, ledger.c.posted_at < end)
    rows = connection.execute(query, execution_options=STREAMED)
    made = [
        sealed
        for municipality, operator, lines in rows
        for sealed in seal_lines(Book(municipality, month, operator), lines.split("\n"))
    ]
    return sorted(made, key=lambda sealed: (sealed.book, sealed.day))


@cache
def _book_lines(dialect: str) -> Select[Any]:
    """Return the query of the entry lines of each book, joined in any order."""
    columns: list[Any] = [ledger.c[name] for name in FIELDS]
    lines: Any
    if dialect == "postgresql":
        moment = func.to_char(func.timezone("UTC", columns[0]), "YYYY-MM-DD HH24:MI:SS.US")
        lines = func.string_agg(func.concat_ws(SEPARATOR, moment, *columns[1:]), "\n")
    else:
        # Moments are kept as text of this very form; one printf is faster than joining.
        line: Any = func.printf(SEPARATOR.join(["%s"] * len(columns)), *columns, type_=String)
        lines = func.group_concat(line, "\n")
    book = (ledger.c.municipality_code, ledger.c.operator)
    return select(*book, lines).group_by(*book)


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
    """Seal the days of a month that are not sealed yet, of all books; return how many were.

    ``until`` is the last day to seal; without it every entry of the month is sealed, which is
    right only once the month takes no more entries.
    """
    with snapshot(engine) as connection:
        days = [day for day in _unsealed_days(connection, month) if until is None or day <= until]
    sealed = 0
    for done, made in enumerate(read_each_day(engine, month, days), start=1):
        # A day that another process has just sealed breaks the primary key, and is left to it.
        if made:
            with suppress(IntegrityError), transaction(engine) as connection:
                connection.execute(insert(ledger_days), [_row(one, now) for one in made])
                sealed += len(made)
        progress(done, len(days))
    return sealed


def read_each_day(engine: Engine, month: str, days: Sequence[date]) -> Iterator[list[SealedDay]]:
    """Yield the digests of each day, made from the entries, two days at a time.

    Most of the work is the database's, which leaves the interpreter free meanwhile. Nothing is
    written here: on SQLite the writer's lock is not held while digests are made.
    """

    def read(day: date) -> list[SealedDay]:
        with snapshot(engine) as connection:
            return read_days(connection, month, day=day)

    with ThreadPoolExecutor(DAYS_AT_ONCE, thread_name_prefix="sealing") as pool:
        yield from pool.map(read, days)


def list_days(connection: Connection, month: str) -> list[date]:
    """Return the days from the first entry of a month to the last."""
    moment = ledger.c.posted_at
    query = select(func.min(moment), func.max(moment)).where(ledger.c.month == month)
    first, last = connection.execute(query).one()
    if first is None:
        return []
    start, count = day_of(first), (day_of(last) - day_of(first)).days + 1
    return [start + timedelta(days=ahead) for ahead in range(count)]


def _unsealed_days(connection: Connection, month: str) -> list[date]:
    """Return the days after the newest sealed one; a day is sealed for all books at once."""
    query = select(func.max(ledger_days.c.day)).where(ledger_days.c.month == month)
    newest = connection.execute(query).scalar_one()
    return [
        day for day in list_days(connection, month) if newest is None or day.isoformat() > newest
    ]


def _row(sealed: SealedDay, now: datetime) -> dict[str, Any]:
    return {
        **sealed.book._asdict(),
        "day": sealed.day.isoformat(),
        "entries": sealed.entries,
        "digest": sealed.digest,
        "sealed_at": now,
    }
