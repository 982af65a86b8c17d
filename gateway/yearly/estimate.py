"""What joining costs over the first fiscal years, for two patterns side by side. Pure.

Ranges stay ranges: a total is the sum of the lower ends to the sum of the upper ends.
Source: [MISSION 4]; what it leaves open stands in ``assumptions``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce

from gateway.billing.fees import FeePolicy, SheetPrice, Yen, price_sheet
from gateway.billing.rates import BCL_RATES, rate_on
from gateway.errors import YearlyInputError
from gateway.introduction.model import Pattern
from gateway.yearly import rates
from gateway.yearly.assumptions import Assumptions, EmptyCell, WholeYear
from gateway.yearly.course import CourseYear, make_course
from gateway.yearly.measures import PrefectureUse
from gateway.yearly.model import (
    FIRST_MONTH,
    MONTHS_OF_YEAR,
    NOTHING,
    Kind,
    Month,
    Server,
    YenRange,
)
from gateway.yearly.rates import RunningCostShare

YEARS = 5


class Item(StrEnum):
    """Rows of the table."""

    BUILDING = "building"
    """システム構築費用, in the first fiscal year."""
    TRIAL = "trial"
    """実店舗試験費用."""
    SYSTEM_FEE = "system_fee"
    """被災者支援システム利用料."""
    MAINTENANCE = "maintenance"
    """システム関連運用保守費用."""
    RUNNING_SHARE = "running_share"
    """コンビニ交付運営負担金."""
    COMMISSION = "commission"
    """コンビニ交付委託手数料, the municipality's part."""
    BCL_ISSUING = "bcl_issuing"
    """BCL証明発行機能利用料."""
    REVENUE = "revenue"
    """手数料収入, what residents pay; below zero because it comes in."""


SOURCES: dict[Item, str] = {
    Item.BUILDING: "[MISSION 4] 初期費用・システム構築費用",
    Item.TRIAL: "[MISSION 4] 初期費用・実店舗試験費用",
    Item.SYSTEM_FEE: rates.SYSTEM_FEE.source,
    Item.MAINTENANCE: "[MISSION 4] 運用費用・システム関連運用保守費用",
    Item.RUNNING_SHARE: rates.SHARE_SOURCE,
    Item.COMMISSION: "[MISSION 4] 運用費用・コンビニ交付委託手数料",
    Item.BCL_ISSUING: "[MISSION 4] 運用費用・BCL証明発行機能利用料",
    Item.REVENUE: "[MISSION 4] 運用費用・注",
}


@dataclass(frozen=True, slots=True)
class Case:
    """The municipality whose costs are asked for."""

    population: int
    kind: Kind
    pattern: Pattern
    start: Month
    sheets: int
    """Victim certificates (通) in a whole fiscal year."""
    legal_fee: int = 0
    """What a resident pays for one; zero where it is free of charge."""
    bcl_sheets: int = 0
    """Resident, seal and tax certificates that the cloud's server makes in a whole year."""
    uses: tuple[PrefectureUse, ...] = ()
    years: int = YEARS


@dataclass(frozen=True, slots=True)
class Line:
    """One row: an amount for each fiscal year."""

    item: Item
    amounts: tuple[YenRange, ...]
    is_borne_already: bool = False
    """Paid with or without this system, so it stands in no total."""

    @property
    def total(self) -> YenRange:
        """All fiscal years together."""
        return _sum(self.amounts)


@dataclass(frozen=True, slots=True)
class Cost:
    """All rows of one pattern, with or without special measures."""

    lines: tuple[Line, ...]
    by_year: tuple[YenRange, ...]
    total: YenRange
    per_sheet: YenRange | None
    """None without sheets."""
    per_head: YenRange | None
    """None without people."""


@dataclass(frozen=True, slots=True)
class PatternCost:
    """One pattern's costs both ways."""

    pattern: Pattern
    server: Server
    with_measures: Cost
    without_measures: Cost


@dataclass(frozen=True, slots=True)
class Estimate:
    """The whole answer."""

    case: Case
    share: RunningCostShare
    course: tuple[CourseYear, ...]
    sheets: tuple[int, ...]
    """Sheets of each fiscal year; the first by month, fractions cut."""
    patterns: tuple[PatternCost, PatternCost]
    """A pattern A first, then B."""


def estimate(case: Case, assumptions: Assumptions) -> Estimate:
    """Return the costs of the case's pattern beside those of the other kind."""
    course = make_course(
        case.start,
        case.years,
        case.population,
        populations={},
        uses=case.uses,
        assumptions=assumptions,
    )
    beside = case.pattern if case.pattern.uses_bcl else Pattern.A2
    new_to_kiosks = case.pattern is Pattern.A3
    costs = [
        _pattern_cost(case, pattern, course, new_to_kiosks, assumptions)
        for pattern in (beside, Pattern.B)
    ]
    sheets = tuple(_part(case.sheets, one.fee.months) for one in course)
    return Estimate(case, share_of(case), course, sheets, (costs[0], costs[1]))


def share_of(case: Case) -> RunningCostShare:
    """Return the row of running-cost shares for that kind and size."""
    return next(
        row
        for row in rates.RUNNING_COST_SHARES
        if row.kind is case.kind
        and case.population >= row.population_from
        and (row.population_below is None or case.population < row.population_below)
    )


def share_amount(row: RunningCostShare, server: Server, assumptions: Assumptions) -> Yen:
    """Return a year's share; empty cells are read as the assumption says."""
    if server is Server.OWN:
        return row.own
    if row.bcl is not None:
        return row.bcl
    smallest = next(r for r in rates.RUNNING_COST_SHARES if r.kind is Kind.CITY)
    reduced = Yen(0) if smallest.bcl is None else smallest.bcl
    match assumptions.empty_cell:
        case EmptyCell.MERGED:
            return reduced
        case EmptyCell.DEDUCT:
            return Yen(row.own - (smallest.own - reduced))
        case EmptyCell.OWN:
            return row.own


def building_cost(pattern: Pattern, assumptions: Assumptions) -> YenRange:
    """Return the building costs of a pattern."""
    if pattern.uses_bcl:
        return rates.INITIAL_COST_A
    low, high = rates.INITIAL_COST_B_UNITS
    return YenRange(Yen(low * assumptions.several_low), Yen(high * assumptions.several_high))


def _pattern_cost(
    case: Case,
    pattern: Pattern,
    course: tuple[CourseYear, ...],
    new_to_kiosks: bool,
    assumptions: Assumptions,
) -> PatternCost:
    # A2 keeps the certificate server that it has; the others with the cloud use the cloud's.
    server = Server.BCL if pattern in (Pattern.A1, Pattern.A3) else Server.OWN
    rest = _lines(case, pattern, server, course, assumptions)
    share = _running_share(case, server, course, new_to_kiosks, assumptions)
    costs = []
    for fees in ([c.fee for c in course], [c.normal for c in course]):
        amounts = tuple(YenRange.exactly(fee.billed_incl) for fee in fees)
        lines = (*rest[:2], Line(Item.SYSTEM_FEE, amounts), rest[2], share, *rest[3:])
        costs.append(_cost(case, lines, course))
    return PatternCost(pattern, server, costs[0], costs[1])


def _lines(
    case: Case,
    pattern: Pattern,
    server: Server,
    course: tuple[CourseYear, ...],
    assumptions: Assumptions,
) -> tuple[Line, ...]:
    """Every row but system fee and running-cost share; rows of nothing but zeros fall away."""
    building = building_cost(pattern, assumptions)
    prices = [_price(case, one) for one in course]
    trial = assumptions.trial_sheets * prices[0].commission
    percent_low, percent_high = rates.MAINTENANCE_PERCENT
    commission, issuing, revenue, maintenance = [], [], [], []
    for one, price in zip(course, prices, strict=True):
        sheets = _part(case.sheets, one.fee.months)
        commission.append(YenRange.exactly(sheets * price.commission_by_municipality))
        revenue.append(YenRange.exactly(-sheets * price.revenue))
        made = _part(case.bcl_sheets, one.fee.months) if server is Server.BCL else 0
        issuing.append(YenRange.exactly(made * _bcl_fee(one)))
        low = _part(building.low * percent_low // 100, one.fee.months)
        high = _part(building.high * percent_high // 100, one.fee.months)
        maintenance.append(YenRange(Yen(low), Yen(high)))
    later = len(course) - 1
    lines = [
        Line(Item.BUILDING, (building, *[NOTHING] * later)),
        Line(Item.TRIAL, (YenRange.exactly(trial), *[NOTHING] * later)),
        Line(Item.MAINTENANCE, tuple(maintenance)),
        Line(Item.COMMISSION, tuple(commission)),
    ]
    if case.bcl_sheets:
        lines.append(Line(Item.BCL_ISSUING, tuple(issuing)))
    if case.legal_fee:
        lines.append(Line(Item.REVENUE, tuple(revenue)))
    return tuple(lines)


def _running_share(
    case: Case,
    server: Server,
    course: tuple[CourseYear, ...],
    new_to_kiosks: bool,
    assumptions: Assumptions,
) -> Line:
    year = share_amount(share_of(case), server, assumptions)
    first = year
    if assumptions.first_running_share is WholeYear.BY_MONTH:
        first = Yen(_part(year, course[0].fee.months))
    amounts = (YenRange.exactly(first), *[YenRange.exactly(year)] * (len(course) - 1))
    return Line(Item.RUNNING_SHARE, amounts, is_borne_already=not new_to_kiosks)


def _cost(case: Case, lines: tuple[Line, ...], course: tuple[CourseYear, ...]) -> Cost:
    counted = [line for line in lines if not line.is_borne_already]
    by_year = tuple(_sum(line.amounts[place] for line in counted) for place in range(len(course)))
    total = _sum(by_year)
    sheets = sum(_part(case.sheets, one.fee.months) for one in course)
    return Cost(lines, by_year, total, total.divided(sheets), total.divided(case.population))


def _price(case: Case, one: CourseYear) -> SheetPrice:
    """The price of a sheet on the fiscal year's last day."""
    last_day = _last_day(one)
    try:
        return price_sheet(FeePolicy(Yen(case.legal_fee)), last_day)
    except LookupError:
        raise YearlyInputError(
            "start",
            f"{last_day:%Y-%m-%d} の委託手数料は登録されていません。"
            "もっと後の年月を指定してください。",
            f"no commission is known for {last_day:%Y-%m-%d}; give a later month.",
        ) from None


def _bcl_fee(one: CourseYear) -> Yen:
    """The fee of a sheet that the cloud's server makes, on the fiscal year's last day."""
    return rate_on(_last_day(one), BCL_RATES).fee


def _last_day(one: CourseYear) -> date:
    return date(one.fiscal_year + 1, FIRST_MONTH - 1, 31)


def _part(year: int, months: int) -> int:
    """The part of a year's amount that falls on so many months, fractions cut."""
    return year * months // MONTHS_OF_YEAR


def _sum(ranges: Iterable[YenRange]) -> YenRange:
    return reduce(lambda one, other: one + other, ranges, NOTHING)
