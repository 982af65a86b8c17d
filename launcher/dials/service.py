"""The dials ``municipality``, ``service`` and ``rate``: how the gateway was set up.

An operator changes settings and starts the gateway again; so do these, over the same books.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.app import DEFAULT_LIMITS, GatewayParts
from gateway.participation.hours import ServiceHours, Suspension
from gateway.participation.rate import RateLimit
from gateway.sessions.service import RateLimits

ChangeParts = Callable[[Callable[[GatewayParts], GatewayParts]], None]
"""Opens the gateway again with its parts changed."""
_LONG = timedelta(days=1)
_TIGHT = RateLimits(
    per_kiosk=RateLimit(burst=1, interval=timedelta(minutes=1)),
    per_subject=RateLimit(burst=1, interval=timedelta(minutes=1)),
)


def _suspension(now: datetime) -> Suspension:
    return Suspension(
        now - _LONG, now + _LONG, "試験のため停止しています。", "Suspended for a test."
    )


class MunicipalityKnob:
    """Lets the municipality suspend its service."""

    def __init__(self, change: ChangeParts, now: Callable[[], datetime]) -> None:
        self._change = change
        self._now = now

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        suspensions = (_suspension(self._now()),) if setting == "suspended" else ()

        def change(parts: GatewayParts) -> GatewayParts:
            who = parts.participation
            towns = tuple(replace(town, suspensions=suspensions) for town in who.municipalities)
            return replace(parts, participation=replace(who, municipalities=towns))

        self._change(change)


class ServiceKnob:
    """Sets the hours of the whole service."""

    def __init__(
        self, change: ChangeParts, now: Callable[[], datetime], as_opened: ServiceHours
    ) -> None:
        self._change = change
        self._now = now
        self._as_opened = as_opened

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        hours = ServiceHours() if setting == "real_hours" else self._as_opened
        suspensions = (_suspension(self._now()),) if setting == "suspended" else ()

        def change(parts: GatewayParts) -> GatewayParts:
            who = replace(parts.participation, hours=hours, suspensions=suspensions)
            return replace(parts, participation=who)

        self._change(change)


class RateKnob:
    """Sets how often one may try."""

    def __init__(self, change: ChangeParts, as_opened: RateLimits) -> None:
        self._change = change
        self._limits = {"normal": as_opened, "real": DEFAULT_LIMITS, "tight": _TIGHT}

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        limits = self._limits[setting]
        self._change(lambda parts: replace(parts, limits=limits))
