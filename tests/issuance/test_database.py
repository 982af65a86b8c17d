"""The schema: what migrations make is what the tables say, and the past cannot be changed."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError, StatementError

import issuance.app
from issuance.database import metadata, read, upgrade, write
from issuance.integrity.model import LogKind
from issuance.integrity.service import record
from issuance.residents.store import save_links
from tests.issuance.builders import TOWN, link

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NOT_OF_A_MUNICIPALITY = {"issuance_schema"}


def test_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    assert issuance.app
    with read(engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "issuance_schema", "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)


def test_every_row_carries_its_municipality_first(engine: Engine) -> None:
    found = inspect(engine)
    for table in set(found.get_table_names()) - NOT_OF_A_MUNICIPALITY:
        key = found.get_pk_constraint(table)["constrained_columns"]
        assert key[0] == "municipality_code", table
        for reference in found.get_foreign_keys(table):
            assert reference["constrained_columns"][0] == "municipality_code"
            assert reference["referred_columns"][0] == "municipality_code"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issue_log SET kind = 'x'",
        "DELETE FROM issue_log",
        "UPDATE certificate_link_history SET source = 'x'",
        "DELETE FROM certificate_link_history",
    ],
)
def test_the_past_cannot_be_changed(engine: Engine, statement: str) -> None:
    with write(engine) as connection:
        record(connection, TOWN, LogKind.ALARM, {"alarm": "test"}, now=NOW)
        save_links(connection, TOWN, [link()], now=NOW)
    with pytest.raises(DBAPIError, match="only grows"), write(engine) as connection:
        connection.exec_driver_sql(statement)


def test_a_moment_without_zone_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 11, 23)
    with pytest.raises(StatementError, match="time zone"), write(engine) as connection:
        save_links(connection, TOWN, [link()], now=naive)


def test_a_failed_transaction_leaves_nothing(engine: Engine) -> None:
    def break_down() -> None:
        with write(engine) as connection:
            record(connection, TOWN, LogKind.ALARM, {"alarm": "test"}, now=NOW)
            raise OSError("the power went")

    with pytest.raises(OSError, match="power"):
        break_down()
    with read(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM issue_log").scalar() == 0
