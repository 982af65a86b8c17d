"""How long each screen waits. Source: [KONBINI 1.2]; the figures are an assumption of ours.

A warning comes 20 seconds before; one touch gives the whole time again; large text doubles it.
"""

from datetime import datetime, timedelta

from kiosk.flow.model import FlowState, Screen

WARNING = timedelta(seconds=20)
REMIND_EVERY = timedelta(seconds=15)

LIMITS: dict[Screen, timedelta] = {
    Screen.SERVICES: timedelta(seconds=60),
    Screen.HOURS: timedelta(seconds=30),
    Screen.CONSENT: timedelta(seconds=60),
    Screen.PLACE_CARD: timedelta(seconds=60),
    Screen.MUNICIPALITY: timedelta(seconds=60),
    Screen.PIN: timedelta(seconds=60),
    Screen.PIN_STOP: timedelta(seconds=60),
    Screen.VERIFYING: timedelta(seconds=30),
    Screen.CERTIFICATE: timedelta(seconds=60),
    Screen.CASE: timedelta(seconds=60),
    Screen.COPIES: timedelta(seconds=60),
    Screen.CONFIRM: timedelta(seconds=60),
    Screen.PREPARING: timedelta(seconds=60),
    Screen.PAY: timedelta(seconds=120),
    Screen.RECEIPT: timedelta(seconds=30),
    Screen.END: timedelta(seconds=30),
    Screen.ERROR: timedelta(seconds=90),
}
"""Screens that are not here wait without an end: the menu, printing, and the two that remind."""

WORKING = frozenset({Screen.HOURS, Screen.VERIFYING, Screen.PREPARING, Screen.PRINTING})
"""Screens that wait for the machine, not for the resident: no warning, no extension."""


def is_working(state: FlowState) -> bool:
    """Say whether the machine is at work and the resident can only wait."""
    is_quoting = state.screen is Screen.CONFIRM and state.total == 0
    return state.screen in WORKING or is_quoting


REMINDING = frozenset({Screen.TAKE_CARD, Screen.TAKE_SHEETS})
"""Screens that stay until something was taken, with a reminder every 15 seconds."""


def limit_of(state: FlowState) -> timedelta | None:
    """Return how long the present screen waits; None for as long as it takes."""
    if state.screen is Screen.ERROR and state.paid:
        return None
    limit = LIMITS.get(state.screen)
    if limit is None or is_working(state):
        return limit
    return limit * 2 if state.large else limit


def seconds_left(state: FlowState, now: datetime) -> int | None:
    """Return the seconds until the screen gives up, once the warning is due; else None."""
    limit = limit_of(state)
    if limit is None or is_working(state) or state.keeping:
        return None
    left = state.entered_at + limit - now
    return max(0, int(left.total_seconds())) if left <= WARNING else None


def is_over(state: FlowState, now: datetime) -> bool:
    """Say whether the screen's time is over."""
    limit = limit_of(state)
    return limit is not None and not state.keeping and now - state.entered_at >= limit
