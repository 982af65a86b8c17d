"""One pure function from the flow's state to what stands on the touch screen."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.flow.model import FlowState, Screen
from kiosk.screens import choosing_views as choosing
from kiosk.screens import ordering_views as ordering
from kiosk.screens.error_view import error
from kiosk.screens.view import View, Words


def view_of(state: FlowState) -> View:
    """Return what the screen shows in this state."""
    return replace(_VIEWS[state.screen](state, Words(state)), large=state.large)


_VIEWS: dict[Screen, Callable[[FlowState, Words], View]] = {
    Screen.MAIN_MENU: choosing.main_menu,
    Screen.SERVICES: choosing.services,
    Screen.HOURS: choosing.waiting,
    Screen.CONSENT: choosing.consent,
    Screen.PLACE_CARD: choosing.place_card,
    Screen.MUNICIPALITY: choosing.municipality,
    Screen.PIN: choosing.pin,
    Screen.PIN_STOP: choosing.pin_stop,
    Screen.VERIFYING: lambda state, words: choosing.waiting(state, words, picture="card"),
    Screen.TAKE_CARD: choosing.take_card,
    Screen.CERTIFICATE: choosing.certificate,
    Screen.CASE: choosing.case,
    Screen.COPIES: ordering.copies,
    Screen.CONFIRM: ordering.confirm,
    Screen.PREPARING: lambda state, words: choosing.waiting(state, words, picture="making"),
    Screen.PAY: ordering.pay,
    Screen.PRINTING: ordering.printing,
    Screen.TAKE_SHEETS: ordering.take_sheets,
    Screen.RECEIPT: ordering.receipt,
    Screen.END: ordering.end,
    Screen.ERROR: error,
}
