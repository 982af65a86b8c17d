"""Every screen of the machine, each in the state in which it shows most."""

from dataclasses import replace

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow.model import ErrorView, FlowState, Screen, fresh
from tests.kiosk.screens.fakes import FEE, START, choices, service, town

_BASE = replace(
    fresh(START),
    service=service(*(town(number) for number in range(5)), town(5, open_now=False)),
    municipality=town(),
    choices=choices(4),
    chosen=choices(2)[0],
    copies=10,
    unit_fee=FEE,
    total=10 * FEE,
    pages=2,
)
_DETAILS: dict[Screen, FlowState] = {
    Screen.PIN: replace(_BASE, pin="12", tries_left=2),
    Screen.TAKE_CARD: replace(_BASE, card_present=True, reminded=1),
    Screen.PAY: replace(_BASE, inserted=60),
    Screen.PRINTING: replace(_BASE, paid=True, page=1, copy=3),
    Screen.TAKE_SHEETS: replace(_BASE, paid=True, printed=10, reminded=1),
    Screen.RECEIPT: replace(_BASE, paid=True, printed=10),
    Screen.END: replace(_BASE, paid=True, printed=10, change=400, receipt_wanted=True),
}


def screens() -> dict[str, FlowState]:
    """Return one state for every screen but the error screen, by its number."""
    return {
        screen.value: replace(_DETAILS.get(screen, _BASE), screen=screen)
        for screen in Screen
        if screen is not Screen.ERROR
    }


def errors() -> dict[str, FlowState]:
    """Return one state for every error screen, by its number."""
    return {code.value: error(code) for code in ErrorCode}


def error(code: ErrorCode, *, locale: Locale = Locale.JAPANESE) -> FlowState:
    """Return the error screen of a code, with everything on it that it can tell."""
    view = ErrorView(
        code,
        _MONEY.get(code, MoneyState.NONE),
        tries_left=1,
        pages_out=1,
        refund=FEE,
        opens="2026-11-23T21:30:00+00:00",
        reference="A1B2C3D4",
    )
    paid = code.value >= "E60"
    return replace(
        _BASE, screen=Screen.ERROR, error=view, locale=locale, paid=paid, card_present=True
    )


_MONEY = {
    ErrorCode.NOT_PAID: MoneyState.RETURNED,
    ErrorCode.PAPER_JAM: MoneyState.HELD,
    ErrorCode.SUPPLIES_OUT: MoneyState.HELD,
    ErrorCode.SPOILED: MoneyState.HELD,
    ErrorCode.NOT_RECOVERABLE: MoneyState.REFUNDED,
    ErrorCode.OUTCOME_UNKNOWN: MoneyState.UNKNOWN,
}
