"""Turns what a tester does by hand into a scenario that does the same unattended.

Buttons and devices stand in it by their ids, PINs by the persona who has them; digits are never
written down. Pauses count only where they end a screen or are long enough to matter.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kiosk.flow import events as e
from kiosk.flow.model import ErrorView, FlowState, Screen, fresh
from kiosk.flow.timeouts import WORKING
from kiosk.scenario.model import Step

LONG_PAUSE = timedelta(seconds=20)
"""A shorter pause on a screen is not recorded."""
_PATIENCE_FROM = timedelta(seconds=5)
"""A step that took longer gets more time than usual when it is run."""
_LONGEST_S = 120.0
_A_MOMENT = timedelta(seconds=1)
_NOT_A_FLOW = ("look", "cards")
"""Devices that only show something."""
_WRONG_PINS = ("0000", "9999")


@dataclass(slots=True)
class _Open:
    """A step whose outcome is still awaited."""

    values: dict[str, Any]
    began_at: datetime
    changed_at: datetime
    moved: bool = False
    """Whether another screen or another error came up since."""


@dataclass(slots=True)
class Recorder:
    """An onlooker that writes steps; the clock is the town's."""

    now: Callable[[], datetime]
    pin_of: Callable[[str], str]
    """The PIN of a persona, to tell her own from a wrong one."""
    began_at: datetime = field(init=False)
    home: FlowState = field(init=False)
    """How the machine stood when the recording began."""
    card: str = ""
    """Whose card was in the hand then."""
    state: FlowState = field(init=False)
    """How the machine stands now."""
    hand: str = ""
    """Whose card was moved last."""
    _steps: list[Step] = field(default_factory=list)
    _open: _Open | None = None
    _last_act_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Begin with a machine that nobody has used."""
        self.begin(fresh(self.now()), "")

    def begin(self, state: FlowState, card: str) -> None:
        """Forget everything and begin again from here."""
        self.began_at = self._last_act_at = self.now()
        self.home = self.state = state
        self.card = self.hand = card
        self._steps, self._open = [], None
        if state.card_present:
            self._act(put=card)

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self._steps) + (self._open is not None)

    @property
    def is_settled(self) -> bool:
        """Say whether the last act is long enough ago for everything to have followed from it."""
        return self.now() - max(self._last_act_at, self._changed_at) >= _A_MOMENT

    def steps(self) -> tuple[Step, ...]:
        """Return the steps so far, each with what was seen after it."""
        last = () if self._open is None else (self._closed(self._open),)
        return (*self._steps, *last)

    def opened(self, state: FlowState, card: str) -> None:
        """Begin with the machine as it stands ready."""
        self.begin(state, card)

    def touched(self, device: str, card: str) -> None:
        """Record a device; moving the card says whose it is."""
        if device in _NOT_A_FLOW:
            return
        if device != "card":
            self._act(device=device)
        elif self.state.card_present:
            self._act(lift=True)
        else:
            self.hand = card
            self._act(put=card)

    def happened(self, before: FlowState, event: e.Event, after: FlowState) -> None:
        """Record a button that did something, and time that ended a screen."""
        match event:
            case e.Pressed(button) if before != after and not _is_pin_editing(before, button):
                if before.screen is Screen.PIN and button == "confirm":
                    self._type_pin(before.pin)
                self._act(press=button)
            case e.Tick() if before.screen is not after.screen:
                self._wait(before)
        self._notice(after)

    def turned(self, dial: str, setting: str, argument: str = "") -> None:
        """Record that a dial was turned."""
        turn = {"dial": dial, "setting": setting} | ({"argument": argument} if argument else {})
        self._act(turn=turn)

    def advanced(self, seconds: float) -> None:
        """Record that the clock was put forward; hear it before the machine notices."""
        self._act(advance_s=seconds)

    def clock_set(self, moment: datetime) -> None:
        """Record that the clock was set."""
        self._act(set_clock=moment)

    def clock_moved(self) -> None:
        """Take no notice of the time that a tester skipped by hand."""
        self._last_act_at = self.now()
        if self._open is not None:
            self._open.began_at = self._open.changed_at = self._last_act_at

    def _wait(self, before: FlowState) -> None:
        """Record the time that ended a screen, unless a tester's hand on the clock did."""
        passed = self.now() - max(before.entered_at, self._last_act_at)
        if passed >= _A_MOMENT:
            self._act(advance_s=float(math.ceil(passed.total_seconds())), paused=True)

    def _type_pin(self, digits: str) -> None:
        own = self.pin_of(self.hand)
        if digits == own:
            self._act(pin_of=self.hand)
        else:
            wrong = next(pin for pin in _WRONG_PINS if pin != own)
            self._act(pin=wrong, note="wrong on purpose")

    def _act(self, *, paused: bool = False, **values: Any) -> None:
        now = self.now()
        pause = now - max(self._last_act_at, self._changed_at)
        if not paused and pause >= LONG_PAUSE:
            self._append({"advance_s": float(int(pause.total_seconds()))}, now)
        self._append(values, now)
        self._last_act_at = now

    @property
    def _changed_at(self) -> datetime:
        return self._last_act_at if self._open is None else self._open.changed_at

    def _append(self, values: dict[str, Any], now: datetime) -> None:
        if self._open is not None:
            self._steps.append(self._closed(self._open))
        self._open = _Open(values, now, now)

    def _notice(self, after: FlowState) -> None:
        moved = after.screen is not self.state.screen or after.error != self.state.error
        self.state = after
        if moved and self._open is not None:
            self._open.moved = True
            self._open.changed_at = self.now()

    def _closed(self, step: _Open) -> Step:
        values = dict(step.values)
        if step.moved:
            values |= _seen(self.state)
        took = step.changed_at - step.began_at
        if took > _PATIENCE_FROM:
            values["within_s"] = min(_LONGEST_S, math.ceil(took.total_seconds() * 2))
        return Step.model_validate(values)


def _seen(state: FlowState) -> dict[str, Any]:
    """Return what is expected of a screen: a passing one need only have been there."""
    if state.screen in WORKING:
        return {"via": (state.screen,)}
    view: ErrorView | None = state.error if state.screen is Screen.ERROR else None
    if view is None:
        return {"see": state.screen}
    return {"see": state.screen, "error": view.code, "money": view.money}


def _is_pin_editing(before: FlowState, button: str) -> bool:
    return before.screen is Screen.PIN and button == "erase"
