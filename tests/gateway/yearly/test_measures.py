"""Which special measure applies to which fiscal year."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import YearlyInputError
from gateway.yearly.assumptions import Assumptions, Confirmation
from gateway.yearly.course import make_course
from gateway.yearly.measures import PrefectureUse, check_early, judge
from gateway.yearly.model import Measure, Month, Reason

A = Assumptions()
E, H, Q = Measure.EARLY, Measure.HALF, Measure.THREE_QUARTERS
LATE = Month(2024, 6)
SOON = Month(2023, 12)


def use(year: int, using: int, everyone: int = 40) -> PrefectureUse:
    return PrefectureUse(year, using, everyone)


def measures(start: Month, years: range, *uses: PrefectureUse) -> list[Measure | None]:
    return [judge(year, start, uses, A).measure for year in years]


def test_the_sources_example_begins_with_measure_1_and_goes_on_with_measure_2() -> None:
    """Condition met in fiscal 2023: measure 1 in 2023, measure 2 from 2024 to 2026."""
    assert measures(SOON, range(2023, 2029), use(2023, 20)) == [E, H, H, H, None, None]


CASES = {
    "early only": (SOON, [], [E, E, E, None, None]),
    "late and nothing confirmed": (LATE, [], [None] * 5),
    "half confirmed in the year before": (LATE, [use(2023, 20)], [None, H, H, H, None]),
    "half confirmed later": (LATE, [use(2025, 20)], [None, None, None, H, H]),
    "just under half": (LATE, [use(2023, 19)], [None] * 5),
    "three quarters at once": (LATE, [use(2023, 30)], [None, Q, Q, Q, None]),
    "just under three quarters": (LATE, [use(2023, 29)], [None, H, H, H, None]),
    "both count together": (LATE, [use(2023, 20), use(2024, 30)], [None, H, Q, Q, None]),
    "three quarters late": (LATE, [use(2023, 20), use(2025, 30)], [None, H, H, Q, None]),
    "too late for the three years": (LATE, [use(2023, 20), use(2026, 40)], [None, H, H, H, None]),
    "early is better than nothing": (SOON, [use(2025, 20)], [E, E, E, H, H]),
    "three quarters beat early": (SOON, [use(2023, 30)], [E, Q, Q, Q, None]),
    "odd number: half of 41 is 21": (LATE, [use(2023, 20, 41)], [None] * 5),
    "odd number met": (LATE, [use(2023, 21, 41)], [None, H, H, H, None]),
}  # fmt: skip


@pytest.mark.parametrize(("start", "uses", "expected"), CASES.values(), ids=CASES.keys())
def test_measure_of_each_year(
    start: Month, uses: list[PrefectureUse], expected: list[Measure | None]
) -> None:
    assert measures(start, range(2023, 2028), *uses) == expected


def test_who_joins_in_the_third_year_has_one_year() -> None:
    joins = Month(2026, 5)
    assert measures(joins, range(2026, 2028), use(2023, 20)) == [H, None]


def test_reasons_say_why_none_applies() -> None:
    assert judge(2026, SOON, (), A).reasons == (Reason.EARLY_ENDED, Reason.NOT_CONFIRMED)
    assert judge(2027, LATE, (use(2023, 20),), A).reasons == (
        Reason.STARTED_LATE,
        Reason.PREFECTURE_ENDED,
    )


def test_confirmation_of_each_year_anew_is_a_setting() -> None:
    yearly = replace(A, measure_2_level=Confirmation.LATEST)
    uses = (use(2023, 30), use(2024, 20), use(2025, 10))
    assert [judge(year, LATE, uses, yearly).measure for year in range(2024, 2027)] == [Q, H, None]
    assert [judge(year, LATE, uses, A).measure for year in range(2024, 2027)] == [Q, Q, Q]


@pytest.mark.parametrize(("using", "everyone"), [(-1, 4), (5, 4), (0, 0)])
def test_share_that_cannot_be_is_refused(using: int, everyone: int) -> None:
    with pytest.raises(YearlyInputError, match="share"):
        PrefectureUse(2023, using, everyone)


def test_measure_1_is_refused_for_a_later_start() -> None:
    check_early(Month(2024, 3))
    with pytest.raises(YearlyInputError, match="2024"):
        check_early(Month(2024, 4))


USES = st.lists(st.builds(use, st.integers(2022, 2032), st.integers(0, 40)), max_size=6)
STARTS = st.builds(Month, st.integers(2022, 2030), st.integers(1, 12))


@given(STARTS, USES)
def test_measure_2_lowers_at_most_three_years_in_a_row(
    start: Month, uses: list[PrefectureUse]
) -> None:
    years = range(2022, 2040)
    under_2 = [y for y in years if judge(y, start, uses, A).measure in (H, Q)]
    assert len(under_2) <= 3
    assert under_2 == list(range(under_2[0], under_2[0] + len(under_2))) if under_2 else True


@given(STARTS, USES, st.integers(0, 10**7))
def test_one_more_confirmation_never_raises_a_year_before_the_three_end(
    start: Month, uses: list[PrefectureUse], people: int
) -> None:
    """The measure that applies is never dearer than measure 1 alone or than none."""
    for one in make_course(start, 8, people, populations={}, uses=uses, assumptions=A):
        alone = judge(one.fiscal_year, start, (), A).measure
        assert one.fee.billed_incl <= one.normal.billed_incl
        assert alone is None or one.verdict.measure is not None


def test_course_takes_the_population_of_each_year_and_bills_in_the_next() -> None:
    course = make_course(SOON, 3, 10_000, populations={2024: 9_000}, uses=(), assumptions=A)
    assert [(c.fiscal_year, c.population, c.billed_in) for c in course] == [
        (2023, 10_000, 2024),
        (2024, 9_000, 2025),
        (2025, 10_000, 2026),
    ]
    assert course[0].population_day.isoformat() == "2023-01-01"
    assert [c.fee.billed_incl for c in course] == [72_916, 210_750, 218_750]
