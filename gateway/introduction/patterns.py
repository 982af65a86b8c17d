"""The decision flow (導入パターンフロー): three answers lead to a pattern and its papers. Pure.

| cloud (BCL) | kiosk issue | automatic linkage | pattern | applications and contracts        |
|-------------|-------------|-------------------|---------|-----------------------------------|
| in use      | in use      | any               | A1      | victim support                    |
| not in use  | in use      | wanted            | A2      | cloud, victim support             |
| not in use  | not in use  | any               | A3      | cloud, kiosk issue, victim support|
| not in use  | in use      | not wanted        | B       | victim support                    |

Source: [MISSION 3] 導入に当たって必要な利用申込手続.
Assumption: a municipality with the cloud but without kiosk issue stands in no row; it is A1 and
applies for kiosk issue too, because kiosk issue is a condition of every pattern.
"""

from dataclasses import dataclass
from enum import StrEnum

from gateway.introduction.model import Pattern, Service


class Question(StrEnum):
    """What the flow asks, in its order."""

    BCL = "bcl"
    KIOSK_ISSUE = "kiosk_issue"
    LINKAGE = "linkage"


class Remark(StrEnum):
    """What a municipality must know about its pattern."""

    A3_RECOMMENDED = "a3_recommended"
    """The cloud is recommended to those without kiosk issue, not required."""
    NOT_IN_SOURCE = "not_in_source"
    """The source's table has no such row."""
    MANUAL_CSV = "manual_csv"
    """Resident data come as CSV files, loaded by hand."""
    LESS_COST = "less_cost"
    """The cloud is there already: first costs may be lower."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A municipality's answers to the three questions."""

    uses_bcl: bool
    uses_kiosk_issue: bool
    wants_linkage: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The pattern, the way to it and what it asks for."""

    pattern: Pattern
    asked: tuple[tuple[Question, bool], ...]
    """Questions that mattered, with their answers."""
    services: tuple[Service, ...]
    """Each needs an application (申込) and a contract (約款・合意書)."""
    remarks: tuple[Remark, ...]


def choose(answers: Answers) -> Choice:
    """Return where the flow leads."""
    asked = [(Question.BCL, answers.uses_bcl), (Question.KIOSK_ISSUE, answers.uses_kiosk_issue)]
    if answers.uses_bcl:
        pattern, remarks = Pattern.A1, [Remark.LESS_COST]
        if not answers.uses_kiosk_issue:
            remarks.append(Remark.NOT_IN_SOURCE)
    elif not answers.uses_kiosk_issue:
        pattern, remarks = Pattern.A3, [Remark.A3_RECOMMENDED]
    else:
        asked.append((Question.LINKAGE, answers.wants_linkage))
        wanted = answers.wants_linkage
        pattern, remarks = (Pattern.A2, []) if wanted else (Pattern.B, [Remark.MANUAL_CSV])
    return Choice(
        pattern,
        tuple(asked),
        services_of(pattern, uses_kiosk_issue=answers.uses_kiosk_issue),
        tuple(remarks),
    )


def services_of(pattern: Pattern, *, uses_kiosk_issue: bool) -> tuple[Service, ...]:
    """Return the services that a municipality of that pattern applies for."""
    services = [Service.VICTIM_SUPPORT]
    if not uses_kiosk_issue:
        services.insert(0, Service.KIOSK_ISSUE)
    if pattern in (Pattern.A2, Pattern.A3):
        services.insert(0, Service.BCL)
    return tuple(services)
