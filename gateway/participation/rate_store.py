"""Where rate limits are remembered: one moment a key, across restarts and processes."""

from datetime import datetime

from sqlalchemy import Column, Connection, Table, Text, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.database import Moment, metadata
from gateway.errors import RateLimitedError
from gateway.participation.rate import RateLimit, admit

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key", Text, primary_key=True),
    Column("arrival", Moment, nullable=False),
)


_FIND = select(rate_limits.c.arrival).where(rate_limits.c.key == bindparam("k")).with_for_update()
_SET = (
    update(rate_limits)
    .where(rate_limits.c.key == bindparam("k"))
    .values(arrival=bindparam("arrival"))
)


def check_rate(connection: Connection, key: str, limit: RateLimit, now: datetime) -> None:
    """Count one use of ``key``. Raises: RateLimitedError."""
    arrival = connection.execute(_FIND, {"k": key}).scalar_one_or_none()
    if arrival is None:
        # Two first uses at once: one of them finds the other's row below.
        new = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"key": key, "arrival": now}
        connection.execute(new(rate_limits).on_conflict_do_nothing(), row)
        arrival = connection.execute(_FIND, {"k": key}).scalar_one()
    following = admit(limit, arrival, now)
    if following is None:
        raise RateLimitedError("too many sessions in a short time")
    connection.execute(_SET, {"k": key, "arrival": following})
