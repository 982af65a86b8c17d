"""Whatever is done to the ledger is found, by the hash alone."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from gateway.billing.digests import seal_entries
from gateway.billing.errors import LedgerMismatchError
from gateway.billing.reading import Reading, read_entries
from gateway.billing.sealing import seal_month
from gateway.billing.settlement import check_month, close_with_late_entries
from gateway.billing.statement import group_entries
from gateway.database import snapshot, transaction
from tests.gateway.billing.test_ledger import CODE, entry, voided
from tests.gateway.billing.test_settlement import (
    DECEMBER,
    MONTH,
    close,
    on,
    put,
    some_entries,
    words,
)
from tests.gateway.fakes import NOON


def test_entry_in_a_sealed_day_stops_the_closing(any_engine: Engine) -> None:
    put(any_engine, on(1, entry(1)))
    seal_month(any_engine, MONTH, now=NOON, until=NOON.date())
    put(any_engine, on(1, entry(2)))
    with pytest.raises(LedgerMismatchError, match="verify-ledger"):
        close(any_engine)
    (difference,) = check_month(any_engine, MONTH).differences
    assert "2026-11-01: 1 entries were sealed, the ledger holds 2" in difference


def test_person_who_has_looked_settles_what_came_late(any_engine: Engine) -> None:
    """The decision stays in the integrity log; afterwards everything can be made again."""
    put(any_engine, on(2, entry(1)))
    seal_month(any_engine, MONTH, now=NOON, until=NOON.date())
    put(any_engine, on(1, entry(2)), on(2, entry(3, operator="b")))
    assert len(check_month(any_engine, MONTH).differences) == 2
    with pytest.raises(LedgerMismatchError):
        close(any_engine)

    close_with_late_entries(any_engine, MONTH, closed_by="tanaka", now=lambda: DECEMBER)

    assert words(any_engine).totals.issued == 3
    assert check_month(any_engine, MONTH).differences == ()
    with transaction(any_engine) as connection:
        rows = connection.execute(text("SELECT kind, payload FROM integrity_log ORDER BY entry_no"))
        (late, payload), (closed, _payload) = rows
    assert (late, closed) == ("late-entries-accepted", "month-closed")
    assert "tanaka" in payload


TAMPERED = {
    "amount": "UPDATE ledger SET revenue = revenue + 1 WHERE certificate_number LIKE '%000003'",
    "operator": "UPDATE ledger SET kiosk_id = 'k' WHERE certificate_number LIKE '%000003'",
    "moment": "UPDATE ledger SET posted_at = '2026-11-30 03:00:01.000000' "
    "WHERE certificate_number LIKE '%000003'",
    "removed": "DELETE FROM ledger WHERE certificate_number LIKE '%000003'",
    "added": "INSERT INTO ledger SELECT municipality_code, 'x', kind, session_id, operator, "
    "kiosk_id, document_type, month, posted_at, resident_pays, commission, "
    "commission_by_resident, commission_by_municipality, revenue, purpose, bcl_fee "
    "FROM ledger WHERE certificate_number LIKE '%000003'",
}


@pytest.mark.parametrize("change", list(TAMPERED))
def test_whatever_is_done_to_the_ledger_is_found(engine: Engine, change: str) -> None:
    """Somebody takes the guards away and changes, adds or removes one entry."""
    put(engine, *some_entries())
    close(engine)
    printed = words(engine)
    assert check_month(engine, MONTH).differences == ()
    with transaction(engine) as connection:
        for guard in ("ledger_no_update", "ledger_no_delete", "ledger_closed_month"):
            connection.execute(text(f"DROP TRIGGER {guard}"))
        connection.execute(text(TAMPERED[change]))

    found = check_month(engine, MONTH).differences

    assert any("sealed" in one for one in found)
    assert any("statement differs" in one for one in found)
    assert words(engine) == printed


def test_swap_that_leaves_every_sum_alone_is_found(engine: Engine) -> None:
    """Two numbers change places: sums agree, and still the entries are not those of the hash."""
    put(engine, on(1, entry(1)), on(1, entry(2, fee=300)))
    close(engine)
    with transaction(engine) as connection:
        connection.execute(text("DROP TRIGGER ledger_no_update"))
        for old, new in (("01", "xx"), ("02", "01"), ("xx", "02")):
            connection.execute(
                text(
                    "UPDATE ledger SET certificate_number = '990001-0000' || :new "
                    "WHERE certificate_number = '990001-0000' || :old"
                ),
                {"old": old, "new": new},
            )
    assert len(check_month(engine, MONTH).differences) == 2


def test_database_makes_the_lines_that_the_code_makes(any_engine: Engine) -> None:
    """Both databases and the plain code come to the same digests, to the microsecond."""
    odd = NOON.replace(microsecond=120)
    entries = [entry(1), replace(entry(2), posted_at=odd), voided(entry(1)), entry(3, fee=300)]
    put(any_engine, *entries)
    with snapshot(any_engine) as connection:
        assert read_entries(connection, MONTH, code=CODE) == Reading(
            seal_entries(entries), group_entries(entries)
        )
