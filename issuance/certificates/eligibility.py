"""Who may have which certificate at a kiosk now, and why not.

The reasons stay inside the municipality. Outside there are three answers only: not linked, ask at
the counter, nothing to issue. Whenever protection of a person is involved the answer is the counter
for everything, so that a missing line in a list tells nobody anything.
Source: [DOMAIN 6.6, 7.2, 7.3].
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from issuance.certificates.model import (
    Case,
    IssuableCase,
    KioskPolicy,
    MembershipRule,
    Standing,
)
from issuance.damage.model import PRINTABLE_OUTCOMES, ApplicationState, Determination
from issuance.errors import NotAtKioskError, NothingToIssueError
from issuance.residents.model import Feed, FeedState, Resident, ResidentStatus


class Reason(StrEnum):
    """Why a kiosk may not issue; internal."""

    STALE_DATA = "stale_data"
    LINK_NOT_VALID = "link_not_valid"
    RESIDENT_NOT_ACTIVE = "resident_not_active"
    UNDER_AGE = "under_age"
    PROTECTION = "protection"
    """支援措置 for the person or for anybody in one of the households."""
    NOT_MEMBER_NOW = "not_member_now"
    APPLICATION_NOT_ACCEPTED = "application_not_accepted"
    NOT_DETERMINED = "not_determined"
    """No final determination, or one that a certificate cannot state."""
    RESURVEY_OPEN = "resurvey_open"
    NOT_APPROVED = "not_approved"
    """No officer approved kiosk issue."""
    ON_HOLD = "on_hold"


COUNTER_REASONS = frozenset({Reason.NOT_MEMBER_NOW, Reason.ON_HOLD})
"""Reasons of a case for which the counter is the right place to ask."""


def person_reasons(
    standing: Standing, policy: KioskPolicy, *, now: datetime, today: date
) -> tuple[Reason, ...]:
    """Return every reason that stops this person altogether."""
    link, resident = standing.linked.link, standing.linked.resident
    checks = {
        Reason.STALE_DATA: not is_fresh(standing.feeds, policy, now=now),
        Reason.LINK_NOT_VALID: not link.covers(today),
        Reason.RESIDENT_NOT_ACTIVE: resident.status is not ResidentStatus.ACTIVE,
        Reason.UNDER_AGE: age_on(resident.birth_date, today) < policy.minimum_age,
        Reason.PROTECTION: any(measure.covers(today) for measure in standing.protections),
    }
    return tuple(reason for reason, applies in checks.items() if applies)


def case_reasons(
    case: Case, resident: Resident, policy: KioskPolicy, *, today: date
) -> tuple[Reason, ...]:
    """Return every reason that stops one case."""
    final = final_determination(case.determinations)
    is_member_now = resident.household_no == case.household.register_household_no
    checks = {
        Reason.NOT_MEMBER_NOW: policy.membership is MembershipRule.AT_DISASTER_AND_NOW
        and not is_member_now,
        Reason.APPLICATION_NOT_ACCEPTED: case.house.application is not ApplicationState.ACCEPTED,
        Reason.NOT_DETERMINED: final is None or final.outcome not in PRINTABLE_OUTCOMES,
        Reason.RESURVEY_OPEN: final is not None and final is not case.determinations[-1],
        Reason.NOT_APPROVED: final is not None and not is_approved(final, today=today),
        Reason.ON_HOLD: any(hold.covers(today) for hold in case.holds),
    }
    return tuple(reason for reason, applies in checks.items() if applies)


def issuable_cases(
    standing: Standing, policy: KioskPolicy, *, now: datetime, today: date
) -> tuple[IssuableCase, ...]:
    """Return the cases of this person that a kiosk may print now, never none.

    Raises: NotAtKioskError when the counter must decide; NothingToIssueError when the person is
    fine but has nothing that could be issued.
    """
    about_person = person_reasons(standing, policy, now=now, today=today)
    if about_person:
        raise NotAtKioskError(about_person)
    issuable, refused = [], set[Reason]()
    for case in standing.cases:
        reasons = case_reasons(case, standing.linked.resident, policy, today=today)
        final = final_determination(case.determinations)
        if reasons or final is None:
            refused.update(reasons)
        else:
            issuable.append(IssuableCase(case, final))
    if issuable:
        return tuple(issuable)
    if refused & COUNTER_REASONS:
        raise NotAtKioskError(sorted(refused))
    raise NothingToIssueError(sorted(refused))


def final_determination(determinations: Iterable[Determination]) -> Determination | None:
    """Return the final determination of the latest round (rounds ascend), if there is one."""
    final = [determination for determination in determinations if determination.is_final]
    return final[-1] if final else None


def is_approved(determination: Determination, *, today: date) -> bool:
    """Tell whether an officer has approved kiosk issue by ``today``."""
    return (
        determination.approved_by is not None
        and determination.approved_on is not None
        and determination.approved_on <= today
    )


def is_fresh(feeds: Iterable[FeedState], policy: KioskPolicy, *, now: datetime) -> bool:
    """Tell whether every feed delivered recently enough; a feed that never did is stale."""
    as_of = {state.feed: state.as_of for state in feeds}
    return all(feed in as_of and now - as_of[feed] <= policy.max_data_age for feed in Feed)


def age_on(birth_date: date, day: date) -> int:
    """Return the age in full years; it is reached at the end of the day before the birthday.

    Source: [DOMAIN 6.5] (年齢計算ニ関スル法律). As in daily practice the new age counts from the
    birthday's first moment; who is born on 29 February has her birthday on 1 March of other years.
    """
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
