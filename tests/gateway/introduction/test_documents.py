"""Papers: legal steps, their order, and nothing else."""

import itertools

import pytest

from gateway.errors import IntroductionError
from gateway.introduction.documents import LEGAL, check_move, documents_for
from gateway.introduction.model import Actor, DocumentState, Pattern
from tests.gateway.introduction.builders import progress

S = DocumentState
PAIRS = list(itertools.product(S, S))


@pytest.mark.parametrize(("now", "wanted"), PAIRS)
def test_only_legal_steps_are_possible(now: DocumentState, wanted: DocumentState) -> None:
    made = progress(Pattern.B)
    paper = made.get_document("application.victim_support")
    states = dict(made.states) | {paper.document_id: now}
    if wanted in LEGAL[now]:
        check_move(paper, states, wanted)
    else:
        with pytest.raises(IntroductionError, match="Possible next"):
            check_move(paper, states, wanted)


def test_settled_paper_stays_settled() -> None:
    assert LEGAL[S.SETTLED] == frozenset()


@pytest.mark.parametrize(
    ("paper", "first"),
    [
        ("application.kiosk_issue", "material_request"),
        ("terms.bcl", "application.bcl"),
        ("agreement.victim_support", "terms.victim_support"),
        ("acceptance.bcl", "agreement.bcl"),
    ],
)
def test_paper_waits_for_the_one_before_it(paper: str, first: str) -> None:
    made = progress(Pattern.A3)
    with pytest.raises(IntroductionError, match=first):
        check_move(made.get_document(paper), made.states, S.DRAFTED)


def test_each_service_has_application_terms_agreement_and_acceptance() -> None:
    counts = {
        (p, uses): len(documents_for(p, uses_kiosk_issue=uses))
        for p, uses in [
            (Pattern.A1, True),
            (Pattern.A2, True),
            (Pattern.A3, False),
            (Pattern.B, True),
        ]
    }
    assert list(counts.values()) == [4, 8, 14, 4]


def test_terms_and_acceptance_come_from_the_centre() -> None:
    authors = {d.document_id: d.author for d in progress(Pattern.B).documents}
    assert authors["terms.victim_support"] is Actor.CENTRE
    assert authors["agreement.victim_support"] is Actor.MUNICIPALITY


def test_unknown_paper_is_refused() -> None:
    with pytest.raises(IntroductionError, match=r"terms\.bcl"):
        progress(Pattern.B).get_document("terms.bcl")
