"""Where rate limits are remembered: one moment a key, across restarts and processes."""

from datetime import datetime

from sqlalchemy import Column, Connection, Table, Text, insert, select, update

from gateway.database import Moment, metadata
from gateway.errors import RateLimitedError
from gateway.participation.rate import RateLimit, admit

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key", Text, primary_key=True),
    Column("arrival", Moment, nullable=False),
)


def check_rate(connection: Connection, key: str, limit: RateLimit, now: datetime) -> None:
    """Count one use of ``key``. Raises: RateLimitedError."""
    query = select(rate_limits.c.arrival).where(rate_limits.c.key == key).with_for_update()
    arrival = connection.execute(query).scalar_one_or_none()
    following = admit(limit, arrival, now)
    if following is None:
        raise RateLimitedError("too many sessions in a short time")
    if arrival is None:
        connection.execute(insert(rate_limits), {"key": key, "arrival": following})
    else:
        connection.execute(
            update(rate_limits).where(rate_limits.c.key == key).values(arrival=following)
        )
