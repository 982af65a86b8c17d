"""Five years of costs, patterns A and B side by side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.billing.fees import Yen
from gateway.errors import YearlyInputError
from gateway.introduction.model import Pattern
from gateway.yearly.assumptions import Assumptions, EmptyCell, WholeYear
from gateway.yearly.estimate import Case, Cost, Item, estimate, share_amount, share_of
from gateway.yearly.measures import PrefectureUse
from gateway.yearly.model import Kind, Month, Server, YenRange

A = Assumptions()
CITY = Case(40_000, Kind.CITY, Pattern.A3, Month(2026, 12), sheets=300)


def total(cost: Cost, item: Item) -> YenRange:
    (line,) = (line for line in cost.lines if line.item is item)
    return line.total


def span(low: int, high: int) -> YenRange:
    return YenRange(Yen(low), Yen(high))


def test_city_new_to_both_services_is_that_computed_by_hand() -> None:
    """100 sheets in the first four months, 300 in each of four years, all at 107 yen."""
    one = estimate(CITY, A).patterns[0].without_measures
    assert total(one, Item.BUILDING) == span(6_000_000, 16_000_000)
    assert total(one, Item.TRIAL) == YenRange.exactly(1_170)
    assert total(one, Item.SYSTEM_FEE) == YenRange.exactly(194_999 + 4 * 585_000)
    assert total(one, Item.MAINTENANCE) == span(0, 1_066_666 + 4 * 3_200_000)
    assert total(one, Item.RUNNING_SHARE) == YenRange.exactly(5 * 1_873_259)
    assert total(one, Item.COMMISSION) == YenRange.exactly(1_300 * 107)
    assert one.total == span(18_041_564, 41_908_230)
    assert one.per_sheet == span(13_878, 32_237)
    assert one.per_head == span(451, 1_048)


def test_only_the_system_fee_differs_with_measures() -> None:
    case = replace(CITY, uses=(PrefectureUse(2026, 30, 40),))
    made = estimate(case, A).patterns[0]
    fee = (total(c, Item.SYSTEM_FEE) for c in (made.without_measures, made.with_measures))
    less = 3 * (585_000 - (92_500 + 6 * 40_000))
    normal, lowered = (one.low for one in fee)
    assert normal - lowered == less
    assert made.without_measures.total.high - made.with_measures.total.high == less


SHARES = [
    (Kind.TOWN, 100, 345_481, 690_963),
    (Kind.TOWN, 60_000, 345_481, 690_963),
    (Kind.CITY, 29_999, 1_873_259, 2_218_741),
    (Kind.CITY, 30_000, 1_873_259, 2_218_741),
    (Kind.CITY, 49_999, 1_873_259, 2_218_741),
    (Kind.CITY, 50_000, 1_873_259, 2_728_000),
    (Kind.CITY, 150_000, 1_873_259, 4_787_037),
    (Kind.DESIGNATED, 999_999, 1_873_259, 7_842_593),
    (Kind.DESIGNATED, 1_000_000, 1_873_259, 9_879_630),
]


@pytest.mark.parametrize(("kind", "people", "bcl", "own"), SHARES)
def test_running_share_follows_kind_and_size(kind: Kind, people: int, bcl: int, own: int) -> None:
    row = share_of(replace(CITY, kind=kind, population=people))
    assert share_amount(row, Server.BCL, A) == bcl
    assert share_amount(row, Server.OWN, A) == own


@pytest.mark.parametrize(
    ("reading", "expected"),
    [(EmptyCell.MERGED, 1_873_259), (EmptyCell.DEDUCT, 2_382_518), (EmptyCell.OWN, 2_728_000)],
)
def test_empty_cell_is_read_as_the_setting_says(reading: EmptyCell, expected: int) -> None:
    row = share_of(replace(CITY, population=60_000))
    assert share_amount(row, Server.BCL, replace(A, empty_cell=reading)) == expected


@pytest.mark.parametrize("pattern", [Pattern.A1, Pattern.A2, Pattern.B])
def test_share_that_is_borne_already_stands_in_no_total(pattern: Pattern) -> None:
    for one in estimate(replace(CITY, pattern=pattern), A).patterns:
        counted = [line for line in one.with_measures.lines if line.item is not Item.RUNNING_SHARE]
        assert one.with_measures.total.low == sum(line.total.low for line in counted)


def test_a_pattern_stands_beside_b_whichever_was_asked_for() -> None:
    sides = {
        p: [c.pattern for c in estimate(replace(CITY, pattern=p), A).patterns] for p in Pattern
    }
    assert sides[Pattern.B] == [Pattern.A2, Pattern.B]
    assert sides[Pattern.A1] == [Pattern.A1, Pattern.B]


def test_charging_municipality_pays_117_and_takes_its_fee() -> None:
    one = estimate(replace(CITY, legal_fee=300), A).patterns[1].with_measures
    assert total(one, Item.COMMISSION) == YenRange.exactly(1_300 * 117)
    assert total(one, Item.REVENUE) == YenRange.exactly(-1_300 * 300)


def test_issuing_fee_is_for_other_certificates_of_the_clouds_server_only() -> None:
    made = estimate(replace(CITY, bcl_sheets=1_200), A).patterns
    assert total(made[0].with_measures, Item.BCL_ISSUING) == YenRange.exactly((400 + 4_800) * 180)
    assert total(made[1].with_measures, Item.BCL_ISSUING) == YenRange.exactly(0)


def test_nothing_to_divide_by_gives_no_share() -> None:
    one = estimate(replace(CITY, sheets=0, population=0), A).patterns[0].with_measures
    assert (one.per_sheet, one.per_head) == (None, None)


def test_first_running_share_by_month_is_a_setting() -> None:
    by_month = replace(A, first_running_share=WholeYear.BY_MONTH)
    one = estimate(CITY, by_month).patterns[0].with_measures
    assert total(one, Item.RUNNING_SHARE) == YenRange.exactly(624_419 + 4 * 1_873_259)


def test_year_without_a_known_commission_is_refused() -> None:
    with pytest.raises(YearlyInputError, match="start"):
        estimate(replace(CITY, start=Month(2020, 4)), A)


CASES = st.builds(
    Case,
    population=st.integers(0, 10**8),
    kind=st.sampled_from(Kind),
    pattern=st.sampled_from(Pattern),
    start=st.builds(Month, st.integers(2024, 2040), st.integers(1, 12)),
    sheets=st.integers(0, 10**6),
    legal_fee=st.integers(0, 1_000),
    bcl_sheets=st.integers(0, 10**6),
    years=st.integers(1, 8),
)


@given(CASES)
def test_sums_agree_by_row_and_by_year(case: Case) -> None:
    made = estimate(case, A)
    for one in made.patterns:
        for cost in (one.with_measures, one.without_measures):
            counted = [line.total for line in cost.lines if not line.is_borne_already]
            for end in ("low", "high"):
                by_row = sum(getattr(amount, end) for amount in counted)
                by_year = sum(getattr(amount, end) for amount in cost.by_year)
                assert by_row == by_year == getattr(cost.total, end)


@given(CASES)
def test_measures_never_cost_more(case: Case) -> None:
    for one in estimate(case, A).patterns:
        assert one.with_measures.total.high <= one.without_measures.total.high


def test_range_begins_with_its_lower_end() -> None:
    with pytest.raises(ValueError, match="lower"):
        span(2, 1)
