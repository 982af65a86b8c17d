"""When the service is open: hours, the year-end closing, suspensions. Pure, in Japan time.

Source: [KONBINI 1.1]: 6:30 to 23:00 daily, closed 29 December to 3 January; municipalities
suspend services for maintenance and may extend the closing.
"""

import warnings
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")
OPENS = time(6, 30)
CLOSES = time(23, 0)
_SEARCH_DAYS = 60


@dataclass(frozen=True, slots=True)
class Suspension:
    """A time without service, with the words that residents read."""

    starts_at: datetime
    ends_at: datetime
    text_ja: str
    text_en: str


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Daily hours and the closing at the turn of the year."""

    opens: time = OPENS
    closes: time = CLOSES
    closed_from: tuple[int, int] = (12, 29)
    """Month and day of the first closed day."""
    closed_until: tuple[int, int] = (1, 3)
    """Month and day of the last closed day."""
    always_open: bool = False
    """Stand-in for a demo; never set it where sheets are worth something."""

    def is_closed_day(self, day: date) -> bool:
        """Say whether the day lies in the year-end closing."""
        place = (day.month, day.day)
        return place >= self.closed_from or place <= self.closed_until


class DemoHoursWarning(UserWarning):
    """A demo is open at all hours."""


class DemoOpenAllHours:
    """Stand-in for real hours: a demo that can be tried at night and at New Year."""

    @staticmethod
    def hours() -> ServiceHours:
        """Return hours that never close, and warn of it."""
        warnings.warn("demo: the service is open at all hours", DemoHoursWarning, stacklevel=2)
        return ServiceHours(always_open=True)


def is_open(hours: ServiceHours, moment: datetime) -> bool:
    """Say whether the service is open at ``moment``."""
    if hours.always_open:
        return True
    local = moment.astimezone(JAPAN)
    in_hours = hours.opens <= local.time() < hours.closes
    return in_hours and not hours.is_closed_day(local.date())


def next_opening(hours: ServiceHours, moment: datetime) -> datetime:
    """Return the first moment from ``moment`` on at which the service is open, in UTC offset +9."""
    if is_open(hours, moment):
        return moment
    local = moment.astimezone(JAPAN)
    for ahead in range(_SEARCH_DAYS):
        day = local.date() + timedelta(days=ahead)
        opening = datetime.combine(day, hours.opens, JAPAN)
        if opening >= local and not hours.is_closed_day(day):
            return opening
    raise LookupError("the service never opens; the closing in the settings is too long")


def suspension_at(suspensions: tuple[Suspension, ...], moment: datetime) -> Suspension | None:
    """Return the suspension in force at ``moment``, if any."""
    return next((s for s in suspensions if s.starts_at <= moment < s.ends_at), None)
