"""What the machine can do is found by trying, not kept by hand."""

import typing

import pytest

from gateway.wire.codes import ErrorCode
from kiosk.flow import events as e
from kiosk.flow import machine, moves
from kiosk.flow.model import FlowState, Screen
from kiosk.scenario import possible
from kiosk.scenario.possible import find_possible


def test_every_screen_and_every_code_can_be_reached_in_both_languages() -> None:
    found = find_possible()
    assert found.screens == {f"{s.value} {lang}" for s in Screen for lang in ("ja", "en")}
    assert found.codes == {f"{c.value} {lang}" for c in ErrorCode for lang in ("ja", "en")}


@pytest.mark.parametrize("move", ["S00 → S01", "S05 → PIN_STOP", "S07 → S09", "ERROR → S16"])
def test_moves_that_the_machine_makes_are_found(move: str) -> None:
    assert move in find_possible().moves


@pytest.mark.parametrize("move", ["S00 → S02", "S16 → S00", "S09 → S01", "S15 → S14"])
def test_moves_that_it_never_makes_are_not(move: str) -> None:
    assert move not in find_possible().moves


def test_a_button_that_is_always_off_is_not_asked_for() -> None:
    buttons = find_possible().buttons
    assert "S01 certificate" in buttons
    assert "S01 password" not in buttons
    assert "S10 case-*" in buttons
    assert "S10 case-0" not in buttons


def test_every_effect_is_answered_or_known_to_be_silent() -> None:
    """A new effect without an answer would hide what comes after it."""
    known = {*possible._GOOD_ANSWERS, *possible.SILENT_EFFECTS}
    assert known == set(typing.get_args(e.Effect))


def test_a_move_added_to_the_machine_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list cannot rot: it follows the machine."""

    def shortcut(state: FlowState, event: e.Event, now: typing.Any) -> typing.Any:
        if state.screen is Screen.SERVICES and isinstance(event, e.Tick):
            return moves.go(state, Screen.END, now)
        return machine.step(state, event, now)

    monkeypatch.setattr(possible, "step", shortcut)
    assert "S01 → S19" in find_possible().moves
