"""The schedule: months of the source as working days before the first day of service."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import IntroductionError
from gateway.introduction.calendar import (
    is_working_day,
    is_year_end,
    months_before,
    working_day_from,
    working_day_until,
    working_days,
)
from gateway.introduction.documents import documents_for, due_day
from gateway.introduction.model import Actor, Pattern, Phase
from gateway.introduction.plan import Standing, check_start, days_of, make_plan
from gateway.introduction.progress import EventKind
from gateway.introduction.tasks import TASKS, tasks_for
from tests.gateway.introduction.builders import START, event, introduction, progress

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), False),  # Labour Thanksgiving Day
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2027, 1, 4), True),
        (date(2027, 5, 3), False),
        (date(2026, 9, 22), False),  # between two holidays
    ],
)
def test_offices_work_on_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 4, 1), 5, date(2026, 11, 1)),
        (date(2027, 3, 31), 1, date(2027, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
        (date(2027, 12, 31), -2, date(2028, 2, 29)),
    ],
)
def test_months_are_counted_back_to_the_same_day(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


DAYS = st.dates(date(2024, 4, 1), date(2090, 12, 31))


@given(DAYS)
def test_next_and_last_working_day_enclose_the_day(day: date) -> None:
    first, last = working_day_from(day), working_day_until(day)
    assert last <= day <= first
    assert is_working_day(first)
    assert is_working_day(last)
    assert (first - last) < timedelta(days=15)


@given(DAYS, st.sampled_from(Pattern))
def test_every_task_has_working_days_in_its_own_months(start: date, pattern: Pattern) -> None:
    for task in tasks_for(pattern, uses_kiosk_issue=pattern is not Pattern.A3):
        first, last = days_of(task, start)
        assert is_working_day(first)
        assert first <= last
        assert first >= months_before(start, task.from_month)
        assert last < months_before(start, task.until_month - 1) + timedelta(days=10)


@given(DAYS)
def test_tests_follow_one_another_before_the_start(start: date) -> None:
    order = ("operation_test", "production_setup", "store_test_victims")
    days = {task.task_id: days_of(task, start) for task in TASKS}
    for before, after in itertools.pairwise(order):
        assert days[before][0] <= days[after][0]
    assert days["store_test_victims"][1] < start + timedelta(days=10)


@given(DAYS, st.sampled_from(Pattern))
def test_papers_are_due_in_their_order_and_before_the_start(start: date, pattern: Pattern) -> None:
    made = introduction(pattern, start_on=start)
    papers = documents_for(pattern, uses_kiosk_issue=made.uses_kiosk_issue)
    due = {paper.document_id: due_day(paper, made) for paper in papers}
    for paper in papers:
        assert is_working_day(due[paper.document_id])
        assert due[paper.document_id] < start
        for before in paper.after:
            assert due[before] <= due[paper.document_id]


@pytest.mark.parametrize("start", [date(2031, 1, 5), date(2031, 1, 6), date(2031, 1, 22)])
def test_nothing_is_planned_behind_the_start_when_holidays_fill_a_quarter(start: date) -> None:
    """28 December 2030 to 5 January 2031: nine days without a working day."""
    for task in TASKS:
        first, last = days_of(task, start)
        assert first <= last
        assert last < start or task.phase is Phase.AFTER


def test_days_of_a_start_in_april_are_those_counted_by_hand() -> None:
    days = {task.task_id: days_of(task, START) for task in TASKS}
    assert days["requirements"] == (date(2026, 11, 16), date(2026, 12, 14))
    assert days["system_design"] == (date(2026, 12, 15), date(2027, 1, 14))
    assert days["operation_test"] == (date(2027, 3, 23), date(2027, 3, 29))
    assert days["store_test_victims"] == (date(2027, 4, 7), date(2027, 4, 14))
    assert days["usage_check"] == (date(2027, 4, 15), date(2027, 5, 14))


def test_patterns_have_the_tasks_that_concern_them() -> None:
    ids = {p: {t.task_id for t in progress(p).tasks} for p in Pattern}
    assert "csv_output" in ids[Pattern.B]
    assert "linkage_server" not in ids[Pattern.B]
    assert "apply_bcl" in ids[Pattern.A2]
    assert "apply_kiosk_issue" in ids[Pattern.A3]
    assert "store_test_kiosk" not in ids[Pattern.A1]
    assert all("store_test_victims" in one for one in ids.values())


def test_every_task_comes_after_known_ones_and_every_actor_has_some() -> None:
    known = [task.task_id for task in TASKS]
    for task in TASKS:
        assert all(known.index(one) < known.index(task.task_id) for one in task.after)
    assert {task.actor for task in TASKS} == set(Actor)
    assert {task.phase for task in TASKS} == set(Phase) - {Phase.START}


def test_task_stands_as_the_day_says() -> None:
    done = event(EventKind.TASK, "requirements", "done")
    plan = make_plan(progress(Pattern.A3, done), date(2027, 1, 20))
    standing = {one.task.task_id: one.standing for one in plan.tasks}
    assert standing["requirements"] is Standing.DONE
    assert standing["apply_bcl"] is Standing.LATE
    assert standing["support_server"] is Standing.RUNNING
    assert standing["operation_test"] is Standing.COMING


@pytest.mark.parametrize(
    "start",
    [date(2026, 12, 31), date(2027, 1, 3), date(2026, 11, 22), date(2100, 4, 1)],
)
def test_first_day_on_which_nothing_can_start_is_refused(start: date) -> None:
    with pytest.raises(IntroductionError):
        check_start(start, TODAY)


def test_year_end_is_from_29_december_to_3_january() -> None:
    assert is_year_end(date(2026, 12, 29))
    assert is_year_end(date(2027, 1, 3))
    assert not is_year_end(date(2026, 12, 28))
    assert working_days(date(2026, 12, 26), date(2027, 1, 5)) == 3
