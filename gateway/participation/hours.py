"""When the service is open: hours, the year-end closing, suspensions. Pure, in Japan time.

Source: [KONBINI 1.1]: 6:30 to 23:00 daily, closed 29 December to 3 January; municipalities
suspend services for maintenance and may extend the closing.
"""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from issuance.wire.codes import DocumentType

JAPAN = ZoneInfo("Asia/Tokyo")
OPENS = time(6, 30)
CLOSES = time(23, 0)
_SEARCH_DAYS = 60
"""So many days ahead an opening is looked for."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """A time without service, with the words that residents read."""

    starts_at: datetime
    ends_at: datetime
    text_ja: str
    text_en: str
    certificates: frozenset[DocumentType] = frozenset()
    """Kinds of certificates that it concerns; none means all of them."""


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


def suspension_at(
    suspensions: Iterable[Suspension],
    moment: datetime,
    certificate: DocumentType | None = None,
) -> Suspension | None:
    """Return the suspension in force at ``moment``, if any.

    Without a certificate only a suspension of all of them counts.
    """
    for known in suspensions:
        concerns = not known.certificates or certificate in known.certificates
        if concerns and known.starts_at <= moment < known.ends_at:
            return known
    return None


def check_closing(hours: ServiceHours) -> None:
    """Refuse a closing at the year's end that takes up much of the year. Raises: ValueError."""
    first = date(2024, 1, 1)  # A leap year has every day.
    closed = sum(hours.is_closed_day(first + timedelta(days=n)) for n in range(366))
    if closed >= _SEARCH_DAYS:
        raise ValueError(
            f"the closing at the year's end would last {closed} days, {_SEARCH_DAYS - 1} are the "
            "most; write closed_from like 12-28 and closed_until like 01-05"
        )


def check_within(own: ServiceHours, service: ServiceHours) -> None:
    """Refuse hours of a municipality that reach beyond the service's. Raises: ValueError.

    A municipality may close earlier and extend the closing at the year's end, nothing else.
    """
    if own.opens < service.opens or own.closes > service.closes or own.closes <= own.opens:
        raise ValueError("daily hours must lie within the service's")
    if own.closed_from > service.closed_from or own.closed_until < service.closed_until:
        raise ValueError("the closing at the year's end may be extended, not shortened")
