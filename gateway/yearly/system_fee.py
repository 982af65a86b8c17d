"""What a fiscal year of the system costs (被災者支援システム利用料): whole numbers only.

The worked example: 10,000 people, beginning in December 2023, measure 1.

| step                          | without a measure | measure 1 |
|-------------------------------|-------------------|-----------|
| year, tax included            | 285,000           | 218,750   |
| year, without tax             | 259,091           | 198,864   |
| month, without tax, cut       | 21,590            | 16,572    |
| four months, without tax      | 86,360            | 66,288    |
| billed, tax included          | 94,996            | 72,916    |

Source: [MISSION 4] 特別措置適用の場合の利用料イメージ.
"""

from datetime import date

from gateway.billing.fees import Yen
from gateway.errors import YearlyInputError
from gateway.yearly.assumptions import Assumptions, Rounding, WholeYear
from gateway.yearly.model import (
    FIRST_MONTH,
    MONTHS_OF_YEAR,
    FeeRate,
    Measure,
    Month,
    YearFee,
)
from gateway.yearly.rates import MEASURE_RATES, SYSTEM_FEE, TAX_RATES

_WHOLE = 100


def rate_of(measure: Measure | None) -> FeeRate:
    """Return base and per-head amount with that measure or without any."""
    return SYSTEM_FEE if measure is None else MEASURE_RATES[measure]


def tax_percent(day: date) -> int:
    """Return the consumption tax of a day in per cent. Raises: YearlyInputError."""
    for rate in reversed(TAX_RATES):
        if day >= rate.valid_from:
            return rate.percent
    first = TAX_RATES[0].valid_from
    raise YearlyInputError(
        "start",
        f"{first:%Y-%m} より前の税率は登録されていません。{first:%Y-%m} 以降を指定してください。",
        f"no tax rate is known before {first:%Y-%m}; give that month or a later one.",
    )


def first_year_fee(
    population: int, start: Month, measure: Measure | None, assumptions: Assumptions
) -> YearFee:
    """Return the fee of the fiscal year in which the service begins, by month."""
    months = start.months_left
    whole = months == MONTHS_OF_YEAR and assumptions.first_year_from_april is WholeYear.BY_YEAR
    return _fee(population, measure, start.first_day, months, whole, assumptions)


def later_year_fee(
    population: int, fiscal_year: int, measure: Measure | None, assumptions: Assumptions
) -> YearFee:
    """Return the fee of a fiscal year after the first."""
    day = date(fiscal_year, FIRST_MONTH, 1)
    whole = assumptions.later_years is WholeYear.BY_YEAR
    return _fee(population, measure, day, MONTHS_OF_YEAR, whole, assumptions)


def _fee(
    population: int,
    measure: Measure | None,
    day: date,
    months: int,
    whole: bool,
    assumptions: Assumptions,
) -> YearFee:
    if population < 0:
        raise YearlyInputError(
            "population",
            "人口は 0 以上の整数で指定してください。",
            "people are counted from 0 upwards; give a whole number.",
        )
    rate, percent = rate_of(measure), tax_percent(day)
    annual_incl = rate.base + population * rate.per_head
    annual_excl = divide(annual_incl * _WHOLE, _WHOLE + percent, assumptions.annual_rounding)
    monthly_excl = divide(annual_excl, MONTHS_OF_YEAR, assumptions.monthly_rounding)
    if whole:
        billed_excl, billed_incl = annual_excl, annual_incl
    else:
        billed_excl = monthly_excl * months
        with_tax = billed_excl * (_WHOLE + percent)
        billed_incl = divide(with_tax, _WHOLE, assumptions.billed_rounding)
    return YearFee(
        Yen(annual_incl),
        Yen(annual_excl),
        Yen(monthly_excl),
        months,
        Yen(billed_excl),
        Yen(billed_incl),
    )


def divide(amount: int, by: int, rounding: Rounding) -> int:
    """Return ``amount / by`` as a whole number; ``amount`` is not negative."""
    match rounding:
        case Rounding.CUT:
            return amount // by
        case Rounding.HALF_UP:
            return (2 * amount + by) // (2 * by)
