"""What each button of the touch screen does. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow import events as e
from kiosk.flow.model import MAX_COPIES, ErrorView, FlowState, Screen, page_count
from kiosk.flow.moves import NOTHING, Result, go, leave, look_at_card, restart, show
from kiosk.flow.timeouts import seconds_left

PIN_DIGITS = 4
_LAST_TRY = 1


def press(state: FlowState, button: str, now: datetime) -> Result:
    general = _GENERAL.get(button)
    if general is not None:
        return general(state, now)
    if button == "cancel" and _can_cancel(state):
        return leave(state, "cancelled", now)
    handler = _BUTTONS.get(state.screen)
    return handler(state, button, now) if handler else (state, NOTHING)


def _can_cancel(state: FlowState) -> bool:
    return not (state.paid or state.keeping or state.leaving)


def _switch_language(state: FlowState, now: datetime) -> Result:
    other = Locale.ENGLISH if state.locale is Locale.JAPANESE else Locale.JAPANESE
    return replace(state, locale=other), NOTHING


def _extend(state: FlowState, now: datetime) -> Result:
    if seconds_left(state, now) is None:
        return state, NOTHING
    return replace(state, entered_at=now), NOTHING


_GENERAL: dict[str, Callable[[FlowState, datetime], Result]] = {
    "language": _switch_language,
    "large": lambda state, _now: (replace(state, large=not state.large), NOTHING),
    "contrast": lambda state, _now: (replace(state, contrast=not state.contrast), NOTHING),
    "extend": _extend,
}


def _on_main_menu(state: FlowState, button: str, now: datetime) -> Result:
    if button == "government":
        return go(state, Screen.SERVICES, now)
    return state, NOTHING


def _on_services(state: FlowState, button: str, now: datetime) -> Result:
    if button == "certificate":
        return go(state, Screen.HOURS, now, e.AskService())
    return (leave(state, "back", now)) if button == "back" else (state, NOTHING)


def _on_consent(state: FlowState, button: str, now: datetime) -> Result:
    if button == "agree":
        return look_at_card(state, now)
    return leave(state, "not-agreed", now) if button == "disagree" else (state, NOTHING)


def _on_place_card(state: FlowState, button: str, now: datetime) -> Result:
    return go(state, Screen.CONSENT, now) if button == "back" else (state, NOTHING)


def _turn_page(state: FlowState, choices: int, now: datetime) -> Result:
    following = (state.choices_page + 1) % page_count(choices)
    return replace(state, choices_page=following, entered_at=now), NOTHING


def _on_municipality(state: FlowState, button: str, now: datetime) -> Result:
    if button == "back":
        return go(state, Screen.CONSENT, now)
    offers = state.service.municipalities if state.service else ()
    if button == "page":
        return _turn_page(state, len(offers), now)
    code = button.removeprefix("municipality-")
    found = [offer for offer in offers if offer.municipality_code == code and offer.open_now]
    if not found:
        return state, NOTHING
    chosen = replace(state, municipality=found[0], pin="")
    return go(chosen, _pin_screen(chosen), now)


def _pin_screen(state: FlowState) -> Screen:
    """Return where a PIN is asked for: before the last try, a warning comes first."""
    return Screen.PIN_STOP if state.tries_left == _LAST_TRY else Screen.PIN


def _on_pin(state: FlowState, button: str, now: datetime) -> Result:
    if button == "erase":
        return replace(state, pin=state.pin[:-1]), NOTHING
    if button == "back":
        return go(replace(state, pin=""), Screen.MUNICIPALITY, now)
    complete = len(state.pin) == PIN_DIGITS and state.municipality is not None
    if button == "confirm" and complete and state.municipality is not None:
        prove = e.Prove(state.locale, state.municipality, state.pin)
        return go(replace(state, pin=""), Screen.VERIFYING, now, prove)
    return state, NOTHING


def _on_pin_stop(state: FlowState, button: str, now: datetime) -> Result:
    return go(state, Screen.PIN, now) if button == "continue" else (state, NOTHING)


def _on_certificate(state: FlowState, button: str, now: datetime) -> Result:
    if button == "victim_certificate" and state.choices:
        return go(state, Screen.CASE, now)
    return state, NOTHING


def _on_case(state: FlowState, button: str, now: datetime) -> Result:
    if button == "back":
        return go(state, Screen.CERTIFICATE, now)
    if button == "page":
        return _turn_page(state, len(state.choices), now)
    for number, choice in enumerate(state.choices):
        if button == f"case-{number}":
            return go(replace(state, chosen=choice, copies=1), Screen.COPIES, now)
    return state, NOTHING


def _on_copies(state: FlowState, button: str, now: datetime) -> Result:
    match button:
        case "back":
            return go(state, Screen.CASE, now)
        case "less":
            return replace(state, copies=max(1, state.copies - 1), entered_at=now), NOTHING
        case "more":
            more = min(MAX_COPIES, state.copies + 1)
            return replace(state, copies=more, entered_at=now), NOTHING
        case "next" if state.chosen is not None:
            quote = e.AskQuote(state.chosen.entry_id, state.copies)
            return go(replace(state, total=0), Screen.CONFIRM, now, quote)
        case _:
            return state, NOTHING


def _on_confirm(state: FlowState, button: str, now: datetime) -> Result:
    if state.total == 0:
        # The answer to this question must have come before another one is asked.
        return state, NOTHING
    if button == "back":
        return go(state, Screen.COPIES, now)
    if button == "confirm":
        return go(state, Screen.PREPARING, now, e.Prepare())
    return state, NOTHING


def _on_take_sheets(state: FlowState, button: str, now: datetime) -> Result:
    if button == "taken":
        return go(state, Screen.RECEIPT, now, e.Complete())
    if button == "spoiled" and not state.reprinted:
        return show(state, ErrorView(ErrorCode.SPOILED, MoneyState.HELD), now)
    return state, NOTHING


def _on_receipt(state: FlowState, button: str, now: datetime) -> Result:
    if button == "yes":
        slip = e.PrintReceipt(state.locale, state.printed, state.unit_fee, state.change)
        return go(replace(state, receipt_wanted=True), Screen.END, now, slip)
    return go(state, Screen.END, now) if button == "no" else (state, NOTHING)


def _on_end(state: FlowState, button: str, now: datetime) -> Result:
    return leave(state, "finished", now) if button == "finish" else (state, NOTHING)


def _on_error(state: FlowState, button: str, now: datetime) -> Result:
    code = state.error.code if state.error else ErrorCode.NOT_PREPARED
    match button:
        case "resume" if code in (ErrorCode.PAPER_JAM, ErrorCode.SUPPLIES_OUT):
            return go(replace(state, error=None), Screen.PRINTING, now, e.Print())
        case "refund" if code in (ErrorCode.PAPER_JAM, ErrorCode.SUPPLIES_OUT):
            return replace(state, keeping=True), (e.Complete(),)
        case "back" if code is ErrorCode.SPOILED:
            return go(replace(state, error=None), Screen.TAKE_SHEETS, now)
        case "reprint" if code is ErrorCode.SPOILED:
            again = replace(state, error=None, reprinted=True)
            return go(again, Screen.PRINTING, now, e.Reprint())
        case "retry" if code is ErrorCode.PIN_WRONG and state.card_present:
            return go(replace(state, error=None, pin=""), _pin_screen(state), now)
        case "retry":
            return restart(state, now)
        case "finish":
            return leave(state, "finished", now)
        case _:
            return state, NOTHING


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
