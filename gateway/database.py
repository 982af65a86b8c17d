"""Where the gateway keeps its rows: one SQLite file, or PostgreSQL for several processes.

A transaction opens and closes at the edge and is never held across a call to a municipality.
A writer on SQLite takes the lock when it begins, and every commit reaches the disk.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from anyio import to_thread
from sqlalchemy import BigInteger, Connection, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.types import TypeDecorator

SQLITE_BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another process."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_READ_ONLY = "risai_read_only"

Result = TypeVar("Result")

metadata = MetaData()
"""Every table of the gateway; each feature's ``store.py`` adds its own."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds since 1970 in UTC: the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the moment as a number. Raises: TypeError when it has no time zone."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return the number as a moment in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def open_engine(url: str) -> Engine:
    """Return an engine for ``url`` (``sqlite:///file`` or ``postgresql+psycopg://…``)."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


class Database:
    """Opens the gateway's transactions; nothing else commits."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # SQLite has one writer; waiting here is fair, its own waiting sleeps and guesses.
        self._writing = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        # A PostgreSQL round trip may block; a SQLite write is shorter than changing threads.
        self._in_thread = engine.dialect.name != "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open one transaction that may change rows: committed at the end, undone by any error."""
        with self._writing, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one transaction that only reads; on SQLite it never waits for a writer."""
        opened = self.engine.connect().execution_options(**{_READ_ONLY: True})
        with opened as connection, connection.begin():
            yield connection

    async def change(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` in one writing transaction of its own."""
        if self._in_thread:
            return await to_thread.run_sync(self._change, work)
        return self._change(work)

    async def look(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` in one reading transaction of its own."""
        if self._in_thread:
            return await to_thread.run_sync(self._look, work)
        return self._look(work)

    def _change(self, work: Callable[[Connection], Result]) -> Result:
        with self.write() as connection:
            return work(connection)

    def _look(self, work: Callable[[Connection], Result]) -> Result:
        with self.read() as connection:
            return work(connection)


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; one that is there already stays as it is."""
    from alembic import command  # Slow to import and needed once per start.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # Transactions are begun by us, not guessed by the driver.
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
