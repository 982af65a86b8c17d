"""The day's comparison from the database, and the days that are sealed while the gateway serves."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from gateway.billing.ledger import month_of
from gateway.billing.reconciliation import DayReport, Takings, compare_day
from gateway.billing.reconciliation_store import (
    count_voided,
    load_paid_sessions,
    load_posted_sheets,
)
from gateway.billing.sealing import last_day_to_seal, seal_month
from gateway.billing.statement_store import find_closing
from gateway.database import snapshot


def reconcile_day(
    connection: Connection, day: date, *, takings: Mapping[str, Takings] | None = None
) -> DayReport:
    """Compare sheets, money and log of a day, kiosk by kiosk."""
    return compare_day(
        day,
        load_paid_sessions(connection, day),
        load_posted_sheets(connection, day),
        voided=count_voided(connection, day),
        takings=takings,
    )


def seal_ended_days(engine: Engine, now: datetime) -> int:
    """Seal the days that ended, of the months that are open; return how many were."""
    last = last_day_to_seal(now)
    month = last.strftime("%Y-%m")
    sealed = 0
    for one in dict.fromkeys((month, month_of(now))):
        with snapshot(engine) as connection:
            closing = find_closing(connection, one)
        if closing is None:
            sealed += seal_month(engine, one, now=now, until=last).count
    return sealed


@dataclass(slots=True)
class NightlySealer:
    """Seals ended days while the gateway serves: once a night, away from the event loop."""

    engine: Engine
    now: Callable[[], datetime]
    _sealed_until: date | None = None

    async def seal(self) -> int:
        """Seal what can be sealed now; return how many days of books were."""
        now = self.now()
        last = last_day_to_seal(now)
        if self._sealed_until is not None and last <= self._sealed_until:
            return 0
        sealed = await asyncio.to_thread(seal_ended_days, self.engine, now)
        self._sealed_until = last
        return sealed
