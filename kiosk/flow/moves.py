"""How the machine goes from one screen to another, whatever the occasion. Pure."""

from dataclasses import replace
from datetime import datetime

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow import events as e
from kiosk.flow.model import ErrorView, FlowState, Screen, fresh

Result = tuple[FlowState, tuple[e.Effect, ...]]
NOTHING: tuple[e.Effect, ...] = ()


def go(state: FlowState, screen: Screen, now: datetime, *effects: e.Effect) -> Result:
    """Show another screen; its time begins."""
    moved = replace(
        state, screen=screen, entered_at=now, reminded=0, choices_page=0, examining=False
    )
    return moved, effects


def look_at_card(state: FlowState, now: datetime) -> Result:
    """Ask for the card, and read it at once where it lies there already."""
    asked, _ = go(state, Screen.PLACE_CARD, now)
    if not state.card_present:
        return asked, NOTHING
    return replace(asked, examining=True), (e.ExamineCard(),)


def leave(state: FlowState, reason: str, now: datetime) -> Result:
    """Forget the resident: the session ends, what is hers goes back, the card first of all."""
    ending = () if state.paid else (e.EndSession(reason),)
    start = fresh(now, state.home)
    if state.card_present:
        start = replace(
            start,
            screen=Screen.TAKE_CARD,
            leaving=True,
            card_present=True,
            locale=state.locale,
            large=state.large,
            contrast=state.contrast,
        )
    return start, (*ending, e.Wipe())


def restart(state: FlowState, now: datetime) -> Result:
    """Begin again after an error: language and sizes stay, everything else is forgotten."""
    start = replace(
        fresh(now, state.home),
        locale=state.locale,
        large=state.large,
        contrast=state.contrast,
        card_present=state.card_present,
    )
    return replace(start, screen=Screen.SERVICES), (e.EndSession("restarted"), e.Wipe())


def show(state: FlowState, view: ErrorView, now: datetime) -> Result:
    """Show an error screen."""
    return go(replace(state, error=view, keeping=False), Screen.ERROR, now)


_ENDS_SESSION = frozenset(ErrorCode) - {
    ErrorCode.PIN_WRONG,
    ErrorCode.PAPER_JAM,
    ErrorCode.SUPPLIES_OUT,
    ErrorCode.SPOILED,
    ErrorCode.OUTCOME_UNKNOWN,
}


def _is_stale(state: FlowState, failed: e.Failed) -> bool:
    """Say whether it failed for somebody who has gone; a power cut's rest is always told."""
    gone = state.leaving or state.screen is Screen.MAIN_MENU
    return gone and failed.code is not ErrorCode.OUTCOME_UNKNOWN


def fail(state: FlowState, failed: e.Failed, now: datetime) -> Result:
    """Show the error; before payment everything ends and the coins go back."""
    if _is_stale(state, failed):
        return state, NOTHING
    money = failed.money
    if not state.paid and state.inserted > 0:
        money, state = MoneyState.RETURNED, replace(state, inserted=0)
    view = ErrorView(
        failed.code,
        money,
        tries_left=failed.tries_left,
        opens=failed.opens,
        reference=failed.reference,
    )
    tries = failed.tries_left if failed.code is ErrorCode.PIN_WRONG else state.tries_left
    shown, _ = show(replace(state, tries_left=tries), view, now)
    ends = failed.code in _ENDS_SESSION and not state.paid
    return shown, (e.EndSession("failed"),) if ends else NOTHING
