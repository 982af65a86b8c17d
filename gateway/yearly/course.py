"""The system fee over several fiscal years: which measure, how much, when it is billed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from gateway.yearly.assumptions import Assumptions
from gateway.yearly.measures import PrefectureUse, Verdict, judge
from gateway.yearly.model import Month, YearFee, population_day
from gateway.yearly.system_fee import first_year_fee, later_year_fee


@dataclass(frozen=True, slots=True)
class CourseYear:
    """One fiscal year of the course."""

    fiscal_year: int
    population: int
    population_day: date
    verdict: Verdict
    fee: YearFee
    normal: YearFee
    """What it would cost without any measure."""
    billed_in: int
    """The fiscal year in which it is billed: always the next. Source: [MISSION 4]."""


def make_course(
    start: Month,
    years: int,
    population: int,
    *,
    populations: Mapping[int, int],
    uses: Iterable[PrefectureUse],
    assumptions: Assumptions,
) -> tuple[CourseYear, ...]:
    """Return ``years`` fiscal years from the first.

    ``populations`` knows better figures for some fiscal years; ``population`` stands for the rest.
    """
    known = tuple(uses)
    made = []
    for fiscal_year in range(start.fiscal_year, start.fiscal_year + years):
        people = populations.get(fiscal_year, population)
        verdict = judge(fiscal_year, start, known, assumptions)
        fees = []
        for measure in (verdict.measure, None):
            if fiscal_year == start.fiscal_year:
                fees.append(first_year_fee(people, start, measure, assumptions))
            else:
                fees.append(later_year_fee(people, fiscal_year, measure, assumptions))
        day = population_day(fiscal_year)
        made.append(
            CourseYear(fiscal_year, people, day, verdict, fees[0], fees[1], fiscal_year + 1)
        )
    return tuple(made)
