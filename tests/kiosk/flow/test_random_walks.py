"""Whatever happens in whatever order: nothing raises, no money is lost, there is always an end."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.wire.codes import ErrorCode
from kiosk.flow import events as e
from kiosk.flow.machine import step
from kiosk.flow.model import FlowState, Screen, fresh
from kiosk.flow.timeouts import limit_of
from kiosk.ports import PrinterFault
from kiosk.screens.views import view_of
from tests.kiosk.screens.fakes import FEE, START, choices, service, town

BUTTONS = [
    *("government", "certificate", "agree", "disagree", "back", "cancel", "confirm", "erase"),
    *("continue", "victim_certificate", "case-0", "case-1", "less", "more", "next", "taken"),
    *("spoiled", "yes", "no", "finish", "resume", "refund", "reprint", "retry", "language"),
    *("large", "contrast", "extend", "page", "municipality-990009"),
]
EVENTS = st.one_of(
    st.sampled_from(BUTTONS).map(e.Pressed),
    st.sampled_from("0123456789").map(e.Digit),
    st.sampled_from([e.CardPlaced(), e.CardLifted(), e.Prepared(), e.Tick(), e.CardExamined(2)]),
    st.integers(0, 200).map(e.MoneyIn),
    st.sampled_from([service(), service(town(1), town(2)), service(open_now=False)]).map(
        e.ServiceKnown
    ),
    st.integers(1, 6).map(choices).map(e.Proved),
    st.integers(1, 10).map(lambda copies: e.Quoted(FEE, copies * FEE, 2)),
    st.integers(0, 100).map(e.Paid),
    st.builds(e.PageOut, st.integers(0, 3), st.integers(1, 3)),
    st.builds(e.PrintingStopped, st.sampled_from(PrinterFault), st.integers(0, 3)),
    st.integers(0, 3).map(e.PrintingDone),
    st.builds(e.Completed, st.integers(0, 3), st.sampled_from([0, FEE])),
    st.builds(e.Failed, st.sampled_from(ErrorCode), tries_left=st.integers(1, 2)),
)


class Till:
    """What becomes of the money when the effects are done as they say."""

    def __init__(self) -> None:
        self.inserted = 0
        self.kept = 0
        self.sheets = 0

    def see(self, effect: e.Effect) -> None:
        match effect:
            case e.KeepMoney(total):
                assert self.inserted >= total, "the price is kept only when it is there"
                self.kept += total
                self.inserted = 0
            case e.EndSession() | e.Wipe():
                self.inserted = 0
            case _:
                pass


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=60), st.lists(st.integers(0, 40), min_size=60, max_size=60))
def test_random_walks_never_raise_and_can_always_be_shown(
    walk: list[e.Event], pauses: list[int]
) -> None:
    state, now = fresh(START), START
    for event, pause in zip(walk, pauses, strict=False):
        now += timedelta(seconds=pause)
        state, _ = step(state, event, now)
        assert view_of(state).title


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_the_price_is_asked_for_once_and_only_when_it_is_in(walk: list[e.Event]) -> None:
    state, till = fresh(START), Till()
    for event in walk:
        if isinstance(event, e.MoneyIn):
            till.inserted = event.inserted
        was_keeping = state.keeping or state.paid
        state, effects = step(state, event, START)
        keeps = [effect for effect in effects if isinstance(effect, e.KeepMoney)]
        assert not (keeps and was_keeping)
        for effect in effects:
            till.see(effect)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_paper_is_printed_only_for_money(walk: list[e.Event]) -> None:
    state = fresh(START)
    for event in walk:
        state, effects = step(state, event, START)
        if any(isinstance(effect, e.Print | e.Reprint | e.Complete) for effect in effects):
            assert state.paid


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_whoever_pays_is_never_sent_away_as_if_she_had_not(walk: list[e.Event]) -> None:
    state = fresh(START)
    for event in walk:
        was_paid = state.paid
        state, effects = step(state, event, START)
        if was_paid:
            ended = [x for x in effects if isinstance(x, e.EndSession) and x.reason != "restarted"]
            assert not ended


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_from_everywhere_the_menu_can_be_reached(walk: list[e.Event]) -> None:
    state, now = fresh(START), START
    for event in walk:
        state, _ = step(state, event, now)
    for _ in range(12):
        if state.screen is Screen.MAIN_MENU:
            return
        now += limit_of(state) or timedelta(seconds=1)
        for event in _exits(state):
            state, _ = step(state, event, now)
    assert state.screen is Screen.MAIN_MENU


def _exits(state: FlowState) -> list[e.Event]:
    """Return what a patient machine and a tired resident do next."""
    waiting: dict[Screen, e.Event] = {
        Screen.TAKE_CARD: e.CardLifted(),
        Screen.PRINTING: e.Completed(1, FEE) if state.keeping else e.PrintingDone(1),
        Screen.TAKE_SHEETS: e.Pressed("taken"),
        Screen.ERROR: e.Pressed("finish"),
    }
    if state.screen is Screen.PAY and state.keeping:
        return [e.Failed(ErrorCode.NOT_PREPARED)]
    return [waiting[state.screen]] if state.screen in waiting else [e.Tick()]
