"""The schema that the migration makes is the one the code speaks, on every backend."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import StatementError

from gateway.database import Worker, metadata, open_engine, transaction, upgrade
from gateway.participation.rate_store import rate_limits
from tests.gateway.fakes import NOON
from tests.gateway.world import build_world


def test_migrated_schema_is_the_one_the_code_speaks(any_engine: Engine) -> None:
    with any_engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "gateway_schema", "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing(any_engine: Engine) -> None:
    upgrade(any_engine)
    assert "sessions" in inspect(any_engine).get_table_names()


def test_rows_of_a_municipality_are_found_by_its_code_first() -> None:
    for name in ("certificate_numbers", "ledger", "breakers"):
        keys = [column.name for column in metadata.tables[name].primary_key.columns]
        assert keys[0] == "municipality_code"


def test_moment_comes_back_as_it_went_in_whatever_its_zone(any_engine: Engine) -> None:
    moment = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    with transaction(any_engine) as connection:
        connection.execute(rate_limits.insert(), {"key": "k", "arrival": moment})
    with transaction(any_engine) as connection:
        found = connection.execute(rate_limits.select()).one().arrival
    assert found == moment
    assert found.tzinfo is UTC


def test_moment_without_a_zone_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 11, 23)
    with pytest.raises(StatementError), transaction(engine) as connection:
        connection.execute(rate_limits.insert(), {"key": "k", "arrival": naive})


def test_error_undoes_the_whole_transaction(any_engine: Engine) -> None:
    def write_and_fail() -> None:
        with transaction(any_engine) as connection:
            connection.execute(rate_limits.insert(), {"key": "k", "arrival": NOON})
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()

    with transaction(any_engine) as connection:
        assert connection.execute(rate_limits.select()).all() == []


def test_sqlite_writes_reach_the_disk_and_readers_do_not_wait(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with transaction(engine) as connection:
        settings = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    engine.dispose()
    assert settings == ["wal", 2, 10_000]


@pytest.mark.anyio
async def test_only_a_database_behind_a_network_is_waited_for_in_threads(
    any_engine: Engine,
) -> None:
    worker = Worker(any_engine)
    names = {
        await worker.run(lambda _connection: threading.current_thread().name),
        await worker.look(lambda _connection: threading.current_thread().name),
    }
    worker.close()
    in_thread = any(name.startswith("gateway-db") for name in names)
    assert in_thread is (any_engine.dialect.name == "postgresql")


@pytest.mark.anyio
async def test_whole_visit_works_on_every_backend(any_engine: Engine) -> None:
    world = build_world(any_engine)
    receipt = await world.kiosk().whole_visit(copies=3)
    assert receipt.sheets == len(world.entries()) == 3
