"""When the service is open, in Japan."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.participation.hours import (
    JAPAN,
    DemoHoursWarning,
    DemoOpenAllHours,
    ServiceHours,
    Suspension,
    check_within,
    is_open,
    next_opening,
    suspension_at,
)
from issuance.wire.codes import DocumentType

HOURS = ServiceHours()


def japan(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (japan(11, 23, 6, 29), False),
        (japan(11, 23, 6, 30), True),
        (japan(11, 23, 22, 59), True),
        (japan(11, 23, 23, 0), False),
        (japan(11, 23, 3, 0), False),
        (japan(12, 28), True),
        (japan(12, 29), False),
        (japan(12, 31), False),
        (japan(1, 1), False),
        (japan(1, 3), False),
        (japan(1, 4), True),
    ],
)
def test_service_is_open_in_its_hours_only(moment: datetime, expected: bool) -> None:
    assert is_open(HOURS, moment) is expected
    assert is_open(HOURS, moment.astimezone(UTC)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (japan(11, 23, 3), japan(11, 23, 6, 30)),
        (japan(11, 23, 23), japan(11, 24, 6, 30)),
        (japan(12, 28, 23), japan(1, 4, 6, 30).replace(year=2027)),
        (japan(11, 23, 12), japan(11, 23, 12)),
    ],
)
def test_closed_service_names_its_next_opening(moment: datetime, expected: datetime) -> None:
    assert next_opening(HOURS, moment) == expected


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
def test_next_opening_is_open_and_not_in_the_past(moment: datetime) -> None:
    opening = next_opening(HOURS, moment)
    assert opening >= moment
    assert is_open(HOURS, opening)


def test_extended_closing_at_the_years_end_is_a_setting() -> None:
    longer = ServiceHours(closed_from=(12, 28), closed_until=(1, 5))
    assert not is_open(longer, japan(12, 28))
    assert not is_open(longer, japan(1, 5))


def test_hours_that_never_open_are_said_so() -> None:
    never = ServiceHours(closed_from=(1, 1), closed_until=(12, 31))
    with pytest.raises(LookupError):
        next_opening(never, japan(6, 1))


def test_suspension_holds_from_its_beginning_to_before_its_end() -> None:
    start = japan(10, 4, 17, 30)
    pause = Suspension(start, start + timedelta(hours=1), "保守", "maintenance")
    assert suspension_at((pause,), start) is pause
    assert suspension_at((pause,), start + timedelta(hours=1)) is None
    assert suspension_at((pause,), start - timedelta(seconds=1)) is None


def test_suspension_of_one_certificate_leaves_the_others() -> None:
    start = japan(10, 4)
    kind = DocumentType.VICTIM_CERTIFICATE
    pause = Suspension(start, start + timedelta(hours=1), "保守", "m", frozenset({kind}))
    assert suspension_at((pause,), start, kind) is pause
    assert suspension_at((pause,), start) is None
    everything = Suspension(start, start + timedelta(hours=1), "保守", "m")
    assert suspension_at((everything,), start, kind) is everything


@pytest.mark.parametrize(
    "own",
    [
        ServiceHours(opens=time(6, 0)),
        ServiceHours(closes=time(23, 30)),
        ServiceHours(opens=time(12), closes=time(12)),
        ServiceHours(closed_from=(12, 30)),
        ServiceHours(closed_until=(1, 2)),
    ],
)
def test_hours_of_a_municipality_lie_within_the_services(own: ServiceHours) -> None:
    check_within(ServiceHours(closed_from=(12, 28), closed_until=(1, 5)), HOURS)
    check_within(ServiceHours(opens=time(8, 30), closes=time(17, 15)), HOURS)
    with pytest.raises(ValueError, match=r"service's|extended"):
        check_within(own, HOURS)


def test_demo_that_never_closes_warns_of_it() -> None:
    with pytest.warns(DemoHoursWarning):
        hours = DemoOpenAllHours.hours()
    assert is_open(hours, japan(1, 1, 3))
