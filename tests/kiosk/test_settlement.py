"""Which end belongs to which moment."""

import pytest

from gateway.wire.bodies import SessionState
from gateway.wire.codes import MoneyState
from kiosk.journal import Step, Unfinished
from kiosk.settlement import (
    NOTHING_TAKEN,
    Ending,
    Settlement,
    Stage,
    ending_of,
    ending_of_state,
    ending_of_unfinished,
)

S = SessionState
BEFORE = (S.NEW, S.PROVED, S.QUOTED, S.PREPARING, S.READY)
OVER = (S.ISSUED, S.ABORTED, S.VOID, S.QUARANTINED)


@pytest.mark.parametrize(
    ("stage", "ever_printed", "ending"),
    [
        (Stage.CLOSED, False, Ending.NOTHING),
        (Stage.OPEN, False, Ending.ABORT),
        (Stage.PAYING, False, Ending.ASK),
        (Stage.PAID, False, Ending.VOID),
        (Stage.PAID, True, Ending.COMPLETE),
        (Stage.ENDED, True, Ending.NOTHING),
    ],
)
def test_end_of_a_running_session(stage: Stage, ever_printed: bool, ending: Ending) -> None:
    assert ending_of(stage, ever_printed=ever_printed) is ending


@pytest.mark.parametrize(
    ("states", "ending"),
    [
        (BEFORE, Ending.ABORT),
        ((S.PAID, S.RELEASED, S.IN_DOUBT), Ending.VOID),
        ((*OVER, S.COMPLETING), Ending.NOTHING),
    ],
)
def test_end_by_what_the_gateway_says(states: tuple[SessionState, ...], ending: Ending) -> None:
    assert {ending_of_state(state) for state in states} == {ending}


@pytest.mark.parametrize("state", [S.PAID, S.RELEASED, S.IN_DOUBT])
@pytest.mark.parametrize(
    ("step", "earned", "ending"),
    [
        (Step.PAYING, 0, Ending.VOID),
        (Step.PAID, 0, Ending.VOID),
        (Step.RELEASED, 0, Ending.VOID),
        (Step.PRINTED, 0, Ending.VOID),
        (Step.PRINTING, 0, Ending.LEAVE),
        (Step.PRINTED, 10, Ending.LEAVE),
    ],
)
def test_interrupted_session_is_voided_only_when_surely_nothing_is_out(
    state: SessionState, step: Step, earned: int, ending: Ending
) -> None:
    assert ending_of_unfinished(Unfinished("a", step, 20, earned), state) is ending


@pytest.mark.parametrize("step", Step)
def test_session_that_is_being_completed_is_left_to_the_gateway(step: Step) -> None:
    assert ending_of_unfinished(Unfinished("a", step, 20), S.COMPLETING) is Ending.LEAVE


@pytest.mark.parametrize("state", OVER)
def test_session_that_is_over_needs_nothing(state: SessionState) -> None:
    assert ending_of_unfinished(Unfinished("a", Step.PRINTING, 20, 10), state) is Ending.NOTHING


def test_money_for_which_nothing_came_out() -> None:
    assert NOTHING_TAKEN.money is MoneyState.NONE
    partly = Settlement(printed=1, earned=10, refund=10, is_recorded=True)
    assert partly.money is MoneyState.REFUNDED
