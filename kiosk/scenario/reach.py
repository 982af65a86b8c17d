"""What a run reached: screens, moves between them, buttons, error codes; in which language."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from kiosk.flow import events as e
from kiosk.flow.model import FlowState, Screen
from kiosk.screens.views import view_of

EVERYWHERE = "*"
"""Stands for the screen of a button that every screen has."""
GENERAL_BUTTONS = ("language", "large", "contrast", "extend")
_COUNTED = ("case-", "municipality-")
"""Buttons of which there are as many as the town offers; one of them stands for all."""


@dataclass(slots=True)
class Reach:
    """Sets of short texts, so that they can be written down, joined and compared."""

    screens: set[str] = field(default_factory=set)
    """``S05 ja``."""
    moves: set[str] = field(default_factory=set)
    """``S05 → S06``."""
    buttons: set[str] = field(default_factory=set)
    """``S05 back``."""
    codes: set[str] = field(default_factory=set)
    """``E20 ja``."""

    def add(self, other: "Reach") -> None:
        """Take in what another run reached."""
        self.screens |= other.screens
        self.moves |= other.moves
        self.buttons |= other.buttons
        self.codes |= other.codes

    def note(self, before: FlowState, event: e.Event, after: FlowState) -> None:
        """Write down what an event has done."""
        if isinstance(event, e.Pressed | e.Digit):
            self.buttons |= set(_pressed(before, event, after))
        self.note_state(after)
        if before.screen is not after.screen:
            self.moves.add(move_name(before.screen, after.screen))

    def note_state(self, state: FlowState) -> None:
        """Write down where the machine is."""
        self.screens.add(f"{state.screen.value} {state.locale.value}")
        if state.screen is Screen.ERROR and state.error is not None:
            self.codes.add(f"{state.error.code.value} {state.locale.value}")

    def as_json(self) -> dict[str, list[str]]:
        """Return it for a file."""
        return {name: sorted(getattr(self, name)) for name in _names()}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Reach":
        """Read it from a file. Raises: KeyError, TypeError."""
        return cls(**{name: set(map(str, raw[name])) for name in _names()})


def _names() -> list[str]:
    return [one.name for one in fields(Reach)]


def move_name(before: Screen, after: Screen) -> str:
    """Return the name of a move from one screen to another."""
    return f"{before.value} → {after.value}"


def _pressed(before: FlowState, event: e.Pressed | e.Digit, after: FlowState) -> Iterable[str]:
    """Return the name of a button, if the screen has it and it is on."""
    if isinstance(event, e.Digit):
        return [f"{before.screen.value} digit"] if before.screen is Screen.PIN else []
    if event.button == "extend" and before.entered_at == after.entered_at:
        return []
    if event.button in GENERAL_BUTTONS:
        return [f"{EVERYWHERE} {event.button}"]
    return [name for name, button in _named_buttons(before) if button == event.button]


def live_buttons(state: FlowState) -> set[str]:
    """Return the names of all buttons that can be pressed on this screen."""
    return {name for name, _ in _named_buttons(state)}


def _named_buttons(state: FlowState) -> list[tuple[str, str]]:
    view = view_of(state)
    ids = [b.id for b in (*view.choices, *view.left, *view.right) if b.enabled]
    if view.pin_digits is not None:
        ids += ["erase", "digit"]
    return [(f"{state.screen.value} {_without_number(one)}", one) for one in ids]


def _without_number(button: str) -> str:
    return next((prefix + EVERYWHERE for prefix in _COUNTED if button.startswith(prefix)), button)
