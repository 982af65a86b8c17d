"""Rate limits as one number a key: the theoretical arrival time (GCRA). Pure.

A key may use its burst at once and then one more every interval; nothing is counted in windows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many at once, then one every ``interval``."""

    burst: int
    interval: timedelta


def admit(limit: RateLimit, arrival: datetime | None, now: datetime) -> datetime | None:
    """Return the new theoretical arrival time, or None when the request comes too early."""
    start = now if arrival is None or arrival < now else arrival
    following = start + limit.interval
    if following - now > limit.burst * limit.interval:
        return None
    return following
