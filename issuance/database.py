"""Where the core keeps its rows: SQLite for one machine, PostgreSQL for a municipality's cluster.

A transaction opens and closes at the edge (one request, one command); nothing below commits.
On SQLite a writer takes the lock when it begins (BEGIN IMMEDIATE), so two writers never find out
at the end that one of them read too early; every commit reaches the disk (synchronous=FULL).
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import Table
from sqlalchemy.types import DateTime, TypeDecorator

SQLITE_BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another one."""
_READ_ONLY = "risai_read_only"
_WRITERS_QUEUE = "risai_writers_queue"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
    }
)
"""Every table of the core; each feature's ``store.py`` adds its own."""


class Moment(TypeDecorator[Any]):
    """An aware moment in UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Refuse a moment without a zone. Raises: ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the moment with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_engine(url: str | URL) -> Engine:
    """Return an engine for ``url`` (``sqlite:///file`` or ``postgresql+psycopg://…``)."""
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    engine = create_engine(address, pool_pre_ping=not is_sqlite)
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        # SQLite lets waiting writers sleep and try again; a queue in front of it wakes them in
        # turn. It saves time only: what keeps writers apart is the database's own lock.
        return engine.execution_options(**{_WRITERS_QUEUE: Lock()})
    return engine


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that may change rows: committed at the end, undone by any error."""
    queue = engine.get_execution_options().get(_WRITERS_QUEUE, nullcontext())
    with queue, engine.begin() as connection:
        yield connection


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that only reads; it never waits for a writer on SQLite."""
    connecting = engine.connect().execution_options(**{_READ_ONLY: True})
    with connecting as connection, connection.begin():
        yield connection


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; a database that is there already changes nothing."""
    from alembic import command  # Slow to import and needed once per start.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def insert_ignoring(connection: Connection, table: Table) -> Any:
    """Return an INSERT that leaves a row alone when its key is taken."""
    return _insert(connection, table).on_conflict_do_nothing()


def insert_replacing(connection: Connection, table: Table, *, newer_by: str | None = None) -> Any:
    """Return an INSERT that replaces the row of the same primary key.

    With ``newer_by`` only when that column is not smaller than in the stored row: a delivery that
    overtook another is not undone by it.
    """
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key.columns]
    changes = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    where = None if newer_by is None else statement.excluded[newer_by] >= table.c[newer_by]
    return statement.on_conflict_do_update(index_elements=keys, set_=changes, where=where)


def _insert(connection: Connection, table: Table) -> Any:
    # Both dialects spell ON CONFLICT alike, but SQLAlchemy keeps two classes for it.
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # We begin transactions ourselves.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_MS}",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def open_nonce_engine(engine: Engine) -> Engine:
    """Return a second way into the same database whose commits do not wait for the disk.

    For nonces only: a killed process loses none of them, and a power cut at most those of the
    last moments, whose requests the stored answers and the order's state refuse anyway.
    """
    hasty = open_engine(engine.url)
    statement = (
        "PRAGMA synchronous=NORMAL"
        if hasty.dialect.name == "sqlite"
        else "SET SESSION synchronous_commit TO OFF"
    )

    def hurry(dbapi_connection: Any, _record: Any) -> None:
        cursor = dbapi_connection.cursor()
        cursor.execute(statement)
        cursor.close()
        dbapi_connection.commit()

    event.listen(hasty, "connect", hurry)
    # Whoever closes the one closes the other.
    event.listen(engine, "engine_disposed", lambda _engine: hasty.dispose())
    return hasty


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
