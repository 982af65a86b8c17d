"""A month is closed once, from the ledger alone, and what was printed stays as it was."""

import multiprocessing
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from gateway.billing import reading
from gateway.billing.digests import day_line, seal_entries
from gateway.billing.errors import MonthNotOverError
from gateway.billing.fees import EntryKind, FeePolicy, Yen, price_sheet, price_test_sheet
from gateway.billing.ledger import LedgerEntry, day_of, month_of, open_month, post
from gateway.billing.reading import read_each_day
from gateway.billing.sealing import load_day_lines, seal_month
from gateway.billing.settlement import (
    check_month,
    close_month,
    load_statement,
    preview_month,
)
from gateway.billing.statement import StatementLine, StatementTotals, make_statement
from gateway.billing.statement_store import Closing, find_closing
from gateway.database import snapshot, transaction
from gateway.integrity.breaker import find_broken_entry
from tests.gateway.billing.test_ledger import CODE, entry, voided
from tests.gateway.fakes import NOON

MONTH = "2026-11"
DECEMBER = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
OTHER = "990002"


def put(engine: Engine, *entries: LedgerEntry) -> None:
    with transaction(engine) as connection:
        for one in entries:
            post(connection, one)


def close(engine: Engine, month: str = MONTH, *, now: datetime = DECEMBER) -> None:
    close_month(engine, month, closed_by="tanaka", now=lambda: now)


class Printed(NamedTuple):
    """Everything that is printed of a statement."""

    lines: tuple[StatementLine, ...]
    totals: StatementTotals
    entries_hash: str
    statement_hash: str
    closed_at: datetime | None


def words(engine: Engine, code: str = CODE, month: str = MONTH) -> Printed:
    with snapshot(engine) as connection:
        made = load_statement(connection, code, month)
    return Printed(made.lines, made.totals, made.entries_hash, made.statement_hash, made.closed_at)


def on(day: int, one: LedgerEntry) -> LedgerEntry:
    return replace(one, posted_at=NOON.replace(day=day))


def some_entries() -> list[LedgerEntry]:
    test_sheet = price_test_sheet(day_of(NOON))
    return [
        on(1, entry(1)),
        on(2, entry(2, operator="b")),
        on(2, voided(entry(1))),
        on(30, entry(3, fee=300)),
        on(30, replace(entry(4), price=test_sheet)),
        on(3, replace(entry(5, fee=300), municipality_code=OTHER)),
    ]


def test_month_that_is_not_over_is_not_closed(any_engine: Engine) -> None:
    put(any_engine, entry())
    still_november = datetime(2026, 11, 30, 14, 59, tzinfo=UTC)
    with pytest.raises(MonthNotOverError):
        close(any_engine, now=still_november)
    put(any_engine, entry(2))


def test_month_is_over_when_it_is_over_in_japan(any_engine: Engine) -> None:
    close(any_engine, now=datetime(2026, 11, 30, 15, 0, tzinfo=UTC))


def test_closed_statement_says_what_the_entries_say(any_engine: Engine) -> None:
    """What the database adds up is what reading the entries one by one comes to."""
    put(any_engine, *some_entries())
    close(any_engine)
    own = [one for one in some_entries() if one.municipality_code == CODE]
    expected = make_statement(CODE, MONTH, own)
    lines, totals, entries, printed, closed_at = words(any_engine)
    assert (lines, totals) == (expected.lines, expected.totals)
    assert (entries, printed) == (expected.entries_hash, expected.statement_hash)
    assert closed_at == DECEMBER


def test_statement_before_closing_is_the_one_that_closing_makes(any_engine: Engine) -> None:
    put(any_engine, *some_entries())
    before = words(any_engine)
    close(any_engine)
    assert before[-1] is None
    assert words(any_engine)[:-1] == before[:-1]


def test_test_sheets_are_counted_apart(any_engine: Engine) -> None:
    put(any_engine, *some_entries())
    with snapshot(any_engine) as connection:
        made = load_statement(connection, CODE, MONTH)
    tests = made.test_totals
    assert (tests.issued, tests.collected, tests.commission_by_municipality) == (1, 10, 107)
    assert made.totals.issued == 4


def test_one_operator_has_a_statement_of_its_own(any_engine: Engine) -> None:
    put(any_engine, *some_entries())
    close(any_engine)
    with snapshot(any_engine) as connection:
        made = load_statement(connection, CODE, MONTH, operator="b")
    only = [one for one in some_entries() if one.operator == "b"]
    assert made.statement_hash == make_statement(CODE, MONTH, only).statement_hash


def test_closing_twice_changes_nothing(any_engine: Engine) -> None:
    put(any_engine, *some_entries())
    close(any_engine)
    printed = words(any_engine)
    close(any_engine, now=DECEMBER + timedelta(days=3))
    assert words(any_engine) == printed
    with transaction(any_engine) as connection:
        count = connection.execute(text("SELECT count(*) FROM integrity_log")).scalar_one()
        assert (count, find_broken_entry(connection)) == (1, None)


def test_correction_after_closing_is_an_entry_of_the_next_month(any_engine: Engine) -> None:
    put(any_engine, *some_entries())
    close(any_engine)
    printed = words(any_engine)
    with transaction(any_engine) as connection:
        month = open_month(connection, DECEMBER)
        back = replace(voided(entry(3, fee=300)), month=month, posted_at=DECEMBER)
        post(connection, back)
    assert words(any_engine) == printed
    with snapshot(any_engine) as connection:
        december = load_statement(connection, CODE, "2026-12").totals
    assert (december.issued, december.voided, december.net) == (0, 1, -300 + 117)


def test_entry_cannot_slip_into_a_closed_month(any_engine: Engine) -> None:
    close(any_engine)
    with pytest.raises(DatabaseError):
        put(any_engine, entry())


def test_preview_tells_what_closing_would_settle_and_changes_nothing(any_engine: Engine) -> None:
    put(any_engine, *some_entries())
    seen = [one.lines for one in preview_month(any_engine, MONTH)]
    with snapshot(any_engine) as connection:
        assert find_closing(connection, MONTH) is None
    close(any_engine)
    assert [one.lines for one in preview_month(any_engine, MONTH)] == seen


def test_days_are_sealed_as_they_end_and_closing_seals_the_rest(any_engine: Engine) -> None:
    put(any_engine, *some_entries())
    second = NOON.replace(day=2).date()
    assert seal_month(any_engine, MONTH, now=NOON, until=second).count == 3
    assert seal_month(any_engine, MONTH, now=NOON, until=second).count == 0
    close(any_engine)
    with snapshot(any_engine) as connection:
        lines = load_day_lines(connection, MONTH)
    fresh = seal_entries(some_entries())
    assert sorted(day_line(day) for day in fresh) == sorted(
        line for own in lines.values() for line in own
    )


def test_processes_read_a_large_month_as_threads_read_a_small_one(
    any_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(any_engine, *some_entries())
    days = [NOON.replace(day=day).date() for day in range(1, 31)]
    small = list(read_each_day(any_engine, MONTH, days))
    assert sum(one.entries for made in small for one in made.days) == len(some_entries())
    monkeypatch.setattr(reading, "LARGE", len(some_entries()))
    large = read_each_day(any_engine, MONTH, days)
    first = next(large)
    assert multiprocessing.active_children()
    assert [first, *large] == small


def test_interrupted_closing_is_gone_on_with(any_engine: Engine) -> None:
    """The power goes between freezing and writing: the same command brings it to its end."""
    put(any_engine, *some_entries())
    moments = iter([DECEMBER])
    with pytest.raises(StopIteration):
        close_month(any_engine, MONTH, closed_by="tanaka", now=lambda: next(moments))
    with pytest.raises(DatabaseError):
        put(any_engine, entry(9))
    close(any_engine)
    assert check_month(any_engine, MONTH).differences == ()


def test_entry_on_its_way_is_waited_for(any_engine: Engine) -> None:
    """Closing begins while a fee is being posted: it is settled, and none is lost."""
    with ThreadPoolExecutor(1) as pool:
        with transaction(any_engine) as connection:
            post(connection, entry(1))
            closing = pool.submit(close, any_engine)
            if any_engine.dialect.name == "postgresql":
                _wait_for_lock(any_engine)
        closing.result(timeout=30)
    assert words(any_engine).totals.issued == 1
    assert check_month(any_engine, MONTH).differences == ()


def _wait_for_lock(engine: Engine) -> None:
    """Wait until somebody waits for the ledger."""
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock'"
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
    raise TimeoutError("closing did not wait for the ledger")


def test_two_who_close_at_once_make_one_closing(any_engine: Engine) -> None:
    put(any_engine, *some_entries())
    start = threading.Barrier(2)

    def together() -> Closing:
        start.wait(timeout=30)
        return close_month(any_engine, MONTH, closed_by="tanaka", now=lambda: DECEMBER)

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(together) for _ in range(2)]
        first, second = (one.result(timeout=60) for one in asked)
    assert first.digest == second.digest
    with transaction(any_engine) as connection:
        count = connection.execute(text("SELECT count(*) FROM integrity_log")).scalar_one()
    assert count == 1
    assert check_month(any_engine, MONTH).differences == ()


Sheets = st.lists(
    st.tuples(
        st.sampled_from([CODE, OTHER, "990003"]),
        st.sampled_from(["a", "b"]),
        st.sampled_from([0, 100, 300]),
        st.integers(0, 29),
        st.one_of(st.none(), st.integers(0, 40)),
    ),
    max_size=12,
)


YEARS = count(2027)
"""A November that no other example used: what was closed stays in the database."""


def entries_of(
    sheets: Sequence[tuple[str, str, int, int, int | None]], first: datetime
) -> list[LedgerEntry]:
    """Return the ledger of sheets: municipality, operator, fee, day, days until it is voided."""
    made: list[LedgerEntry] = []
    for number, (code, operator, fee, day, later) in enumerate(sheets):
        moment = first + timedelta(days=day, seconds=number)
        issued = replace(
            entry(number, operator=operator),
            certificate_number=f"{first.year}-{number:06d}",
            municipality_code=code,
            posted_at=moment,
            month=month_of(moment),
            price=price_sheet(FeePolicy(Yen(fee)), day_of(moment), bcl=Yen(180 * (fee == 300))),
        )
        made.append(issued)
        if later is not None:
            back = moment + timedelta(days=later)
            made.append(replace(voided(issued), posted_at=back, month=month_of(back)))
    return made


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sheets=Sheets)
def test_settlement_holds_for_any_ledger(any_engine: Engine, sheets: list[tuple]) -> None:  # type: ignore[type-arg]  # of Sheets
    """Entries are issued less voided, sums agree by any grouping, closing twice changes nothing."""
    first_day = NOON.replace(year=next(YEARS), day=1)
    month, afterwards = month_of(first_day), first_day + timedelta(days=31)
    entries = entries_of(sheets, first_day)
    put(any_engine, *entries)
    close(any_engine, month, now=afterwards)
    first = {code: words(any_engine, code, month) for code in (CODE, OTHER, "990003")}
    close(any_engine, month, now=afterwards + timedelta(hours=1))
    assert first == {code: words(any_engine, code, month) for code in first}
    assert check_month(any_engine, month).differences == ()

    november = [one for one in entries if one.month == month]
    kinds = [one.kind for one in november]
    lines = [line for printed in first.values() for line in printed.lines]
    assert sum(line.issued for line in lines) == kinds.count(EntryKind.ISSUED)
    assert sum(line.voided for line in lines) == kinds.count(EntryKind.VOIDED)
    assert sum(line.net for line in lines) == sum(
        one.price.resident_pays - one.price.commission for one in november
    )
    assert sum(line.bcl_fee for line in lines) == sum(one.price.bcl_fee for one in november)
    for name in ("operator", "municipality_code", "document_type"):
        grouped = {getattr(line, name) for line in lines}
        by_group = [
            sum(line.commission for line in lines if getattr(line, name) == one) for one in grouped
        ]
        assert sum(by_group) == sum(one.price.commission for one in november)
    for line in lines:
        assert line.commission == line.unit_commission * (line.issued - line.voided)
        assert line.collected == line.unit_fee * (line.issued - line.voided)
        assert line.commission == line.commission_by_resident + line.commission_by_municipality
