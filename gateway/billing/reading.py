"""Reading the ledger: sums and digests of its entries, made in one pass.

Two connections read at once. Nothing is written here.
"""

import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from multiprocessing import get_context
from typing import Any

from sqlalchemy import URL, Connection, Engine, Select, String, func, literal, select

from gateway.billing.digests import FIELDS, SEPARATOR, Book, SealedDay, day_bounds, seal_lines
from gateway.billing.fees import EntryKind, SheetPurpose
from gateway.billing.ledger import day_of, ledger
from gateway.billing.statement import EntryGroup, merge_groups
from gateway.database import open_engine, snapshot

DAYS_AT_ONCE = 2
LARGE = 200_000
"""From so many entries on, starting processes takes less time than they save."""
DAYS_A_SPAN = 4
"""So many days are added up by one query: few enough to be sorted in memory."""
STREAMED = {"yield_per": 500}
"""Execution options of a query whose rows are too many to hold."""

_GROUP = (
    ledger.c.municipality_code,
    ledger.c.month,
    ledger.c.operator,
    ledger.c.document_type,
    ledger.c.purpose,
    ledger.c.kind,
    ledger.c.resident_pays,
    ledger.c.commission,
)
AGGREGATE = select(
    *_GROUP,
    func.count(),
    func.sum(ledger.c.commission_by_resident),
    func.sum(ledger.c.commission_by_municipality),
    func.sum(ledger.c.revenue),
    func.sum(ledger.c.bcl_fee),
).group_by(*_GROUP)
"""The sums that every statement is made of; the bench measures it alone, too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What entries come to: their digests by book and day, their sums by book and price."""

    days: list[SealedDay]
    groups: list[EntryGroup]


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


def list_days(connection: Connection, month: str) -> list[date]:
    """Return the days from the first entry of a month to the last."""
    # One query each: SQLite finds an end of an index at once, but both together entry by entry.
    first, last = (
        connection.execute(select(end(ledger.c.posted_at)).where(ledger.c.month == month)).scalar()
        for end in (func.min, func.max)
    )
    if first is None or last is None:
        return []
    start, count = day_of(first), (day_of(last) - day_of(first)).days + 1
    return [start + timedelta(days=ahead) for ahead in range(count)]


def read_entries(
    connection: Connection, month: str, *, code: str | None = None, day: date | None = None
) -> Reading:
    """Read the entries of a month: of one municipality or all, of one day or all.

    With one of the two given, memory stays small: the database joins the lines of entries that
    are alike, and hands them over one group at a time.
    """
    query = _with_lines(connection.dialect.name).where(ledger.c.month == month)
    if code is not None:
        query = query.where(ledger.c.municipality_code == code)
    if day is not None:
        query = query.where(*_between(day, day))
    lines: dict[Book, list[str]] = {}
    groups: list[EntryGroup] = []
    for *row, joined in connection.execute(query, execution_options=STREAMED):
        group = _group(row)
        groups.append(group)
        lines.setdefault(group.book, []).extend(joined.split("\n"))
    days = [sealed for book in sorted(lines) for sealed in seal_lines(book, lines.pop(book))]
    return Reading(days, merge_groups(groups))


def read_each_day(engine: Engine, month: str, days: Sequence[date]) -> Iterator[Reading]:
    """Yield the reading of each day, in the order of ``days``.

    Many entries are read by processes: two threads of one share an interpreter, and SQLite's
    memory as well, and are hardly faster than one.
    """
    pool: Executor
    if _is_large(engine, month, days):
        pool = ProcessPoolExecutor(
            DAYS_AT_ONCE, get_context("spawn"), initializer=_ignore_interrupt
        )
        read = partial(_read_day_of, engine.url, month)
    else:
        pool = ThreadPoolExecutor(DAYS_AT_ONCE, thread_name_prefix="reading")
        read = partial(_read_day, engine, month)
    with pool:
        ahead: deque[Future[Reading]] = deque()
        for day in days:
            ahead.append(pool.submit(read, day))
            if len(ahead) > DAYS_AT_ONCE:  # No day is read before its turn is near.
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _is_large(engine: Engine, month: str, days: Sequence[date]) -> bool:
    if not days:
        return False
    some = select(literal(1)).where(ledger.c.month == month, *_between(days[0], days[-1]))
    with snapshot(engine) as connection:
        counted = select(func.count()).select_from(some.limit(LARGE).subquery())
        return bool(connection.execute(counted).scalar_one() == LARGE)


def _read_day(engine: Engine, month: str, day: date) -> Reading:
    with snapshot(engine) as connection:
        return read_entries(connection, month, day=day)


def _read_day_of(url: URL, month: str, day: date) -> Reading:
    return _read_day(_opened(url), month, day)


@cache
def _opened(url: URL) -> Engine:
    """Return this process's own way into the database."""
    return open_engine(url)


def _ignore_interrupt() -> None:
    """Leave an interrupt to the process that asked, which ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def add_up(engine: Engine, month: str, days: Sequence[date]) -> list[EntryGroup]:
    """Return the sums of some successive days of a month, without digests.

    SQLite reads a few days at a time and so sorts what fits into its memory. What comes out are
    as many rows as prices in books and spans, which are merged here.
    """
    # PostgreSQL shares one query among its own workers; SQLite does not.
    length = len(days) or 1 if engine.dialect.name == "postgresql" else DAYS_A_SPAN
    spans = [days[start : start + length] for start in range(0, len(days), length)]

    def read(span: Sequence[date]) -> list[EntryGroup]:
        query = AGGREGATE.where(ledger.c.month == month, *_between(span[0], span[-1]))
        # Not streamed: a cursor on the server would keep PostgreSQL from using its workers.
        with snapshot(engine) as connection:
            return [_group(row) for row in connection.execute(query)]

    with ThreadPoolExecutor(DAYS_AT_ONCE, thread_name_prefix="adding") as pool:
        return merge_groups(group for groups in pool.map(read, spans) for group in groups)


def _between(first: date, last: date) -> tuple[Any, Any]:
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    return ledger.c.posted_at >= start, ledger.c.posted_at < end


@cache
def _with_lines(dialect: str) -> Select[Any]:
    """Return the query of the sums, with the entry lines of each group joined in any order."""
    columns: list[Any] = [ledger.c[name] for name in FIELDS]
    lines: Any
    if dialect == "postgresql":
        moment = func.to_char(func.timezone("UTC", columns[0]), "YYYY-MM-DD HH24:MI:SS.US")
        lines = func.string_agg(func.concat_ws(SEPARATOR, moment, *columns[1:]), "\n")
    else:
        # Moments are kept as text of this very form; one printf is faster than joining.
        line: Any = func.printf(SEPARATOR.join(["%s"] * len(columns)), *columns, type_=String)
        lines = func.group_concat(line, "\n")
    return AGGREGATE.add_columns(lines)


def _group(row: Any) -> EntryGroup:
    municipality, month, operator, document_type, purpose, kind, pays, commission, *sums = row
    return EntryGroup(
        Book(municipality, month, operator),
        document_type,
        SheetPurpose(purpose),
        EntryKind(kind),
        pays,
        commission,
        *(int(one) for one in sums),
    )
