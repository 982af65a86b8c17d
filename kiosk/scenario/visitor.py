"""Somebody in front of the machine: does what a step says, on the real screens.

Buttons are touched where they are drawn: one that is not there, or off, cannot be touched.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from textual.pilot import Pilot

from kiosk.app import KioskApp
from kiosk.flow.model import FlowState, Screen
from kiosk.parts import CardTray, KioskParts
from kiosk.scenario.errors import MachineClosedError, StepUnusableError
from kiosk.scenario.model import Step
from kiosk.scenario.reach import GENERAL_BUTTONS
from kiosk.scenario.sight import texts
from kiosk.screens.buttons import BigButton, Chip, PadButton
from kiosk.screens.views import view_of
from kiosk.tester.errors import UnknownSettingError
from kiosk.tester.ports import World

_BESIDE = (*GENERAL_BUTTONS, "erase")
"""Buttons that are not on the glass itself."""
_QUIET_S = 2.0
POLL_S = 0.004
"""Between two looks at the machine; short, for most steps are over at the second look."""


class Visitor:
    """A tester with hands: buttons, devices, cards, dials, the clock."""

    def __init__(self, app: KioskApp, pilot: Pilot[Any], world: World, *, card: str) -> None:
        self._app = app
        self._pilot = pilot
        self._world = world
        self._card = card
        """Whose card is on the reader or in the hand."""

    @property
    def _parts(self) -> KioskParts:
        return self._world.parts

    @property
    def _state(self) -> FlowState:
        return self._app.state

    async def settle(self) -> None:
        """Let the machine draw and answer. Raises: MachineClosedError."""
        if not self._app.is_running:
            raise MachineClosedError("the machine has stopped")
        await asyncio.sleep(POLL_S)

    async def do(self, step: Step) -> None:
        """Do what the step says. Raises: StepUnusableError; TimeoutError is the caller's."""
        act = step.act
        if act is None:
            return
        try:
            await self._acts[act](getattr(step, act))
        except UnknownSettingError as error:
            raise StepUnusableError(str(error)) from error
        except KeyError as error:
            raise StepUnusableError(f"nobody knows {error}") from error

    @property
    def _acts(self) -> dict[str, Callable[[Any], Awaitable[None]]]:
        return {
            "press": self._touch,
            "device": lambda name: self._touch(f"device-{name}"),
            "keys": self._keys,
            "pin_of": self._pin_of,
            "pin": self._wrong_pin,
            "put": self._put,
            "lift": self._lift,
            "hold": self._hold,
            "turn": self._turn,
            "advance_s": self._advance,
            "set_clock": self._set_clock,
        }

    async def _touch(self, name: str) -> None:
        while (widget := self._live(name)) is None:
            await self.settle()
        if len(self._app.screen_stack) > 1:
            widget.action_press()
        else:
            # By name: a drawn button may be replaced by its like before its message arrives.
            self._app.action_tap(name)

    def _live(self, name: str) -> BigButton | PadButton | Chip | None:
        if len(self._app.screen_stack) == 1 and not self._stands(name):
            return None
        for widget in self._pressable():
            if widget.name == name and not widget.disabled and widget.is_attached:
                return widget
        return None

    def _stands(self, name: str) -> bool:
        """Say whether the present screen has the button: what is drawn may still be the last."""
        view = view_of(self._state)
        ids = [one.id for one in (*view.choices, *view.left, *view.right) if one.enabled]
        return name in (*ids, *_BESIDE) or name.startswith(("device-", "digit-"))

    def _pressable(self) -> Iterator[BigButton | PadButton | Chip]:
        for widget in self._app.screen.walk_children():
            if isinstance(widget, BigButton | PadButton | Chip):
                yield widget

    def why_not(self, step: Step) -> str:
        """Say why an act was not possible in time."""
        shown = self._state.screen.value
        if step.press is None and step.device is None:
            return f"{step.act} was not possible on {shown} in {step.within_s:g} s"
        name = step.press if step.press is not None else f"device-{step.device}"
        names = sorted({str(widget.name) for widget in self._pressable()})
        if name in names:
            return f"the button {name} is off on {shown}"
        return f"there is no button {name} on {shown}; there are: {', '.join(names)}"

    async def _keys(self, keys: str | tuple[str, ...]) -> None:
        pressed = texts(keys)
        if self._state.screen is Screen.PIN and any(key.isdecimal() for key in pressed):
            raise StepUnusableError("type a PIN with pin_of = PERSONA, not with keys")
        for key in pressed:
            with suppress(TimeoutError):
                # The key is down at once; the rest of the time the library waits for quiet.
                async with asyncio.timeout(_QUIET_S):
                    await self._pilot.press(key)

    async def _pin_of(self, persona: str) -> None:
        await self._type(self._world.pin_of(persona))

    async def _wrong_pin(self, digits: str) -> None:
        if digits == self._world.pin_of(self._card):
            raise StepUnusableError(
                "these digits are the card's PIN; write pin_of = PERSONA instead"
            )
        await self._type(digits)

    async def _type(self, digits: str) -> None:
        while self._state.screen is not Screen.PIN:
            await self.settle()
        await self._touch(f"digit-{digits[0]}")
        for digit in digits[1:]:
            # Faster than the pad is drawn anew, as somebody who knows her PIN by heart.
            self._app.action_tap(f"digit-{digit}")

    @property
    def _tray(self) -> CardTray:
        tray = self._parts.tray
        if tray is None:
            raise StepUnusableError("this machine has no hand that holds cards")
        return tray

    def _known(self, persona: str) -> str:
        names = [card.id for card in self._tray.cards()]
        if persona not in names:
            raise StepUnusableError(f"there is no card of {persona}; there are: {', '.join(names)}")
        return persona

    async def _put(self, persona: str) -> None:
        self._card = self._known(persona)
        await self._tray.put(persona)
        self._app.tick()

    async def _lift(self, _yes: bool) -> None:
        self._tray.lift()
        self._app.tick()

    async def _hold(self, persona: str) -> None:
        self._card = self._known(persona)
        self._app.hold_card(persona)
        await asyncio.sleep(0)

    async def _turn(self, turn: Any) -> None:
        self._world.turn(turn.dial, turn.setting, turn.argument)
        self._app.tick()

    async def _advance(self, seconds: float) -> None:
        self._world.advance(seconds)
        self._app.tick()

    async def _set_clock(self, moment: Any) -> None:
        self._world.set_clock(moment)
        self._app.tick()
