"""Dates in Japanese eras (元号), as they stand on paper and screens and nowhere else."""

from dataclasses import dataclass
from datetime import date

from issuance.certificates.errors import DateBeforeErasError


@dataclass(frozen=True, slots=True)
class Era:
    """One era and its first day."""

    name: str
    first_day: date


ERAS = (
    Era("令和", date(2019, 5, 1)),
    Era("平成", date(1989, 1, 8)),
    Era("昭和", date(1926, 12, 25)),
    Era("大正", date(1912, 7, 30)),
    Era("明治", date(1873, 1, 1)),
)
"""Latest first. Source: [DOMAIN 6.5]; Meiji from the day on which the Gregorian calendar began."""

MEIJI_OFFSET_YEARS = 5
"""1873 is 明治6年: the era is five years older than the calendar in which we count it."""


def format_date(day: date) -> str:
    """Return for example 令和8年11月23日; the first year of an era is 元年.

    Raises: DateBeforeErasError for days before 1873-01-01, when another calendar was in force.
    """
    era = find_era(day)
    if era is None:
        raise DateBeforeErasError
    year = day.year - era.first_day.year + 1
    if era is ERAS[-1]:
        year += MEIJI_OFFSET_YEARS
    spelled = "元" if year == 1 else str(year)
    return f"{era.name}{spelled}年{day.month}月{day.day}日"


def find_era(day: date) -> Era | None:
    """Return the era of a day, or ``None`` before the Gregorian calendar."""
    return next((era for era in ERAS if day >= era.first_day), None)
