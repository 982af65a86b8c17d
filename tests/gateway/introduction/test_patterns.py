"""The decision flow, row by row of the source's table."""

import itertools

import pytest

from gateway.introduction.model import Pattern, Service
from gateway.introduction.patterns import Answers, Question, Remark, choose

BCL, KIOSKS, VICTIMS = Service.BCL, Service.KIOSK_ISSUE, Service.VICTIM_SUPPORT

TABLE = [
    (Answers(True, True, False), Pattern.A1, (VICTIMS,)),
    (Answers(True, True, True), Pattern.A1, (VICTIMS,)),
    (Answers(False, True, True), Pattern.A2, (BCL, VICTIMS)),
    (Answers(False, False, False), Pattern.A3, (BCL, KIOSKS, VICTIMS)),
    (Answers(False, False, True), Pattern.A3, (BCL, KIOSKS, VICTIMS)),
    (Answers(False, True, False), Pattern.B, (VICTIMS,)),
    (Answers(True, False, False), Pattern.A1, (KIOSKS, VICTIMS)),
]


@pytest.mark.parametrize(("answers", "pattern", "services"), TABLE)
def test_answers_lead_to_pattern_and_applications(
    answers: Answers, pattern: Pattern, services: tuple[Service, ...]
) -> None:
    choice = choose(answers)
    assert (choice.pattern, choice.services) == (pattern, services)


def test_whoever_joins_applies_for_victim_support_and_ends_with_kiosk_issue() -> None:
    for given in itertools.product((True, False), repeat=3):
        answers = Answers(*given)
        choice = choose(answers)
        assert VICTIMS in choice.services
        assert answers.uses_kiosk_issue or KIOSKS in choice.services


def test_linkage_is_asked_only_where_it_decides() -> None:
    assert [q for q, _ in choose(Answers(False, True, True)).asked] == list(Question)
    assert Question.LINKAGE not in dict(choose(Answers(True, True, True)).asked)


def test_row_that_the_source_lacks_is_remarked() -> None:
    assert Remark.NOT_IN_SOURCE in choose(Answers(True, False, True)).remarks
    assert Remark.NOT_IN_SOURCE not in choose(Answers(True, True, True)).remarks
