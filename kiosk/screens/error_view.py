"""The error screen: what happened, what about the money, what to do now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow.model import ErrorView, FlowState
from kiosk.screens.view import Button, View, Words

_JAPAN = ZoneInfo("Asia/Tokyo")
_BUTTONS: dict[ErrorCode, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ErrorCode.PAPER_JAM: (("refund",), ("resume",)),
    ErrorCode.SUPPLIES_OUT: (("refund",), ("resume",)),
    ErrorCode.SPOILED: (("back",), ("reprint",)),
    ErrorCode.PIN_WRONG: (("cancel",), ("retry",)),
}
"""Left and right of the screens that have something of their own to offer."""
_NO_RETRY = frozenset(
    {
        ErrorCode.OUTSIDE_HOURS,
        ErrorCode.PIN_LOCKED,
        ErrorCode.LAST_TRY,
        ErrorCode.NO_CERTIFICATE_ON_CARD,
        ErrorCode.CERTIFICATE_EXPIRED,
        ErrorCode.CERTIFICATE_REVOKED,
        ErrorCode.NOT_AT_KIOSK,
        ErrorCode.BINDING_MISMATCH,
        ErrorCode.NOT_PRINTABLE,
        ErrorCode.OUTCOME_UNKNOWN,
    }
)
"""Trying again would end the same."""


def error(state: FlowState, words: Words) -> View:
    """Return the screen of the error that happened."""
    shown = state.error or ErrorView(ErrorCode.NOT_PREPARED, MoneyState.UNKNOWN)
    code = shown.code.value
    rows = (
        (words.any("error.what"), _what(shown, words)),
        (
            words.any("error.money"),
            words.any(f"money.{shown.money.value}", amount=f"{shown.refund:,}"),
        ),
        (words.any("error.todo"), words.any(f"error.{code}.todo")),
    )
    reference = words.any("machine.receipt_number", number=shown.reference)
    left, right = _buttons(shown.code, words)
    return View(
        state.screen,
        f"{code}  {words.any(f'error.{code}.title')}",
        "",
        rows=rows,
        lines=(reference,) if shown.reference else (),
        left=() if state.keeping else left,
        right=() if state.keeping else right,
        alarming=True,
        working=state.keeping,
    )


def _what(shown: ErrorView, words: Words) -> str:
    if shown.code is ErrorCode.OUTSIDE_HOURS and not shown.opens:
        return words.any("error.E01.what_plain")
    return words.any(
        f"error.{shown.code.value}.what",
        tries=shown.tries_left,
        pages=shown.pages_out,
        opens=_opening(shown.opens),
    )


def _buttons(code: ErrorCode, words: Words) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    ordinary = ((), ("finish",)) if code in _NO_RETRY else (("finish",), ("retry",))
    left, right = _BUTTONS.get(code, ordinary)

    def make(name: str, key: int | None) -> Button:
        place = "machine" if name in ("cancel", "back") else "error"
        return Button(name, words.any(f"{place}.{name}"), key, primary=key is not None)

    return tuple(make(name, None) for name in left), tuple(make(name, 1) for name in right)


def _opening(text: str) -> str:
    """Return an opening time as the resident reads it, in Japan time."""
    if not text:
        return ""
    local = datetime.fromisoformat(text).astimezone(_JAPAN)
    return f"{local.month}/{local.day} {local:%H:%M}"
