"""A burst at once, then one an interval; a clock that steps back never helps."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from gateway.database import transaction
from gateway.errors import RateLimitedError
from gateway.participation.rate import RateLimit, admit
from gateway.participation.rate_store import check_rate
from tests.gateway.fakes import NOON

LIMIT = RateLimit(burst=3, interval=timedelta(seconds=10))


def admitted(moments: list[datetime], limit: RateLimit = LIMIT) -> list[bool]:
    arrival: datetime | None = None
    answers = []
    for moment in moments:
        following = admit(limit, arrival, moment)
        answers.append(following is not None)
        arrival = following or arrival
    return answers


def test_burst_is_admitted_at_once_and_not_more() -> None:
    assert admitted([NOON] * 4) == [True, True, True, False]


def test_one_more_is_admitted_every_interval() -> None:
    moments = [NOON] * 3 + [NOON + timedelta(seconds=s) for s in (9, 10, 11, 20)]
    assert admitted(moments)[3:] == [False, True, False, True]


def test_clock_that_steps_back_admits_nothing_more() -> None:
    assert admitted([NOON] * 3 + [NOON - timedelta(minutes=5)])[3] is False


@given(st.lists(st.integers(0, 600), min_size=1, max_size=60).map(sorted))
def test_no_span_admits_more_than_burst_and_one_an_interval(seconds: list[int]) -> None:
    moments = [NOON + timedelta(seconds=s) for s in seconds]
    count = sum(admitted(moments))
    span = (moments[-1] - moments[0]) / LIMIT.interval
    assert count <= LIMIT.burst + span


def test_limit_is_remembered_in_the_database_by_key(any_engine: Engine) -> None:
    for _ in range(3):
        with transaction(any_engine) as connection:
            check_rate(connection, "a", LIMIT, NOON)
    with pytest.raises(RateLimitedError), transaction(any_engine) as connection:
        check_rate(connection, "a", LIMIT, NOON)
    with transaction(any_engine) as connection:
        check_rate(connection, "b", LIMIT, NOON)
