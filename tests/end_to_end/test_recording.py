"""What was done by hand is recorded, and the recording passes when it runs by itself."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode
from kiosk.flow.model import Screen
from kiosk.scenario.outcome import Outcome
from kiosk.scenario.reading import read_scenario_file
from kiosk.scenario.running import Stage, run_scenario
from kiosk.tester.app import BenchApp
from kiosk.tester.controls import CLOSES
from launcher.world import open_world

_PATIENCE = 200
"""Twentieths of a second that a screen may take to appear."""


class Hand:
    """Somebody at a tester's machine; keys, buttons and the panel."""

    def __init__(self, app: BenchApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self._pilot.press(key)
            await self._pilot.pause()

    async def until(self, screen: Screen) -> None:
        """Wait for a screen."""
        for _ in range(_PATIENCE):
            if self.app.state.screen is screen and not self.app.state.examining:
                return
            await self._pilot.pause(0.05)
        pytest.fail(f"still at {self.app.state.screen}, {self.app.state.error}")

    async def until_books_have(self, *, fees: int) -> None:
        """Wait until so many fees were posted."""
        for _ in range(_PATIENCE):
            if self.app.controls.world.books().fees == fees:
                return
            await self._pilot.pause(0.05)
        pytest.fail(f"still {self.app.controls.world.books()}")

    async def to_pin(self) -> None:
        """Go from the menu to the number pad."""
        await self.press("1", "1")
        await self.until(Screen.CONSENT)
        await self.press("1", "f5")
        await self.until(Screen.MUNICIPALITY)
        await self.press("1")

    async def to_payment(self) -> None:
        """Go from the number pad to the coin slot."""
        await self.press("1", "2", "3", "4", "enter")
        await self.until(Screen.TAKE_CARD)
        await self.press("f5", "1", "1")
        self.app.action_tap("next")
        await self.until(Screen.CONFIRM)
        for _ in range(_PATIENCE):
            if self.app.state.total:
                break
            await self._pilot.pause(0.05)
        self.app.action_tap("confirm")
        await self.until(Screen.PAY)


def record(folder: Path, walk: Any, *, locale: Locale, size: tuple[int, int]) -> Path:
    """Take a walk at a tester's machine; return the file that was recorded."""
    world = open_world(folder / "town")
    path = folder / "by-hand.toml"
    app = BenchApp(world, locale=locale, save_to=path)

    async def visit() -> None:
        async with app.run_test(size=size) as pilot:
            await walk(Hand(app, pilot))

    try:
        asyncio.run(visit())
        world.advance(2)  # The recording is saved when everything has followed from the last act.
        app.recording.save(path, wide=size == (120, 40))
    finally:
        world.close()
    return path


def run_again(path: Path) -> Outcome:
    """Run a recorded file in a new world."""
    (scenario,) = read_scenario_file(path)
    return run_scenario(scenario, Stage(open_world, path.parent / "evidence"))


def test_a_recorded_sheet_with_a_wrong_pin_and_a_jam_comes_out_again(tmp_path: Path) -> None:
    async def walk(tester: Hand) -> None:
        await tester.to_pin()
        await tester.press("8", "6", "4", "2", "enter")
        await tester.until(Screen.ERROR)
        await tester.press("1")
        await tester.to_payment()
        tester.app.controls.turn("printer", "jam")
        await tester.press("f7")
        await tester.until(Screen.ERROR)
        assert tester.app.state.error is not None
        assert tester.app.state.error.code is ErrorCode.PAPER_JAM
        tester.app.controls.turn("printer", "normal")
        tester.app.action_tap("resume")
        await tester.until(Screen.TAKE_SHEETS)
        tester.app.action_tap("taken")
        await tester.until(Screen.RECEIPT)
        await tester.until_books_have(fees=1)

    path = record(tmp_path, walk, locale=Locale.JAPANESE, size=(80, 24))
    text = path.read_text(encoding="utf-8")
    assert 'pin_of = "resident"' in text
    assert "1234" not in text
    assert "8642" not in text
    assert "fees = 1" in text
    outcome = run_again(path)
    assert outcome.failure is None
    assert ErrorCode.PAPER_JAM.value in str(outcome.reach)


def test_a_recorded_closing_time_is_closed_again(tmp_path: Path) -> None:
    async def walk(tester: Hand) -> None:
        tester.app.controls.turn("service", "real_hours")
        tester.app.controls.go_to(CLOSES)
        await tester.press("f3", "1", "1")
        await tester.until(Screen.ERROR)
        assert tester.app.state.error is not None
        assert tester.app.state.error.code is ErrorCode.OUTSIDE_HOURS

    path = record(tmp_path, walk, locale=Locale.ENGLISH, size=(120, 40))
    assert 'locale = "en"' in path.read_text(encoding="utf-8")
    assert run_again(path).failure is None


def test_a_recording_that_expects_something_else_fails(tmp_path: Path) -> None:
    async def walk(tester: Hand) -> None:
        await tester.press("1", "1")
        await tester.until(Screen.CONSENT)

    path = record(tmp_path, walk, locale=Locale.JAPANESE, size=(80, 24))
    text = path.read_text(encoding="utf-8").replace('see = "S03"', 'see = "S04", within_s = 0.5')
    path.write_text(text, encoding="utf-8")
    outcome = run_again(path)
    assert outcome.failure is not None
    assert "S04" in outcome.failure.what
