"""The state machine: what happens next, and what has to be done for it. Pure.

``step`` takes a state and an event and returns the next state and the effects, in order.
An event that means nothing on the present screen changes nothing.
"""

from dataclasses import replace
from datetime import datetime

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow import events as e
from kiosk.flow.buttons import PIN_DIGITS, press
from kiosk.flow.model import ErrorView, FlowState, Screen, fresh
from kiosk.flow.moves import NOTHING, Result, fail, go, leave, look_at_card, show
from kiosk.flow.timeouts import REMIND_EVERY, REMINDING, is_over
from kiosk.ports import PrinterFault

FULL_TRIES = 3
"""Wrong PINs that an untouched card takes. Source: [KONBINI 1.4]."""
_FAULT_CODES = {
    PrinterFault.JAM: ErrorCode.PAPER_JAM,
    PrinterFault.SUPPLIES_OUT: ErrorCode.SUPPLIES_OUT,
    PrinterFault.SPOILED: ErrorCode.SPOILED,
}

_CARD_LIES_THERE = frozenset({Screen.MUNICIPALITY, Screen.PIN, Screen.PIN_STOP})
"""Screens on which the machine holds a card to be there, and does not talk to it."""


def step(state: FlowState, event: e.Event, now: datetime) -> Result:
    """Return the next state and what has to be done."""
    match event:
        case e.Pressed(button):
            return press(state, button, now)
        case e.Digit(digit):
            return _digit(state, digit, now)
        case e.CardPlaced() | e.CardLifted():
            return _card(state, event, now)
        case e.ReaderLost():
            return _reader_lost(state, now)
        case e.MoneyIn(inserted):
            return _money(state, inserted, now)
        case e.Failed():
            return fail(state, event, now)
        case e.Tick():
            return _tick(state, now)
        case _:
            return _progress(state, event, now)


def _digit(state: FlowState, digit: str, now: datetime) -> Result:
    is_digit = len(digit) == 1 and digit in "0123456789"
    if state.screen is Screen.PIN and len(state.pin) < PIN_DIGITS and is_digit:
        return replace(state, pin=state.pin + digit, entered_at=now), NOTHING
    return state, NOTHING


def _card(state: FlowState, event: e.CardPlaced | e.CardLifted, now: datetime) -> Result:
    if isinstance(event, e.CardPlaced):
        placed = replace(state, card_present=True)
        if state.screen is Screen.PLACE_CARD and not state.examining:
            return look_at_card(placed, now)
        return placed, NOTHING
    lifted = replace(state, card_present=False)
    if state.leaving:
        return fresh(now, state.home), NOTHING
    if state.screen is Screen.TAKE_CARD:
        return go(lifted, Screen.CERTIFICATE, now)
    if state.screen in _CARD_LIES_THERE:
        return fail(replace(lifted, pin=""), e.Failed(ErrorCode.CARD_REMOVED), now)
    return lifted, NOTHING


def _reader_lost(state: FlowState, now: datetime) -> Result:
    """Whoever needs her card now is told; elsewhere it counts as taken."""
    waits = state.screen is Screen.PLACE_CARD and not state.examining
    if waits or state.screen in _CARD_LIES_THERE:
        blind = replace(state, card_present=False, pin="")
        return fail(blind, e.Failed(ErrorCode.READER_OUT_OF_ORDER), now)
    return _card(state, e.CardLifted(), now) if state.card_present else (state, NOTHING)


def _money(state: FlowState, inserted: int, now: datetime) -> Result:
    counted = replace(state, inserted=inserted)
    if state.screen is not Screen.PAY or state.keeping:
        return counted, NOTHING
    if inserted >= state.total:
        return replace(counted, keeping=True), (e.KeepMoney(state.total),)
    return replace(counted, entered_at=now), NOTHING


def _progress(state: FlowState, event: e.Event, now: datetime) -> Result:
    """Take what came back from the outside, if the present screen still waits for it."""
    match event:
        case e.ServiceKnown(status) if state.screen is Screen.HOURS:
            known = replace(state, service=status)
            if status.open_now:
                return go(known, Screen.CONSENT, now)
            opens = status.opens_at.isoformat() if status.opens_at else ""
            return fail(known, e.Failed(ErrorCode.OUTSIDE_HOURS, opens=opens), now)
        case e.CardExamined(tries) if state.examining and state.card_present:
            known = replace(state, tries_left=tries if tries < FULL_TRIES else None)
            return go(known, Screen.MUNICIPALITY, now)
        case e.Proved(()) if state.screen is Screen.VERIFYING:
            return fail(state, e.Failed(ErrorCode.NOT_OFFERED), now)
        case e.Proved(choices) if state.screen is Screen.VERIFYING:
            proved = replace(state, choices=choices, tries_left=None)
            following = Screen.TAKE_CARD if state.card_present else Screen.CERTIFICATE
            return go(proved, following, now)
        case e.Quoted(unit_fee, total, pages) if state.screen is Screen.CONFIRM:
            return replace(state, unit_fee=unit_fee, total=total, pages=pages), NOTHING
        case e.Prepared() if state.screen is Screen.PREPARING:
            return _pay_or_wait(state, now)
        case e.Paid(change) if state.keeping:
            paid = replace(state, paid=True, keeping=False, change=change, inserted=0)
            return go(paid, Screen.PRINTING, now, e.Print())
        case _:
            return _printing(state, event, now)


def _pay_or_wait(state: FlowState, now: datetime) -> Result:
    asked, _ = go(state, Screen.PAY, now)
    return _money(asked, state.inserted, now)


def _printing(state: FlowState, event: e.Event, now: datetime) -> Result:
    match event:
        case e.PageOut(page, copy) if state.screen is Screen.PRINTING:
            return replace(state, page=page, copy=copy), NOTHING
        case e.PrintingStopped(fault, pages_out) if state.screen is Screen.PRINTING:
            view = ErrorView(_FAULT_CODES[fault], MoneyState.HELD, pages_out=pages_out)
            return show(state, view, now)
        case e.PrintingDone(printed) if state.screen is Screen.PRINTING:
            done = replace(state, printed=printed)
            if printed == 0:
                return replace(done, keeping=True), (e.Complete(),)
            return go(done, Screen.TAKE_SHEETS, now)
        case e.Completed(sheets, refund) if state.paid:
            return _completed(replace(state, printed=sheets, refund=refund, keeping=False), now)
        case _:
            return state, NOTHING


def _completed(state: FlowState, now: datetime) -> Result:
    if state.refund > 0:
        view = ErrorView(ErrorCode.NOT_RECOVERABLE, MoneyState.REFUNDED, refund=state.refund)
        return show(state, view, now)
    return state, NOTHING


def _tick(state: FlowState, now: datetime) -> Result:
    if state.screen in REMINDING:
        due = state.entered_at + REMIND_EVERY * (state.reminded + 1)
        if now >= due:
            return replace(state, reminded=state.reminded + 1), (e.Remind(),)
        return state, NOTHING
    if not is_over(state, now):
        return state, NOTHING
    return _time_over(state, now)


def _time_over(state: FlowState, now: datetime) -> Result:
    match state.screen:
        case Screen.PAY:
            money = MoneyState.RETURNED if state.inserted else MoneyState.NONE
            return fail(state, e.Failed(ErrorCode.NOT_PAID, money), now)
        case Screen.HOURS | Screen.VERIFYING | Screen.PREPARING:
            return fail(state, e.Failed(ErrorCode.NOT_PREPARED), now)
        case Screen.CONFIRM if state.total == 0:
            return fail(state, e.Failed(ErrorCode.NOT_PREPARED), now)
        case Screen.RECEIPT:
            return go(state, Screen.END, now)
        case Screen.END | Screen.ERROR:
            return leave(state, "finished", now)
        case _:
            return leave(state, "timed-out", now)
