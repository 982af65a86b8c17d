"""The board of dials: what there is, how it stands, and one way to turn it.

The words are data (``dials.toml``); what a position does is a knob of this package.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Protocol

from kiosk.tester.errors import UnknownSettingError
from kiosk.tester.ports import Dial, Setting


class Knob(Protocol):
    """What happens when one dial is turned."""

    def turn(self, setting: str, argument: str) -> None:
        """Take a position that the board knows. Raises: UnknownSettingError for its argument."""


class Board:
    """All dials of one world; each begins in its first, normal position."""

    def __init__(self, knobs: Mapping[str, Knob]) -> None:
        self._knobs = knobs
        self._dials = {dial.id: dial for dial in known_dials()}
        self._turned = {dial.id: dial.settings[0].id for dial in self._dials.values()}

    def dials(self) -> Sequence[Dial]:
        """Everything that can be turned."""
        return tuple(self._dials.values())

    def turned(self) -> Mapping[str, str]:
        """The position of every dial by id, with its argument as ``setting:argument``."""
        return dict(self._turned)

    def turn(self, dial: str, setting: str, argument: str = "") -> None:
        """Turn a dial; without an argument, the position's usual one is taken.

        Raises: UnknownSettingError that names what there is.
        """
        found = self._setting(dial, setting)
        if argument and not found.argument:
            raise UnknownSettingError(
                f"{dial}: {setting} takes no argument; leave {argument!r} out"
            )
        argument = argument or _usual_arguments().get((dial, setting), "")
        self._knobs[dial].turn(setting, argument)
        self._turned[dial] = f"{setting}:{argument}" if argument else setting

    def _setting(self, dial: str, setting: str) -> Setting:
        known = self._dials.get(dial)
        if known is None:
            raise UnknownSettingError(f"there is no dial {dial!r}; there are {_names(self._dials)}")
        found = {one.id: one for one in known.settings}
        if setting not in found:
            raise UnknownSettingError(f"{dial} has no {setting!r}; it has {_names(found)}")
        return found[setting]


def known_dials() -> tuple[Dial, ...]:
    """Return every dial with its positions in words."""
    return tuple(
        Dial(
            dial["id"],
            dial["title_ja"],
            dial["title_en"],
            tuple(
                Setting(one["id"], one["title_ja"], one["title_en"], one.get("argument", ""))
                for one in dial["setting"]
            ),
        )
        for dial in _read()["dial"]
    )


@cache
def _read() -> dict[str, Any]:
    text = resources.files("launcher.dials").joinpath("dials.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _usual_arguments() -> dict[tuple[str, str], str]:
    return {
        (dial["id"], one["id"]): one["default"]
        for dial in _read()["dial"]
        for one in dial["setting"]
        if "default" in one
    }


def _names(known: Mapping[str, object]) -> str:
    return ", ".join(known)


def whole_number(argument: str, *, most: int) -> int:
    """Return an argument that counts, from 0. Raises: UnknownSettingError."""
    if not (argument.isascii() and argument.isdigit() and int(argument) <= most):
        raise UnknownSettingError(f"{argument!r} is no whole number from 0 to {most}")
    return int(argument)


def seconds(argument: str) -> float:
    """Return an argument in seconds, at most ten minutes. Raises: UnknownSettingError."""
    try:
        value = float(argument)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 600:
        raise UnknownSettingError(f"{argument!r} is no number of seconds from 0 to 600")
    return value


def one_of(argument: str, known: Sequence[str]) -> str:
    """Return an argument that is on the list. Raises: UnknownSettingError."""
    if argument not in known:
        raise UnknownSettingError(f"{argument!r} is not one of {', '.join(known)}")
    return argument
