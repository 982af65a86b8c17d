"""Where the gateway keeps its rows: SQLite for one machine, PostgreSQL for a centre.

A transaction opens and closes at the edge (one request, one command); nothing below commits.
On SQLite a writer takes the lock when it begins, and every commit reaches the disk.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    MetaData,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import DateTime, TypeDecorator

BUSY_TIMEOUT_MS = 10_000
_THREADS_ON_POSTGRESQL = 16
SNAPSHOT_MEMORY_KB = 65_536
_READ_ONLY = "risai_read_only"
Result = TypeVar("Result")

metadata = MetaData()
"""Every table of the gateway; each feature's ``store.py`` adds its own."""


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
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # We begin transactions ourselves.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def open_nonce_engine(engine: Engine) -> Engine:
    """Return a second way into the same database whose commits do not wait for the disk.

    For nonces only: a killed process loses none of them, and a power cut at most those of the
    last moments, whose requests the stored answers and the state machine refuse anyway.
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
    reads = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open one transaction: committed at the end, undone by any error."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that only reads; on SQLite it never waits for the writer."""
    opened = engine.connect().execution_options(**{_READ_ONLY: True})
    with opened as connection, connection.begin():
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that only reads, and reads the same however long it takes."""
    options: dict[str, Any] = {_READ_ONLY: True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"  # On SQLite a transaction is one anyway.
    with engine.connect().execution_options(**options) as connection, connection.begin():
        # Sorting millions of rows wants more than the few megabytes of the default.
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA cache_size=-{SNAPSHOT_MEMORY_KB}")
        else:
            connection.exec_driver_sql(f"SET LOCAL work_mem = {SNAPSHOT_MEMORY_KB}")
            # What is streamed is read to its end: PostgreSQL plans for a tenth, at twice the time.
            connection.exec_driver_sql("SET LOCAL cursor_tuple_fraction = 1")
        yield connection


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add many rows that name the same columns; PostgreSQL takes them as one stream.

    Raises: IntegrityError.
    """
    if connection.dialect.name != "postgresql" or not rows:
        if rows:
            connection.execute(table.insert(), rows)
        return
    names = list(rows[0])
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; one that is there already changes nothing."""
    from alembic import command  # Slow to import and needed once per start.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class Worker:
    """Runs transactions for the event loop: where they stand on SQLite, in threads elsewhere.

    A commit of a SQLite file takes about half a millisecond, and changing threads costs as much
    again: measured with ``make bench``, staying is faster for one session and for eight at once.
    A round trip to PostgreSQL waits for a network, so there it must not hold up the loop.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._in_threads = engine.dialect.name != "sqlite"
        self._pool = ThreadPoolExecutor(_THREADS_ON_POSTGRESQL, thread_name_prefix="gateway-db")

    async def look(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work``, which only reads, and return what it returns."""
        if not self._in_threads:
            return self.look_now(work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self.look_now, work)

    def look_now(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work``, which only reads, here and now."""
        with reading(self.engine) as connection:
            return work(connection)

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` in one transaction of its own and return what it returns."""
        if not self._in_threads:
            return self.run_now(work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self.run_now, work)

    def run_now(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` in one transaction, here and now."""
        with transaction(self.engine) as connection:
            return work(connection)

    def close(self) -> None:
        """Let running work end and close the connections."""
        self._pool.shutdown(wait=True)
        self.engine.dispose()
