"""A recording names buttons, devices and personas, and never the digits of a PIN."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow import events as e
from kiosk.flow.model import Look, Screen
from kiosk.scenario.model import Step
from kiosk.tester.recorder import Recorder
from tests.kiosk.flow.walk import Walk
from tests.kiosk.screens.fakes import FEE

OWN_PIN = "1234"


class RecordedWalk(Walk):
    """A walk over whose shoulder a recorder looks."""

    def __init__(self, home: Look | None = None) -> None:
        super().__init__(home)
        self.recorder = Recorder(lambda: self.now, lambda _persona: OWN_PIN)
        self.recorder.opened(self.state, "resident")

    def happen(self, *events: e.Event) -> "RecordedWalk":
        for event in events:
            before = self.state
            super().happen(event)
            self.recorder.happened(before, event, self.state)
        return self

    def touch(self, device: str, card: str = "resident") -> "RecordedWalk":
        self.recorder.touched(device, card)
        return self

    def recorded(self) -> list[dict[str, Any]]:
        return [as_dict(one) for one in self.recorder.steps()]


def as_dict(one: Step) -> dict[str, Any]:
    return one.model_dump(mode="json", exclude_unset=True)


def test_a_button_is_recorded_with_the_screen_that_came_of_it() -> None:
    walk = RecordedWalk()
    walk.press("government")
    assert walk.recorded() == [{"press": "government", "see": "S01"}]


def test_a_press_that_did_nothing_is_not_recorded() -> None:
    walk = RecordedWalk()
    walk.press("nonsense")
    assert walk.recorded() == []


def test_what_came_after_a_wait_belongs_to_the_press_before_it() -> None:
    walk = RecordedWalk()
    walk.to(Screen.PIN)
    walk.enter_pin().happen(e.Proved(()))
    assert walk.recorded()[-1] == {
        "press": "confirm",
        "see": "ERROR",
        "error": "E02",
        "money": "none",
    }


def test_the_own_pin_stands_there_by_the_persona() -> None:
    walk = RecordedWalk()
    walk.to(Screen.PLACE_CARD)
    walk.touch("card", "variant-kanji").to(Screen.PIN)
    walk.enter_pin(OWN_PIN)
    assert {"pin_of": "variant-kanji"} in walk.recorded()
    assert OWN_PIN not in str(walk.recorded())


def test_a_wrong_pin_is_some_wrong_pin_and_not_the_typed_one() -> None:
    walk = RecordedWalk()
    walk.to(Screen.PIN)
    walk.enter_pin("8642")
    assert {"note": "wrong on purpose", "pin": "0000"} in walk.recorded()
    assert "8642" not in str(walk.recorded())


def test_corrected_and_abandoned_digits_leave_no_trace() -> None:
    walk = RecordedWalk()
    walk.to(Screen.PIN)
    before = walk.recorded()
    walk.happen(e.Digit("7"), e.Digit("3")).press("erase")
    assert walk.recorded() == before
    walk.press("back")
    assert walk.recorded()[-1] == {"press": "back", "see": "S05"}


def test_a_card_is_put_by_its_persona_and_lifted() -> None:
    walk = RecordedWalk()
    walk.to(Screen.PLACE_CARD)
    walk.touch("card", "revoked").happen(e.CardPlaced(), e.CardExamined(3))
    walk.touch("card").happen(e.CardLifted())
    put, lift = walk.recorded()[-2:]
    assert put == {"put": "revoked", "see": "S05"}
    assert lift == {"lift": True, "see": "ERROR", "error": "E11", "money": "none"}


def test_devices_that_only_show_something_are_left_out() -> None:
    walk = RecordedWalk()
    walk.touch("look").touch("cards").touch("coin-100")
    assert walk.recorded() == [{"device": "coin-100"}]


def test_a_screen_that_ended_by_itself_is_recorded_as_time() -> None:
    walk = RecordedWalk()
    walk.press("government").wait(60.4)
    assert walk.recorded()[-1] == {"advance_s": 61.0, "see": "S00"}


def test_a_long_pause_is_recorded_and_a_short_one_is_not() -> None:
    walk = RecordedWalk()
    walk.press("government").wait(19)
    walk.press("back").wait(1)
    walk.press("government").wait(35)
    walk.press("back")
    waits = [one["advance_s"] for one in walk.recorded() if "advance_s" in one]
    assert waits == [35.0]


def test_the_testers_own_hand_on_the_clock_is_no_pause() -> None:
    walk = RecordedWalk()
    walk.press("government")
    walk.recorder.advanced(600)
    walk.now += timedelta(seconds=600)
    walk.recorder.clock_moved()
    walk.happen(e.Tick())
    assert walk.recorded()[-1] == {"advance_s": 600.0, "see": "S00"}


def test_a_step_that_took_long_gets_more_time() -> None:
    walk = RecordedWalk()
    walk.to(Screen.PIN)
    walk.enter_pin()
    walk.now += timedelta(seconds=12)
    walk.happen(e.Failed(ErrorCode.NOT_PREPARED, MoneyState.NONE))
    assert walk.recorded()[-1]["within_s"] == 24


def test_a_passing_screen_need_only_have_been_there() -> None:
    walk = RecordedWalk()
    walk.to(Screen.PAY)
    walk.happen(e.MoneyIn(FEE), e.Paid(0))
    walk.touch("tray")
    assert walk.recorded()[-2]["via"] == ["S16"]


def test_dials_are_recorded_with_their_arguments() -> None:
    walk = RecordedWalk()
    walk.recorder.turned("line", "answer_lost", "payment")
    walk.recorder.turned("ocsp", "silent")
    assert walk.recorded() == [
        {"turn": {"dial": "line", "setting": "answer_lost", "argument": "payment"}},
        {"turn": {"dial": "ocsp", "setting": "silent"}},
    ]


@pytest.mark.parametrize("locale", list(Locale))
def test_a_recording_that_begins_again_forgets_and_keeps_how_the_machine_looks(
    locale: Locale,
) -> None:
    walk = RecordedWalk(Look(locale, large=True))
    walk.press("government", "back")
    walk.recorder.begin(walk.state, "child")
    assert walk.recorder.count == 0
    assert (walk.recorder.home.locale, walk.recorder.home.large) == (locale, True)
    assert walk.recorder.card == "child"


def test_a_card_that_lies_there_already_is_put_first() -> None:
    walk = RecordedWalk()
    walk.happen(e.CardPlaced())
    walk.recorder.begin(walk.state, "resident")
    assert walk.recorded() == [{"put": "resident"}]
