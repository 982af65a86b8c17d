"""The ledger only grows, holds every sheet once, and its statements can be made again."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from gateway.billing.fees import EntryKind, FeePolicy, Yen, price_sheet
from gateway.billing.ledger import (
    LedgerEntry,
    find_issued,
    load_entries,
    month_of,
    post,
)
from gateway.billing.statement import make_statement
from gateway.billing.statement_text import as_csv, as_table
from gateway.database import transaction
from tests.gateway.fakes import NOON

CODE = "990001"


def entry(number: int = 1, *, fee: int = 0, operator: str = "a") -> LedgerEntry:
    return LedgerEntry(
        municipality_code=CODE,
        certificate_number=f"{CODE}-{number:06d}",
        kind=EntryKind.ISSUED,
        session_id="0" * 32,
        operator=operator,
        kiosk_id="kiosk-1",
        document_type="victim_certificate",
        month="2026-11",
        posted_at=NOON,
        price=price_sheet(FeePolicy(Yen(fee)), date(2026, 11, 23)),
    )


def voided(issued: LedgerEntry) -> LedgerEntry:
    return replace(issued, kind=EntryKind.VOIDED, price=issued.price.reversed())


def test_entry_comes_back_as_it_was_posted(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        post(connection, entry())
    with transaction(any_engine) as connection:
        assert load_entries(connection, CODE, month="2026-11") == [entry()]
        assert find_issued(connection, CODE, entry().certificate_number) == entry()
        assert load_entries(connection, CODE, month="2026-10") == []


def test_sheet_is_posted_once(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        post(connection, entry())
    with pytest.raises(IntegrityError), transaction(any_engine) as connection:
        post(connection, entry(fee=300))


@pytest.mark.parametrize("statement", ["UPDATE ledger SET resident_pays = 0", "DELETE FROM ledger"])
def test_database_itself_refuses_to_change_the_ledger(any_engine: Engine, statement: str) -> None:
    with transaction(any_engine) as connection:
        post(connection, entry())
    with pytest.raises(DatabaseError), transaction(any_engine) as connection:
        connection.execute(text(statement))


def test_entry_whose_commission_does_not_add_up_is_refused(any_engine: Engine) -> None:
    wrong = replace(entry(), price=replace(entry().price, commission_by_municipality=Yen(106)))
    with pytest.raises(IntegrityError), transaction(any_engine) as connection:
        post(connection, wrong)


def test_month_is_that_of_japan() -> None:
    assert month_of(datetime(2026, 10, 31, 15, 0, tzinfo=UTC)) == "2026-11"
    assert month_of(datetime(2026, 10, 31, 14, 59, tzinfo=UTC)) == "2026-10"


def test_statement_of_a_free_town_shows_what_it_owes() -> None:
    totals = make_statement(CODE, "2026-11", [entry(1), entry(2)]).totals
    assert (totals.issued, totals.collected, totals.commission, totals.net) == (2, 20, 234, -214)
    assert (totals.commission_by_resident, totals.commission_by_municipality) == (20, 214)


def test_statement_of_a_charging_town_shows_what_it_gets() -> None:
    (line,) = make_statement(CODE, "2026-11", [entry(fee=300)]).lines
    assert (line.unit_fee, line.collected, line.commission, line.net) == (300, 300, 117, 183)


def test_operators_stand_in_lines_of_their_own() -> None:
    made = make_statement(CODE, "2026-11", [entry(1, operator="b"), entry(2, operator="a")])
    assert [line.operator for line in made.lines] == ["a", "b"]


def test_csv_has_a_header_and_one_row_a_line() -> None:
    made = make_statement(CODE, "2026-11", [entry()])
    (row,) = csv.DictReader(io.StringIO(as_csv(made)))
    assert (row["municipality_code"], row["issued"], row["net"]) == (CODE, "1", "-107")


def test_table_names_the_hash_that_makes_it_checkable() -> None:
    made = make_statement(CODE, "2026-11", [entry()])
    assert made.entries_hash in as_table(made)
    assert made.statement_hash in as_table(made)


def test_hash_of_a_statement_changes_with_any_entry() -> None:
    def hashes(*entries: LedgerEntry) -> tuple[str, str]:
        made = make_statement(CODE, "2026-11", list(entries))
        return made.entries_hash, made.statement_hash

    one = hashes(entry())
    for other in (hashes(entry(fee=300)), hashes(entry(), voided(entry())), hashes()):
        assert not set(one) & set(other)


Sheets = st.lists(st.tuples(st.sampled_from([0, 100, 300]), st.booleans()), max_size=20)


@given(sheets=Sheets)
def test_sums_of_any_ledger_agree(sheets: list[tuple[int, bool]]) -> None:
    entries: list[LedgerEntry] = []
    for number, (fee, is_voided) in enumerate(sheets):
        issued = entry(number, fee=fee)
        entries += [issued, voided(issued)] if is_voided else [issued]

    made = make_statement(CODE, "2026-11", entries)

    kept = [fee or 10 for fee, is_voided in sheets if not is_voided]
    assert made.totals.issued - made.totals.voided == len(kept)
    assert made.totals.collected == sum(kept)
    assert made.totals.commission == 117 * len(kept)
    assert made.totals.net == made.totals.collected - made.totals.commission
