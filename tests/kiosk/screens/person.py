"""Somebody in front of the machine, with a keyboard or with a finger."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from types import TracebackType

from textual.pilot import Pilot
from textual.widget import Widget

from gateway.wire.bodies import Locale
from kiosk.app import KioskApp
from kiosk.flow import events as e
from kiosk.flow.model import FlowState, Screen
from tests.kiosk.screens.fakes import PIN, FakeParts, Script, choices, make_parts

SMALL = (80, 24)
WIDE = (120, 40)
_PAUSES = 200
"""Turns of the event loop after which something that should happen has not happened."""
_RUN = re.compile(r'<text class="[^"]*-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


_PRESSES = {
    Screen.MAIN_MENU: "government",
    Screen.SERVICES: "certificate",
    Screen.CONSENT: "agree",
    Screen.MUNICIPALITY: "municipality-990009",
    Screen.PIN: "confirm",
    Screen.CERTIFICATE: "victim_certificate",
    Screen.CASE: "case-0",
    Screen.COPIES: "next",
    Screen.CONFIRM: "confirm",
}


class Person:
    """Presses keys, clicks, and waits for screens."""

    def __init__(self, app: KioskApp, pilot: Pilot[None], parts: FakeParts) -> None:
        self.app = app
        self.pilot = pilot
        self.parts = parts

    @property
    def state(self) -> FlowState:
        return self.app.state

    @property
    def log(self) -> list[str]:
        """The steps that the session took."""
        return self.parts.script.log

    async def settle(self) -> None:
        """Let everything that is under way come to rest."""
        await self.pilot.pause()
        await self.pilot.pause()

    async def until(self, screen: Screen) -> None:
        """Wait for a screen."""
        for _ in range(_PAUSES):
            if self.state.screen is screen and not self.app.workers:
                await self.settle()
                return
            await self.pilot.pause()
        raise AssertionError(f"{screen} did not come, but {self.state.screen}: {self.state.error}")

    async def hurry_to(self, target: Screen) -> None:
        """Arrive at a screen as quickly as the machine can follow, without looking."""
        for _ in range(20 * _PAUSES):
            screen = self.state.screen
            if screen is target:
                break
            if screen is Screen.PLACE_CARD and not self.state.examining:
                await self.parts.hand.put("resident")
                self.app.post_event(e.CardPlaced())
            elif screen is Screen.TAKE_CARD:
                self.parts.hand.lift()
                self.app.post_event(e.CardLifted())
            elif screen is Screen.PIN:
                for digit in PIN:
                    self.app.post_event(e.Digit(digit))
            if screen in _PRESSES:
                self.app.post_event(e.Pressed(_PRESSES[screen]))
            await asyncio.sleep(0)
        await self.until(target)

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def click(self, name: str) -> None:
        """Touch a button by its name, where it is on the screen."""
        await self.pilot.click(self.find(name))
        await self.pilot.pause()

    def find(self, name: str) -> Widget:
        """Return the button of a name."""
        found = [w for w in self.app.screen.query("BigButton, PadButton, Chip") if w.name == name]
        assert found, f"no button {name} on {self.state.screen}"
        return found[-1]

    async def pass_time(self, seconds: float) -> None:
        """Turn the clock and let the machine notice it."""
        self.parts.fake_clock.advance(seconds)
        self.app.tick()
        await self.settle()

    async def see(self, state: FlowState) -> None:
        """Have the machine show a state."""
        self.parts.hand.lift()
        if state.card_present:
            await self.parts.hand.put("resident")
        self.app.show(state)
        await self.settle()

    def shown(self) -> str:
        """Return what stands on the screen, line by line."""
        lines: dict[float, str] = {}
        for _, y, content in _RUN.findall(self.app.export_screenshot()):
            text = unescape(content).replace("\xa0", " ")
            lines[float(y)] = lines.get(float(y), "") + text
        return "\n".join(lines[y] for y in sorted(lines))


class Standing:
    """A person and her machine, for the length of a test."""

    def __init__(
        self,
        folder: Path,
        *,
        size: tuple[int, int] = SMALL,
        locale: Locale = Locale.JAPANESE,
        large: bool = False,
        script: Script | None = None,
        first: Screen = Screen.MAIN_MENU,
    ) -> None:
        self._first = first
        self._parts = make_parts(folder, script=script or Script(choices()))
        self._app = KioskApp(self._parts, locale=locale, large=large)
        self._context = self._opened(size)

    @asynccontextmanager
    async def _opened(self, size: tuple[int, int]) -> AsyncIterator[Person]:
        async with self._app.run_test(size=size) as pilot:
            person = Person(self._app, pilot, self._parts)
            await person.until(self._first)
            yield person

    async def __aenter__(self) -> Person:
        return await self._context.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._context.__aexit__(kind, error, trace)
