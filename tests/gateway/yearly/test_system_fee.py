"""The system fee to the yen, against figures computed by hand and against exact fractions."""

from dataclasses import astuple, replace
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import YearlyInputError
from gateway.yearly.assumptions import Assumptions, Rounding, WholeYear
from gateway.yearly.model import Measure, Month
from gateway.yearly.rates import MEASURE_RATES, SYSTEM_FEE
from gateway.yearly.system_fee import divide, first_year_fee, later_year_fee, rate_of

A = Assumptions()
E, H, Q = Measure.EARLY, Measure.HALF, Measure.THREE_QUARTERS

MANY = (140_185_000, 127_440_909, 10_620_075, 11, 116_820_825, 128_502_907)
BY_HAND = [
    # The source's worked example, with every figure in between.
    (10_000, "2023-12", None, (285_000, 259_091, 21_590, 4, 86_360, 94_996)),
    (10_000, "2023-12", E, (218_750, 198_864, 16_572, 4, 66_288, 72_916)),
    (10_000, "2024-04", None, (285_000, 259_091, 21_590, 12, 259_080, 284_988)),
    (10_000, "2025-03", None, (285_000, 259_091, 21_590, 1, 21_590, 23_749)),
    (0, "2024-04", None, (185_000, 168_182, 14_015, 12, 168_180, 184_998)),
    (0, "2024-03", None, (185_000, 168_182, 14_015, 1, 14_015, 15_416)),
    (0, "2023-12", E, (138_750, 126_136, 10_511, 4, 42_044, 46_248)),
    (10_000, "2024-10", H, (208_750, 189_773, 15_814, 6, 94_884, 104_372)),
    (10_000, "2024-10", Q, (152_500, 138_636, 11_553, 6, 69_318, 76_249)),
    (14_000_000, "2024-05", None, MANY),
    (3, "2024-01", None, (185_030, 168_209, 14_017, 3, 42_051, 46_256)),
]  # fmt: skip


@pytest.mark.parametrize(("population", "start", "measure", "expected"), BY_HAND)
def test_first_year_is_that_computed_by_hand(
    population: int, start: str, measure: Measure | None, expected: tuple[int, ...]
) -> None:
    assert astuple(first_year_fee(population, Month.parse(start), measure, A)) == expected


MONTHS = st.builds(Month, st.integers(2020, 2100), st.integers(1, 12))
MEASURES = st.sampled_from([None, *Measure])
PEOPLE = st.integers(0, 10**18)


@given(PEOPLE, MONTHS, MEASURES)
def test_every_figure_is_the_exact_fraction_rounded_once(
    people: int, start: Month, measure: Measure | None
) -> None:
    fee = first_year_fee(people, start, measure, A)
    rate = SYSTEM_FEE if measure is None else MEASURE_RATES[measure]
    year = Fraction(rate.base) + people * Fraction(rate.per_head)
    assert fee.annual_incl == year
    assert fee.annual_excl == floor(year / Fraction(11, 10) + Fraction(1, 2))
    assert fee.monthly_excl == floor(Fraction(fee.annual_excl, 12))
    assert fee.billed_excl == fee.monthly_excl * fee.months
    assert fee.billed_incl == floor(fee.billed_excl * Fraction(11, 10))


@given(PEOPLE, PEOPLE, MONTHS, MEASURES)
def test_more_people_never_cost_less(
    one: int, other: int, start: Month, measure: Measure | None
) -> None:
    less, more = sorted((one, other))
    assert (
        first_year_fee(less, start, measure, A).billed_incl
        <= first_year_fee(more, start, measure, A).billed_incl
    )


@given(PEOPLE, MONTHS, st.sampled_from(list(Measure)))
def test_measure_never_raises_the_fee(people: int, start: Month, measure: Measure) -> None:
    normal = first_year_fee(people, start, None, A)
    assert first_year_fee(people, start, measure, A).billed_incl < normal.billed_incl


@given(PEOPLE, MONTHS, MEASURES)
def test_first_year_by_month_never_exceeds_a_later_year(
    people: int, start: Month, measure: Measure | None
) -> None:
    first = first_year_fee(people, start, measure, A)
    later = later_year_fee(people, start.fiscal_year + 1, measure, A)
    assert first.billed_incl <= later.billed_incl == later.annual_incl


@pytest.mark.parametrize(
    ("text", "fiscal_year", "months"),
    [("2023-04", 2023, 12), ("2023-12", 2023, 4), ("2024-01", 2023, 3), ("2024-03", 2023, 1)],
)
def test_fiscal_year_runs_from_april_to_march(text: str, fiscal_year: int, months: int) -> None:
    month = Month.parse(text)
    assert (month.fiscal_year, month.months_left, str(month)) == (fiscal_year, months, text)


@pytest.mark.parametrize(
    "text",
    ["", "2023", "2023-1", "2023-13", "2023-00", "23-12", "2023/12", "２０２３-12", "2023-12-1"],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(YearlyInputError) as refused:
        Month.parse(text)
    assert refused.value.place == "start"


def test_month_before_the_tax_rate_is_refused() -> None:
    with pytest.raises(YearlyInputError, match="2019-10"):
        first_year_fee(1, Month(2019, 9), None, A)
    assert first_year_fee(1, Month(2019, 10), None, A).months == 6


def test_negative_population_is_refused() -> None:
    with pytest.raises(YearlyInputError, match="population"):
        first_year_fee(-1, Month(2024, 4), None, A)


def test_first_year_from_april_by_year_is_the_years_amount() -> None:
    by_year = replace(A, first_year_from_april=WholeYear.BY_YEAR)
    assert first_year_fee(10_000, Month(2024, 4), None, by_year).billed_incl == 285_000
    assert first_year_fee(10_000, Month(2024, 5), None, by_year).billed_incl == 261_239


def test_later_year_by_month_is_twelve_cut_months() -> None:
    by_month = replace(A, later_years=WholeYear.BY_MONTH)
    assert later_year_fee(10_000, 2025, None, by_month).billed_incl == 284_988


def test_rounding_of_the_year_is_a_setting() -> None:
    cut = replace(A, annual_rounding=Rounding.CUT)
    assert first_year_fee(10_000, Month(2023, 12), None, cut).annual_excl == 259_090


@given(st.integers(0, 10**30), st.integers(1, 10**6))
def test_division_rounds_half_up_or_cuts(amount: int, by: int) -> None:
    exact = Fraction(amount, by)
    assert divide(amount, by, Rounding.CUT) == floor(exact)
    assert divide(amount, by, Rounding.HALF_UP) == floor(exact + Fraction(1, 2))


def test_measures_discount_what_the_source_says() -> None:
    """The source prints the percentages beside the amounts."""
    for measure, base, head in ((E, 25, 20), (H, 25, 30), (Q, 50, 40)):
        rate = rate_of(measure)
        assert rate.base * 100 == SYSTEM_FEE.base * (100 - base)
        assert rate.per_head * 100 == SYSTEM_FEE.per_head * (100 - head)
