"""The state machine: what happens next, and what has to be done for it. Pure.

``step`` takes a state and an event and returns the next state and the effects, in order.
An event that means nothing on the present screen changes nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow import events as e
from kiosk.flow.model import MAX_COPIES, ErrorView, FlowState, Screen, fresh
from kiosk.flow.timeouts import REMIND_EVERY, REMINDING, is_over
from kiosk.ports import PrinterFault

Result = tuple[FlowState, tuple[e.Effect, ...]]
_NOTHING: tuple[e.Effect, ...] = ()
_PIN_DIGITS = 4
_LAST_TRY = 1
_FAULT_CODES = {
    PrinterFault.JAM: ErrorCode.PAPER_JAM,
    PrinterFault.SUPPLIES_OUT: ErrorCode.SUPPLIES_OUT,
    PrinterFault.SPOILED: ErrorCode.SPOILED,
}


def step(state: FlowState, event: e.Event, now: datetime) -> Result:
    """Return the next state and what has to be done."""
    match event:
        case e.Pressed(button):
            return _press(state, button, now)
        case e.Digit(digit):
            return _digit(state, digit, now)
        case e.CardPlaced() | e.CardLifted():
            return _card(state, event, now)
        case e.MoneyIn(inserted):
            return _money(state, inserted, now)
        case e.Failed():
            return _fail(state, event, now)
        case e.Tick():
            return _tick(state, now)
        case _:
            return _progress(state, event, now)


def _go(state: FlowState, screen: Screen, now: datetime, *effects: e.Effect) -> Result:
    return replace(state, screen=screen, entered_at=now, reminded=0), effects


def _leave(state: FlowState, reason: str, now: datetime) -> Result:
    """Go back to the menu before payment: the session ends, the coins go back."""
    start = replace(fresh(now, locale=Locale.JAPANESE), card_present=state.card_present)
    return start, (e.EndSession(reason), e.Wipe())


def _press(state: FlowState, button: str, now: datetime) -> Result:
    general = _GENERAL.get(button)
    if general is not None:
        return general(state, now)
    if button == "cancel" and not state.paid and not state.keeping:
        return _leave(state, "cancelled", now)
    handler = _BUTTONS.get(state.screen)
    return handler(state, button, now) if handler else (state, _NOTHING)


def _switch_language(state: FlowState, now: datetime) -> Result:
    other = Locale.ENGLISH if state.locale is Locale.JAPANESE else Locale.JAPANESE
    return replace(state, locale=other), _NOTHING


_GENERAL: dict[str, Callable[[FlowState, datetime], Result]] = {
    "language": _switch_language,
    "large": lambda state, _now: (replace(state, large=not state.large), _NOTHING),
    "contrast": lambda state, _now: (replace(state, contrast=not state.contrast), _NOTHING),
    "extend": lambda state, now: (replace(state, entered_at=now), _NOTHING),
}


def _on_main_menu(state: FlowState, button: str, now: datetime) -> Result:
    if button == "government":
        return _go(state, Screen.SERVICES, now)
    return state, _NOTHING


def _on_services(state: FlowState, button: str, now: datetime) -> Result:
    if button == "certificate":
        return _go(state, Screen.HOURS, now, e.AskService())
    return (_leave(state, "back", now)) if button == "back" else (state, _NOTHING)


def _on_consent(state: FlowState, button: str, now: datetime) -> Result:
    if button == "agree":
        if state.card_present:
            return _after_card(state, now)
        return _go(state, Screen.PLACE_CARD, now)
    return _leave(state, "not-agreed", now) if button == "disagree" else (state, _NOTHING)


def _after_card(state: FlowState, now: datetime) -> Result:
    return _go(state, Screen.MUNICIPALITY, now)


def _on_place_card(state: FlowState, button: str, now: datetime) -> Result:
    return _go(state, Screen.CONSENT, now) if button == "back" else (state, _NOTHING)


def _on_municipality(state: FlowState, button: str, now: datetime) -> Result:
    if button == "back":
        return _go(state, Screen.CONSENT, now)
    code = button.removeprefix("municipality-")
    offers = state.service.municipalities if state.service else ()
    found = [offer for offer in offers if offer.municipality_code == code and offer.open_now]
    if not found:
        return state, _NOTHING
    return _go(replace(state, municipality=found[0], pin=""), Screen.PIN, now)


def _on_pin(state: FlowState, button: str, now: datetime) -> Result:
    if button == "erase":
        return replace(state, pin=state.pin[:-1]), _NOTHING
    if button == "back":
        return _go(replace(state, pin=""), Screen.MUNICIPALITY, now)
    complete = len(state.pin) == _PIN_DIGITS and state.municipality is not None
    if button == "confirm" and complete and state.municipality is not None:
        prove = e.Prove(state.locale, state.municipality, state.pin)
        return _go(replace(state, pin=""), Screen.VERIFYING, now, prove)
    return state, _NOTHING


def _on_pin_stop(state: FlowState, button: str, now: datetime) -> Result:
    return _go(state, Screen.PIN, now) if button == "continue" else (state, _NOTHING)


def _on_certificate(state: FlowState, button: str, now: datetime) -> Result:
    if button == "victim_certificate" and state.choices:
        return _go(state, Screen.CASE, now)
    return state, _NOTHING


def _on_case(state: FlowState, button: str, now: datetime) -> Result:
    if button == "back":
        return _go(state, Screen.CERTIFICATE, now)
    for number, choice in enumerate(state.choices):
        if button == f"case-{number}":
            return _go(replace(state, chosen=choice, copies=1), Screen.COPIES, now)
    return state, _NOTHING


def _on_copies(state: FlowState, button: str, now: datetime) -> Result:
    match button:
        case "back":
            return _go(state, Screen.CASE, now)
        case "less":
            return replace(state, copies=max(1, state.copies - 1), entered_at=now), _NOTHING
        case "more":
            more = min(MAX_COPIES, state.copies + 1)
            return replace(state, copies=more, entered_at=now), _NOTHING
        case "next" if state.chosen is not None:
            quote = e.AskQuote(state.chosen.entry_id, state.copies)
            return _go(replace(state, total=0), Screen.CONFIRM, now, quote)
        case _:
            return state, _NOTHING


def _on_confirm(state: FlowState, button: str, now: datetime) -> Result:
    if button == "back":
        return _go(state, Screen.COPIES, now)
    if button == "confirm" and state.total > 0:
        return _go(state, Screen.PREPARING, now, e.Prepare())
    return state, _NOTHING


def _on_take_sheets(state: FlowState, button: str, now: datetime) -> Result:
    if button == "taken":
        return _go(state, Screen.RECEIPT, now, e.Complete())
    if button == "spoiled" and not state.reprinted:
        return _show(state, ErrorView(ErrorCode.SPOILED, MoneyState.HELD), now)
    return state, _NOTHING


def _on_receipt(state: FlowState, button: str, now: datetime) -> Result:
    if button in ("yes", "no"):
        return _go(replace(state, receipt_wanted=button == "yes"), Screen.END, now)
    return state, _NOTHING


def _on_end(state: FlowState, button: str, now: datetime) -> Result:
    return _to_menu(state, now) if button == "finish" else (state, _NOTHING)


def _on_error(state: FlowState, button: str, now: datetime) -> Result:
    code = state.error.code if state.error else ErrorCode.NOT_PREPARED
    match button:
        case "resume" if code in (ErrorCode.PAPER_JAM, ErrorCode.SUPPLIES_OUT):
            return _go(replace(state, error=None), Screen.PRINTING, now, e.Print())
        case "refund" if code in (ErrorCode.PAPER_JAM, ErrorCode.SUPPLIES_OUT):
            return replace(state, keeping=True), (e.Complete(),)
        case "reprint" if code is ErrorCode.SPOILED:
            again = replace(state, error=None, reprinted=True)
            return _go(again, Screen.PRINTING, now, e.Reprint())
        case "retry" if code is ErrorCode.PIN_WRONG and state.card_present:
            screen = Screen.PIN_STOP if state.tries_left == _LAST_TRY else Screen.PIN
            return _go(replace(state, error=None, pin=""), screen, now)
        case "retry":
            return _restart(state, now)
        case "finish":
            return _to_menu(state, now)
        case _:
            return state, _NOTHING


_BUTTONS: dict[Screen, Callable[[FlowState, str, datetime], Result]] = {
    Screen.MAIN_MENU: _on_main_menu,
    Screen.SERVICES: _on_services,
    Screen.CONSENT: _on_consent,
    Screen.PLACE_CARD: _on_place_card,
    Screen.MUNICIPALITY: _on_municipality,
    Screen.PIN: _on_pin,
    Screen.PIN_STOP: _on_pin_stop,
    Screen.CERTIFICATE: _on_certificate,
    Screen.CASE: _on_case,
    Screen.COPIES: _on_copies,
    Screen.CONFIRM: _on_confirm,
    Screen.TAKE_SHEETS: _on_take_sheets,
    Screen.RECEIPT: _on_receipt,
    Screen.END: _on_end,
    Screen.ERROR: _on_error,
}


def _restart(state: FlowState, now: datetime) -> Result:
    """Begin again after an error: language and sizes stay, everything else is forgotten."""
    start = replace(
        fresh(now, locale=state.locale),
        large=state.large,
        contrast=state.contrast,
        card_present=state.card_present,
    )
    return replace(start, screen=Screen.SERVICES), (e.EndSession("restarted"), e.Wipe())


def _to_menu(state: FlowState, now: datetime) -> Result:
    start = replace(fresh(now), card_present=state.card_present)
    ending = () if state.paid else (e.EndSession("finished"),)
    return start, (*ending, e.Wipe())


def _digit(state: FlowState, digit: str, now: datetime) -> Result:
    if state.screen is Screen.PIN and len(state.pin) < _PIN_DIGITS and digit in "0123456789":
        return replace(state, pin=state.pin + digit, entered_at=now), _NOTHING
    return state, _NOTHING


def _card(state: FlowState, event: e.CardPlaced | e.CardLifted, now: datetime) -> Result:
    if isinstance(event, e.CardPlaced):
        placed = replace(state, card_present=True)
        if state.screen is Screen.PLACE_CARD:
            return _after_card(placed, now)
        return placed, _NOTHING
    lifted = replace(state, card_present=False)
    if state.screen is Screen.TAKE_CARD:
        return _go(lifted, Screen.CERTIFICATE, now)
    if state.screen in (Screen.MUNICIPALITY, Screen.PIN, Screen.PIN_STOP):
        return _fail(replace(lifted, pin=""), e.Failed(ErrorCode.CARD_REMOVED), now)
    return lifted, _NOTHING


def _money(state: FlowState, inserted: int, now: datetime) -> Result:
    counted = replace(state, inserted=inserted)
    if state.screen is not Screen.PAY or state.keeping:
        return counted, _NOTHING
    if inserted >= state.total:
        return replace(counted, keeping=True), (e.KeepMoney(state.total),)
    return replace(counted, entered_at=now), _NOTHING


def _progress(state: FlowState, event: e.Event, now: datetime) -> Result:
    """Take what came back from the outside, if the present screen still waits for it."""
    match event:
        case e.ServiceKnown(status) if state.screen is Screen.HOURS:
            known = replace(state, service=status)
            if status.open_now:
                return _go(known, Screen.CONSENT, now)
            opens = status.opens_at.isoformat() if status.opens_at else ""
            return _fail(known, e.Failed(ErrorCode.OUTSIDE_HOURS, opens=opens), now)
        case e.Proved(choices) if state.screen is Screen.VERIFYING:
            proved = replace(state, choices=choices, tries_left=None)
            following = Screen.TAKE_CARD if state.card_present else Screen.CERTIFICATE
            return _go(proved, following, now)
        case e.Quoted(unit_fee, total, pages) if state.screen is Screen.CONFIRM:
            return replace(state, unit_fee=unit_fee, total=total, pages=pages), _NOTHING
        case e.Prepared() if state.screen is Screen.PREPARING:
            return _pay_or_wait(state, now)
        case e.Paid(change) if state.keeping:
            paid = replace(state, paid=True, keeping=False, change=change, inserted=0)
            return _go(paid, Screen.PRINTING, now, e.Print())
        case _:
            return _printing(state, event, now)


def _pay_or_wait(state: FlowState, now: datetime) -> Result:
    asked, _ = _go(state, Screen.PAY, now)
    return _money(asked, state.inserted, now)


def _printing(state: FlowState, event: e.Event, now: datetime) -> Result:
    match event:
        case e.PageOut(page, copy) if state.screen is Screen.PRINTING:
            return replace(state, page=page, copy=copy), _NOTHING
        case e.PrintingStopped(fault, pages_out) if state.screen is Screen.PRINTING:
            view = ErrorView(_FAULT_CODES[fault], MoneyState.HELD, pages_out=pages_out)
            return _show(state, view, now)
        case e.PrintingDone(printed) if state.screen is Screen.PRINTING:
            done = replace(state, printed=printed)
            if printed == 0:
                return replace(done, keeping=True), (e.Complete(),)
            return _go(done, Screen.TAKE_SHEETS, now)
        case e.Completed(sheets, refund):
            return _completed(replace(state, printed=sheets, refund=refund, keeping=False), now)
        case _:
            return state, _NOTHING


def _completed(state: FlowState, now: datetime) -> Result:
    if state.refund > 0:
        view = ErrorView(ErrorCode.NOT_RECOVERABLE, MoneyState.REFUNDED, refund=state.refund)
        return _show(state, view, now)
    return state, _NOTHING


def _show(state: FlowState, view: ErrorView, now: datetime) -> Result:
    return _go(replace(state, error=view, keeping=False), Screen.ERROR, now)


_ENDS_SESSION = frozenset(ErrorCode) - {
    ErrorCode.PIN_WRONG,
    ErrorCode.PAPER_JAM,
    ErrorCode.SUPPLIES_OUT,
    ErrorCode.SPOILED,
    ErrorCode.OUTCOME_UNKNOWN,
}


def _fail(state: FlowState, failed: e.Failed, now: datetime) -> Result:
    """Show the error; before payment everything ends and the coins go back."""
    money = failed.money
    if not state.paid and state.inserted > 0:
        money = MoneyState.RETURNED
    view = ErrorView(
        failed.code,
        money,
        tries_left=failed.tries_left,
        opens=failed.opens,
        reference=failed.reference,
    )
    tries = failed.tries_left if failed.code is ErrorCode.PIN_WRONG else state.tries_left
    shown, _ = _show(replace(state, tries_left=tries), view, now)
    ends = failed.code in _ENDS_SESSION and not state.paid
    return shown, (e.EndSession("failed"),) if ends else _NOTHING


def _tick(state: FlowState, now: datetime) -> Result:
    if state.screen in REMINDING:
        due = state.entered_at + REMIND_EVERY * (state.reminded + 1)
        if now >= due:
            return replace(state, reminded=state.reminded + 1), (e.Remind(),)
        return state, _NOTHING
    if not is_over(state, now):
        return state, _NOTHING
    return _time_over(state, now)


def _time_over(state: FlowState, now: datetime) -> Result:
    match state.screen:
        case Screen.PAY:
            money = MoneyState.RETURNED if state.inserted else MoneyState.NONE
            return _fail(state, e.Failed(ErrorCode.NOT_PAID, money), now)
        case Screen.HOURS | Screen.VERIFYING | Screen.PREPARING:
            return _fail(state, e.Failed(ErrorCode.NOT_PREPARED), now)
        case Screen.RECEIPT:
            return _go(state, Screen.END, now)
        case Screen.END | Screen.ERROR:
            return _to_menu(state, now)
        case _:
            return _leave(state, "timed-out", now)
