"""Closing a month of many entries, beside the bare aggregate query of the same run."""

import multiprocessing
import os
import resource
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, create_engine, delete, make_url, text

from gateway.billing.ledger import ledger
from gateway.billing.reading import AGGREGATE
from gateway.billing.sealing import seal_month
from gateway.billing.settlement import check_month, close_month
from gateway.billing.statement_store import Closing
from gateway.billing.store import closings, ledger_days, statement_lines, statements
from gateway.database import open_engine, snapshot, transaction, upgrade

MONTH = "2026-10"
_FIRST = datetime(2026, 9, 30, 21, 30, tzinfo=UTC)
"""6:30 in Japan on the first of the month."""
_LAST = datetime(2026, 10, 31, 13, 59, tzinfo=UTC)
_AFTERWARDS = datetime(2026, 11, 2, tzinfo=UTC)
ENTRIES_A_MUNICIPALITY = 3850
"""Five million entries are a month of 1,300 municipalities, about as many as take part."""
_AGGREGATES = 2
_VOIDED_EVERY = 101
Result = TypeVar("Result")

_COLUMNS = """
    municipality_code, certificate_number, kind, session_id, operator, kiosk_id, document_type,
    month, posted_at, resident_pays, commission, commission_by_resident,
    commission_by_municipality, revenue"""
_AMOUNTS = """
    CASE WHEN free = 1 THEN 10 ELSE 300 END * sign, 117 * sign,
    CASE WHEN free = 1 THEN 10 ELSE 0 END * sign, CASE WHEN free = 1 THEN 107 ELSE 117 END * sign,
    CASE WHEN free = 1 THEN 0 ELSE 300 END * sign"""
_SHEETS = f"""
    SELECT i, i % :towns AS town, (i % :towns) % 2 AS free,
        CASE WHEN i % {_VOIDED_EVERY} = 0 AND i >= :towns THEN -1 ELSE 1 END AS sign,
        CASE WHEN i % {_VOIDED_EVERY} = 0 AND i >= :towns THEN i - :towns ELSE i END AS j
    FROM n"""  # noqa: S608 - numbers of this file only
"""Every hundred-first entry reverses the one before it in its municipality."""
_SQLITE = f"""
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows)
    INSERT INTO ledger ({_COLUMNS})
    SELECT printf('%06d', 10000 + town * 13),
        printf('%06d-2026-%07d-%02d', 10000 + town * 13, j / :towns, j % 97),
        CASE sign WHEN 1 THEN 'issued' ELSE 'voided' END, printf('%032x', j),
        'operator-' || char(97 + (j / :towns) % 4),
        printf('operator-%d-%05d', (j / :towns) % 4, (j * 7) % 1000),
        'victim_certificate', :month,
        strftime('%Y-%m-%d %H:%M:%S', :first + i * :span / :rows, 'unixepoch')
            || printf('.%06d', i % 1000000), {_AMOUNTS}
    FROM ({_SHEETS})"""  # noqa: S608 - numbers and names of this file only
_POSTGRESQL = f"""
    WITH n AS (SELECT * FROM generate_series(0::bigint, :rows - 1) AS i)
    INSERT INTO ledger ({_COLUMNS})
    SELECT lpad((10000 + town * 13)::text, 6, '0'),
        lpad((10000 + town * 13)::text, 6, '0') || '-2026-'
            || lpad((j / :towns)::text, 7, '0') || '-' || lpad((j % 97)::text, 2, '0'),
        CASE sign WHEN 1 THEN 'issued' ELSE 'voided' END, lpad(to_hex(j), 32, '0'),
        'operator-' || chr((97 + (j / :towns) % 4)::int),
        'operator-' || (j / :towns) % 4 || '-' || lpad(((j * 7) % 1000)::text, 5, '0'),
        'victim_certificate', :month,
        to_timestamp(:first + i * :span / :rows) + (i % 1000000) * interval '1 microsecond',
        {_AMOUNTS}
    FROM ({_SHEETS}) AS sheets"""  # noqa: S608 - numbers and names of this file only
_KEY = "municipality_code, certificate_number, kind"


def measure_settlement(folder: Path, rows: int) -> None:
    """Print the settlement of ``rows`` entries on SQLite, and on PostgreSQL where there is one."""
    print(f"settlement of {rows:,} entries, {_municipalities(rows)} municipalities, "
          "four operators each")  # fmt: skip
    engine = open_engine(f"sqlite:///{folder / 'ledger.sqlite'}")
    _measure("SQLite", engine, rows)
    url = os.environ.get("RISAI_TEST_POSTGRES")
    if not url:
        print("PostgreSQL            set RISAI_TEST_POSTGRES to measure it too")
        return
    schema = f"bench_{secrets.token_hex(6)}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    own = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
    try:
        _measure("PostgreSQL", open_engine(own), rows)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        admin.dispose()


def _municipalities(rows: int) -> int:
    towns = max(rows // ENTRIES_A_MUNICIPALITY, 10)
    return towns + (towns % _VOIDED_EVERY == 0)  # Or a reversal would reverse a reversal.


def _measure(name: str, engine: Engine, rows: int) -> None:
    upgrade(engine)
    building, _ = _timed(lambda: _build(engine, rows))
    bare = min(_timed(lambda: _aggregate(engine))[0] for _ in range(_AGGREGATES))
    sealing, sealed = _timed(lambda: seal_month(engine, MONTH, now=_AFTERWARDS))
    settling, closed = _timed(lambda: _close(engine))
    _forget(engine)
    _peak_mb()
    before = _peak_mb()
    with _Readers() as readers:
        at_once, again = _timed(lambda: _close(engine))
    grown = _peak_mb() - before
    checking, check = _timed(lambda: check_month(engine, MONTH))
    engine.dispose()
    if check.differences or closed.digest != again.digest:
        raise ArithmeticError("the ledger does not give its statements again")
    print(f"{name:22}build {building:7.1f} s")
    print(f"  bare aggregate      {bare:7.2f} s")
    print(f"  close, days sealed  {settling:7.2f} s   ratio to the bare aggregate "
          f"{settling / bare:5.2f}   (target 1.5)   {closed.statements} statements")  # fmt: skip
    print(f"  close, none sealed  {at_once:7.2f} s   (target 20 s at 5,000,000)   "
          f"memory +{grown:.0f} MB, each reader {readers.peak_mb:.0f} MB")  # fmt: skip
    print(f"  seal every day      {sealing:7.2f} s   {rows / sealing:9,.0f} entries/s, "
          f"{sealed.count} days of books, done night by night")  # fmt: skip
    print(f"  verify everything   {checking:7.2f} s")


def _close(engine: Engine) -> Closing:
    return close_month(engine, MONTH, closed_by="bench", now=lambda: _AFTERWARDS)


def _forget(engine: Engine) -> None:
    """Take the settlement back, which only a benchmark may do: the guards go first."""
    with transaction(engine) as connection:
        for table in (ledger_days, statements, statement_lines, closings):
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
            else:
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_no_delete"))
            connection.execute(delete(table))


def _build(engine: Engine, rows: int) -> None:
    span = int((_LAST - _FIRST) / timedelta(seconds=1))
    words = {"rows": rows, "month": MONTH, "first": int(_FIRST.timestamp()), "span": span}
    words["towns"] = _municipalities(rows)
    if engine.dialect.name == "sqlite":
        # Durability is not what is measured here, and half a million pages want some room.
        engine.dispose()
        with closing(sqlite3.connect(str(engine.url.database))) as connection:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(_SQLITE, words)
            connection.commit()
            connection.execute("PRAGMA journal_mode=WAL")
        return
    with transaction(engine) as connection:
        connection.execute(text("ALTER TABLE ledger DROP CONSTRAINT ledger_pkey"))
        for index in ledger.indexes:
            index.drop(connection)
        connection.execute(text("ALTER TABLE ledger DISABLE TRIGGER ledger_closed_month"))
        connection.execute(text(_POSTGRESQL), words)
        connection.execute(text("ALTER TABLE ledger ENABLE TRIGGER ledger_closed_month"))
        connection.execute(text(f"ALTER TABLE ledger ADD PRIMARY KEY ({_KEY})"))
        for index in ledger.indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE ledger"))


def _aggregate(engine: Engine) -> int:
    with snapshot(engine) as connection:
        return len(connection.execute(AGGREGATE.where(ledger.c.month == MONTH)).all())


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


class _Readers:
    """Watches the processes that read the ledger; ``peak_mb`` is the largest one's memory."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "_Readers":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(0.05):
            for reader in multiprocessing.active_children():
                with suppress(OSError):  # It has just gone, or this is not Linux.
                    self.peak_mb = max(self.peak_mb, _high_water_mb(str(reader.pid)))


def _high_water_mb(process: str) -> float:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    kept = status.partition("VmHWM:")[2].split()  # Empty when the process is ending.
    return int(kept[0]) / 1024 if kept else 0.0


def _peak_mb() -> float:
    """Return the largest memory since the last call, where Linux tells; else since the start."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with suppress(OSError):
        peak = _high_water_mb("self")
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    return peak
