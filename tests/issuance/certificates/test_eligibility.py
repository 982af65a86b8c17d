"""Who may have what at a kiosk: every reason, and what leaves the municipality."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.certificates.eligibility import (
    Reason,
    age_on,
    case_reasons,
    issuable_cases,
    person_reasons,
)
from issuance.certificates.model import Case, KioskPolicy, MembershipRule, Standing
from issuance.damage.model import ApplicationState, DamageOutcome
from issuance.errors import NotAtKioskError, NothingToIssueError
from issuance.residents.model import Feed, FeedState, LinkedResident, ResidentStatus
from tests.issuance.builders import (
    QUAKE,
    determination,
    hold,
    house,
    household,
    link,
    protection,
    resident,
)

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY = date(2026, 11, 23)
POLICY = KioskPolicy(max_data_age=timedelta(hours=36))
CASE = Case(house(), QUAKE, household(), (determination(),), ())
STANDING = Standing(
    LinkedResident(link(), resident()),
    tuple(FeedState(feed, NOW) for feed in Feed),
    (),
    (CASE,),
)


def with_person(**changes: object) -> Standing:
    return replace(STANDING, linked=LinkedResident(link(), resident(**changes)))  # type: ignore[arg-type]


def with_case(**changes: object) -> Standing:
    return replace(STANDING, cases=(replace(CASE, **changes),))  # type: ignore[arg-type]


def test_a_plain_resident_gets_her_case() -> None:
    (issuable,) = issuable_cases(STANDING, POLICY, now=NOW, today=TODAY)
    assert issuable.case is CASE
    assert issuable.determination is CASE.determinations[0]


PERSON = {
    "no feed ever delivered": (replace(STANDING, feeds=()), Reason.STALE_DATA),
    "one feed is too old": (
        replace(
            STANDING,
            feeds=(
                FeedState(Feed.PROTECTIONS, NOW - timedelta(hours=37)),
                *(FeedState(feed, NOW) for feed in Feed if feed is not Feed.PROTECTIONS),
            ),
        ),
        Reason.STALE_DATA,
    ),
    "the link has ended": (
        replace(
            STANDING,
            linked=LinkedResident(link(valid_to=TODAY - timedelta(days=1)), resident()),
        ),
        Reason.LINK_NOT_VALID,
    ),
    "moved out": (with_person(status=ResidentStatus.MOVED_OUT), Reason.RESIDENT_NOT_ACTIVE),
    "about to move": (with_person(status=ResidentStatus.MOVING_OUT), Reason.RESIDENT_NOT_ACTIVE),
    "dead": (with_person(status=ResidentStatus.DEAD), Reason.RESIDENT_NOT_ACTIVE),
    "erased": (with_person(status=ResidentStatus.ERASED), Reason.RESIDENT_NOT_ACTIVE),
    "fourteen": (with_person(birth_date=date(2011, 11, 24)), Reason.UNDER_AGE),
    "protected": (replace(STANDING, protections=(protection(),)), Reason.PROTECTION),
    "somebody at home is protected": (
        replace(STANDING, protections=(protection(7),)),
        Reason.PROTECTION,
    ),
}


@pytest.mark.parametrize(("standing", "reason"), PERSON.values(), ids=PERSON.keys())
def test_a_reason_about_the_person_sends_her_to_the_counter(
    standing: Standing, reason: Reason
) -> None:
    assert person_reasons(standing, POLICY, now=NOW, today=TODAY) == (reason,)
    with pytest.raises(NotAtKioskError) as refused:
        issuable_cases(standing, POLICY, now=NOW, today=TODAY)
    assert refused.value.reasons == (reason,)


CASES = {
    "another household now": (
        replace(
            STANDING,
            linked=LinkedResident(link(), resident(household_no="H9")),
        ),
        Reason.NOT_MEMBER_NOW,
        NotAtKioskError,
    ),
    "an open correction": (with_case(holds=(hold(),)), Reason.ON_HOLD, NotAtKioskError),
    "only received": (
        with_case(house=house(application=ApplicationState.RECEIVED)),
        Reason.APPLICATION_NOT_ACCEPTED,
        NothingToIssueError,
    ),
    "no determination": (with_case(determinations=()), Reason.NOT_DETERMINED, NothingToIssueError),
    "not final": (
        with_case(determinations=(determination(is_final=False),)),
        Reason.NOT_DETERMINED,
        NothingToIssueError,
    ),
    "no damage": (
        with_case(determinations=(determination(outcome=DamageOutcome.NONE),)),
        Reason.NOT_DETERMINED,
        NothingToIssueError,
    ),
    "undetermined": (
        with_case(determinations=(determination(outcome=DamageOutcome.UNDETERMINED),)),
        Reason.NOT_DETERMINED,
        NothingToIssueError,
    ),
    "a re-survey is under way": (
        with_case(determinations=(determination(), determination(survey_round=2, is_final=False))),
        Reason.RESURVEY_OPEN,
        NothingToIssueError,
    ),
    "nobody approved": (
        with_case(determinations=(determination(approved_by=None, approved_on=None),)),
        Reason.NOT_APPROVED,
        NothingToIssueError,
    ),
    "approved from tomorrow": (
        with_case(determinations=(determination(approved_on=TODAY + timedelta(days=1)),)),
        Reason.NOT_APPROVED,
        NothingToIssueError,
    ),
}


@pytest.mark.parametrize(("standing", "reason", "error"), CASES.values(), ids=CASES.keys())
def test_a_reason_about_the_case_leaves_it_out(
    standing: Standing, reason: Reason, error: type[NotAtKioskError | NothingToIssueError]
) -> None:
    person = standing.linked.resident
    assert case_reasons(standing.cases[0], person, POLICY, today=TODAY) == (reason,)
    with pytest.raises(error):
        issuable_cases(standing, POLICY, now=NOW, today=TODAY)


def test_no_case_at_all_is_nothing_to_issue() -> None:
    with pytest.raises(NothingToIssueError):
        issuable_cases(replace(STANDING, cases=()), POLICY, now=NOW, today=TODAY)


def test_the_later_final_determination_counts() -> None:
    later = determination(survey_round=2, outcome=DamageOutcome.LARGE_HALF)
    standing = with_case(determinations=(determination(), later))
    (issuable,) = issuable_cases(standing, POLICY, now=NOW, today=TODAY)
    assert issuable.determination is later


def test_a_municipality_may_ask_for_membership_at_the_disaster_only() -> None:
    moved = replace(STANDING, linked=LinkedResident(link(), resident(household_no="H9")))
    policy = replace(POLICY, membership=MembershipRule.AT_DISASTER)
    assert issuable_cases(moved, policy, now=NOW, today=TODAY)


def test_an_ended_protection_and_an_ended_hold_do_not_count() -> None:
    yesterday = TODAY - timedelta(days=1)
    standing = replace(
        with_case(holds=(hold(ends_on=yesterday),)), protections=(protection(ends_on=yesterday),)
    )
    assert issuable_cases(standing, POLICY, now=NOW, today=TODAY)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 99))
def test_age_grows_by_one_on_each_birthday(born: date, years: int) -> None:
    if (born.month, born.day) == (2, 29):
        born = date(born.year, 3, 1)
    birthday = date(born.year + years, born.month, born.day)
    assert age_on(born, birthday) == years
    assert age_on(born, birthday - timedelta(days=1)) == years - 1
