"""Days on which offices work, and months counted back from a day. Pure, in Japan.

Working days are Monday to Friday without public holidays and without 29 December to 3 January.
Source: [HOLIDAYS-LAW], [OFFICE-DAYS].
"""

import calendar
from datetime import date, timedelta

import jpholiday

_SATURDAY = 5
_YEAR_END = (12, 29)
_NEW_YEAR = (1, 3)
ONE_DAY = timedelta(days=1)


def is_year_end(day: date) -> bool:
    """Say whether the day lies in the closing from 29 December to 3 January."""
    place = (day.month, day.day)
    return place >= _YEAR_END or place <= _NEW_YEAR


def is_working_day(day: date) -> bool:
    """Say whether offices work on that day."""
    if day.weekday() >= _SATURDAY or is_year_end(day):
        return False
    return not jpholiday.is_holiday(day)


def working_day_from(day: date) -> date:
    """Return the first working day from ``day`` on."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def working_day_until(day: date) -> date:
    """Return the last working day up to ``day``."""
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def working_days(first: date, last: date) -> int:
    """Count the working days from ``first`` to ``last``, both counted."""
    span = (last - first).days + 1
    return sum(is_working_day(first + n * ONE_DAY) for n in range(max(span, 0)))


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
