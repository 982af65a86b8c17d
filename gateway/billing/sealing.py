"""The days of the ledger are sealed as they end: one digest a book and day, which then stands.

Sealing reads every entry of the day once; closing a month reads the few digests. What has not been
sealed when a month is closed is sealed then. Memory does not grow with the ledger.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, String, cast, func, select
from sqlalchemy.exc import IntegrityError

from gateway.billing.digests import SEPARATOR, Book, SealedDay
from gateway.billing.ledger import day_of
from gateway.billing.reading import list_days, read_each_day
from gateway.billing.statement import EntryGroup, GroupSums
from gateway.billing.store import ledger_days
from gateway.database import insert_many, snapshot, transaction

SEAL_AFTER = timedelta(hours=1)
"""A day is sealed so long after its end at the earliest: an entry is posted within seconds of its
moment, but the clocks of two processes may differ. Assumption."""

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed, and what the entries of these days come to."""

    count: int
    """Days of books."""
    days: list[date]
    groups: list[EntryGroup]


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


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
) -> Sealed:
    """Seal the days of a month that are not sealed yet, of all books.

    ``until`` is the last day to seal; without it every entry of the month is sealed, which is
    right only once the month takes no more entries.
    """
    with snapshot(engine) as connection:
        days = [day for day in _unsealed_days(connection, month) if until is None or day <= until]
    count, sums = 0, GroupSums()
    for done, made in enumerate(read_each_day(engine, month, days), start=1):
        # A day that another process has just sealed breaks the primary key, and is left to it.
        if made.days:
            with suppress(IntegrityError), transaction(engine) as connection:
                insert_many(connection, ledger_days, [_row(one, now) for one in made.days])
                count += len(made.days)
        sums.add(made.groups)
        progress(done, len(days))
    return Sealed(count, days, sums.groups())


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
