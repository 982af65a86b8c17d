"""Closing a month: from the ledger to statements that never change again.

1. Freeze: the month takes no more entries; what is on its way belongs to the next one.
2. Seal: days that have no digest yet get one.
3. Add up: one pass of the database over the entries of the month.
4. Write: statements with their lines, the closing, the integrity log, in one transaction.

Closing again goes on where it stopped; closing a closed month changes nothing. Nothing opens a
month again: a correction is an entry of the next one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Connection, Engine, insert, update

from gateway.billing.digests import (
    SEPARATOR,
    Book,
    day_bounds,
    day_line,
    entries_hash,
    joined_hash,
)
from gateway.billing.errors import LedgerMismatchError, MonthNotOverError
from gateway.billing.ledger import month_of, next_month
from gateway.billing.reading import (
    add_up,
    list_days,
    list_municipalities,
    read_each_day,
    read_entries,
)
from gateway.billing.sealing import (
    Progress,
    load_day_lines,
    no_progress,
    seal_month,
)
from gateway.billing.statement import (
    BookStatement,
    EntryGroup,
    GroupSums,
    Statement,
    make_lines,
    merge_groups,
)
from gateway.billing.statement_store import (
    Closing,
    add_statements,
    find_closing,
    load_books,
)
from gateway.billing.store import closings
from gateway.database import snapshot, transaction
from gateway.integrity.breaker import record

ALL = "all"


@dataclass(frozen=True, slots=True)
class Check:
    """What a comparison of statements and sealed days with the ledger found."""

    month: str
    statements: int
    differences: tuple[str, ...]
    """One sentence each; empty when everything can be made again from the ledger."""


def close_month(
    engine: Engine,
    month: str,
    *,
    closed_by: str,
    now: Callable[[], datetime],
    progress: Progress = no_progress,
) -> Closing:
    """Close a month for all municipalities and operators; a closed one is returned as it is.

    Raises: MonthNotOverError; LedgerMismatchError when entries came to a day that was sealed.
    """
    with transaction(engine) as connection:
        closing = _freeze(connection, month, closed_by=closed_by, now=now())
    if closing.finished_at is not None:
        return closing
    sealed = seal_month(engine, month, now=now(), progress=progress)
    with snapshot(engine) as connection:
        before = [day for day in list_days(connection, month) if day not in sealed.days]
        lines = load_day_lines(connection, month)
    groups = merge_groups([*add_up(engine, month, before), *sealed.groups])
    books = _bind(groups, lines)
    with transaction(engine) as connection:
        return _finish(connection, month, books, now())


def close_with_late_entries(
    engine: Engine,
    month: str,
    *,
    closed_by: str,
    now: Callable[[], datetime],
    progress: Progress = no_progress,
) -> Closing:
    """Close a month as its entries are, because a person has looked at those that came late.

    The sealed days stay as they are; who decided, and what differed, goes into the integrity log.
    Raises: MonthNotOverError.
    """
    with transaction(engine) as connection:
        closing = _freeze(connection, month, closed_by=closed_by, now=now())
    if closing.finished_at is not None:
        return closing
    seal_month(engine, month, now=now())
    fresh, groups = _read_month(engine, month, progress)
    with transaction(engine) as connection:
        differences = list(_compare_days(load_day_lines(connection, month), fresh))
        if differences:
            words = {"month": month, "by": closed_by, "differences": differences}
            record(connection, "late-entries-accepted", words, now())
        return _finish(connection, month, _bind(groups, fresh), now())


def preview_month(engine: Engine, month: str) -> list[BookStatement]:
    """Return what closing the month would settle now, and change nothing."""
    with snapshot(engine) as connection:
        closed = find_closing(connection, month)
        if closed is not None and closed.finished_at is not None:
            return load_books(connection, month)
        days = list_days(connection, month)
    books = groupby(add_up(engine, month, days), key=lambda group: group.book)
    return [BookStatement(book, make_lines(own), b"") for book, own in books]


def load_statement(
    connection: Connection, code: str, month: str, *, operator: str | None = None
) -> Statement:
    """Return the statement of a municipality: as it was closed, or provisional from the ledger.

    ``ALL`` stands for every municipality, as an operator reads it.
    """
    closing = find_closing(connection, month)
    if closing is not None and closing.finished_at is not None:
        books = load_books(connection, month, code=None if code == ALL else code)
    else:
        books = _read_all(connection, code, month)
    return _of_operator(code, month, books, operator, closing)


def remake_statement(
    engine: Engine, code: str, month: str, *, operator: str | None = None
) -> Statement:
    """Make a statement from the entries of the ledger, whatever was stored when it was closed."""
    with snapshot(engine) as connection:
        books = _read_all(connection, code, month)
        return _of_operator(code, month, books, operator, find_closing(connection, month))


def _read_all(connection: Connection, code: str, month: str) -> list[BookStatement]:
    codes = list_municipalities(connection, month) if code == ALL else [code]
    return [one for each in codes for one in read_books(connection, each, month)]


def _of_operator(
    code: str,
    month: str,
    books: list[BookStatement],
    operator: str | None,
    closing: Closing | None,
) -> Statement:
    wanted = tuple(one for one in books if operator in (None, one.book.operator))
    return Statement(code, month, wanted, None if closing is None else closing.finished_at)


def month_end(month: str) -> datetime:
    """Return the first moment after a month, in Japan."""
    return day_bounds(date.fromisoformat(f"{next_month(month)}-01"))[0]


def read_books(connection: Connection, code: str, month: str) -> list[BookStatement]:
    """Make the statements of a municipality from its entries alone."""
    read = read_entries(connection, month, code=code)
    lines: dict[Book, list[str]] = {}
    for day in read.days:
        lines.setdefault(day.book, []).append(day_line(day))
    return _bind(read.groups, lines)


def check_month(engine: Engine, month: str, *, progress: Progress = no_progress) -> Check:
    """Make every sealed day and statement of a month again from its entries, and compare."""
    with snapshot(engine) as connection:
        closing = find_closing(connection, month)
        printed = {one.book: one for one in load_books(connection, month)}
        sealed = load_day_lines(connection, month)
    fresh, groups = _read_month(engine, month, progress)
    if closing is None or closing.finished_at is None:
        return Check(month, len(printed), tuple(_compare_days(sealed, fresh)))
    again = {one.book: one for one in _bind(groups, fresh)}
    # A statement that is what the ledger says was closed over days that a person has accepted.
    settled = {book for book, one in again.items() if printed.get(book) == one}
    unsettled = {book: lines for book, lines in sealed.items() if book not in settled}
    now = {book: lines for book, lines in fresh.items() if book not in settled}
    found = (*_compare_days(unsettled, now), *_compare_books(printed, again))
    return Check(month, len(printed), found)


def _read_month(
    engine: Engine, month: str, progress: Progress
) -> tuple[dict[Book, list[str]], list[EntryGroup]]:
    """Read every entry of a month: the lines of its days by book, and its sums."""
    with snapshot(engine) as connection:
        days = list_days(connection, month)
    lines: dict[Book, list[str]] = {}
    sums = GroupSums()
    for done, made in enumerate(read_each_day(engine, month, days), start=1):
        for one in made.days:
            lines.setdefault(one.book, []).append(day_line(one))
        sums.add(made.groups)
        progress(done, len(days))
    return lines, sums.groups()


def _compare_days(sealed: dict[Book, list[str]], fresh: dict[Book, list[str]]) -> Iterator[str]:
    """Yield what differs in days up to the last sealed one; later days are not sealed yet."""
    last = max((line.split(SEPARATOR)[0] for own in sealed.values() for line in own), default="")
    for book in sorted({*sealed, *fresh}):
        was = {line.split(SEPARATOR)[0]: line for line in sealed.get(book, [])}
        now = {line.split(SEPARATOR)[0]: line for line in fresh.get(book, [])}
        for day in sorted(day for day in {*was, *now} if day <= last):
            before, held = (_entries(lines.get(day)) for lines in (was, now))
            if before != held:
                yield f"{book.name} {day}: {before} entries were sealed, the ledger holds {held}"
            elif was[day] != now[day]:
                yield f"{book.name} {day}: an entry is not the one that was sealed"


def _entries(line: str | None) -> int:
    return 0 if line is None else int(line.split(SEPARATOR)[1])


def _compare_books(
    printed: dict[Book, BookStatement], fresh: dict[Book, BookStatement]
) -> Iterator[str]:
    for book, one in printed.items():
        if book not in fresh or fresh[book].hash != one.hash:
            yield f"{book.name}: the statement differs from the ledger"
    for book in fresh:
        if book not in printed:
            yield f"{book.name}: the ledger holds a book that was not settled"


def _freeze(connection: Connection, month: str, *, closed_by: str, now: datetime) -> Closing:
    known = find_closing(connection, month)
    if known is not None:
        return known
    if month_of(now) < next_month(month):
        raise MonthNotOverError(month)
    if connection.dialect.name == "postgresql":
        # Waits for entries that are being posted, and for another closing; later ones find the
        # month frozen.
        connection.exec_driver_sql("LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE")
        known = find_closing(connection, month)
        if known is not None:
            return known
    row = {"month": month, "frozen_at": now, "closed_by": closed_by}
    connection.execute(insert(closings), row)
    return Closing(month, now, closed_by, None, None, None)


def _bind(groups: list[EntryGroup], days: dict[Book, list[str]]) -> list[BookStatement]:
    """Join the sums of each book with its days. Raises: LedgerMismatchError."""
    made = []
    for book, own in groupby(groups, key=lambda group: group.book):
        lines = make_lines(own)
        sealed = days.get(book, [])
        entries = sum(line.issued + line.voided for line in lines)
        if sum(int(day.split(SEPARATOR)[1]) for day in sealed) != entries:
            raise LedgerMismatchError(*book)
        made.append(BookStatement(book, lines, entries_hash(book, sealed)))
    unfounded = set(days) - {one.book for one in made}
    if unfounded:
        raise LedgerMismatchError(*min(unfounded))
    return made


def _finish(
    connection: Connection, month: str, books: list[BookStatement], now: datetime
) -> Closing:
    digest = joined_hash(
        "risai-closing-1",
        ((one.book.name, one.hash) for one in books),
    )
    finished = connection.execute(
        update(closings)
        .where(closings.c.month == month, closings.c.finished_at.is_(None))
        .values(finished_at=now, statements=len(books), digest=digest)
    )
    if finished.rowcount == 1:
        add_statements(connection, books, now)
        words = {"month": month, "statements": len(books), "digest": digest.hex()}
        record(connection, "month-closed", words, now)
    closing = find_closing(connection, month)
    if closing is None:
        raise LookupError("the closing was there a moment ago")
    return closing
