"""The second schema lets the first version go on working, and guards what was closed."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Table, delete, insert, text, update
from sqlalchemy.exc import DatabaseError

from gateway.billing.fees import SheetPurpose
from gateway.billing.ledger import load_entries, open_month, post
from gateway.billing.store import ledger_days, statement_lines, statements
from gateway.database import Moment, transaction
from tests.gateway.billing.test_ledger import CODE, entry
from tests.gateway.fakes import NOON

FIRST_VERSION = """
    INSERT INTO ledger (municipality_code, certificate_number, kind, session_id, operator,
        kiosk_id, document_type, month, posted_at, resident_pays, commission,
        commission_by_resident, commission_by_municipality, revenue)
    VALUES ('990001', 'n', 'issued', 's', 'a', 'k', 'victim_certificate', '2026-11',
        '2026-11-23 03:00:00.000000+00:00', 10, 117, 10, 107, 0)
"""
CLOSING = "INSERT INTO closings (month, frozen_at, closed_by) VALUES ('{}', '2026-12-01', 'a')"


def test_gateway_of_the_version_before_can_still_post(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        connection.execute(text(FIRST_VERSION))
    with transaction(any_engine) as connection:
        (found,) = load_entries(connection, CODE)
    assert (found.price.purpose, found.price.bcl_fee) == (SheetPurpose.SERVICE, 0)


def test_closed_month_takes_no_entry_whoever_posts_it(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        connection.execute(text(CLOSING.format("2026-11")))
    with pytest.raises(DatabaseError, match="closed"), transaction(any_engine) as connection:
        post(connection, entry())


def test_what_comes_after_the_closing_belongs_to_the_next_open_month(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        assert open_month(connection, NOON) == "2026-11"
        connection.execute(text(CLOSING.format("2026-11")))
        assert open_month(connection, NOON) == "2026-12"
        connection.execute(text(CLOSING.format("2026-12")))
        assert open_month(connection, NOON) == "2027-01"


def _python_type(column: Column[Any]) -> type:
    return datetime if isinstance(column.type, Moment) else column.type.python_type


@pytest.mark.parametrize("table", [ledger_days, statements, statement_lines], ids=str)
def test_what_was_settled_cannot_be_taken_back(any_engine: Engine, table: Table) -> None:
    kinds: dict[type, object] = {str: "2026-11", int: 1, bytes: b"", datetime: NOON}
    row = {column.name: kinds[_python_type(column)] for column in table.columns}
    with transaction(any_engine) as connection:
        connection.execute(insert(table), row)
    for change in (delete(table), update(table).values(month="2026-12")):
        with (
            pytest.raises(DatabaseError, match="only grows"),
            transaction(any_engine) as connection,
        ):
            connection.execute(change)
