"""The tester's frame and panel on the screen: by keyboard, by mouse, at every size."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from gateway.wire.bodies import Locale
from kiosk.flow.model import Screen
from kiosk.screens.buttons import Chip
from kiosk.tester.app import BenchApp
from kiosk.tester.panel import BenchPanel
from tests.kiosk.scenario.fakes import FakeWorld
from tests.kiosk.screens.states import screens
from tests.kiosk.screens.test_no_clipping import faults_of

SIZES = [(80, 24), (84, 26), (100, 30), (120, 40), (132, 43)]
Act = Callable[[BenchApp, Pilot[Any]], Awaitable[None]]


def at_the_machine(
    folder: Path, act: Act, *, size: tuple[int, int] = (80, 24), locale: Locale = Locale.JAPANESE
) -> BenchApp:
    """Do something at a tester's machine."""
    app = BenchApp(FakeWorld(folder), locale=locale, save_to=folder / "recorded.toml")

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await act(app, pilot)

    asyncio.run(run())
    return app


def shown(app: BenchApp) -> str:
    """Return everything that can be read on the topmost screen."""
    words = [str(one.render()) for one in app.screen.query(Static)]
    return "\n".join([*words, *(str(one.render()) for one in app.screen.query(Chip))])


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_mark_is_on_the_screen_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async def act(app: BenchApp, _pilot: Pilot[Any]) -> None:
        assert "試験" in str(app.query_one("#demo", Static).render())

    at_the_machine(tmp_path, act, size=size)


@pytest.mark.parametrize(
    ("size", "locale", "large"),
    [
        ((80, 24), Locale.JAPANESE, False),
        ((80, 24), Locale.ENGLISH, True),
        ((120, 40), Locale.JAPANESE, False),
    ],
)
def test_the_frame_hides_nothing_of_the_machine(
    tmp_path: Path, size: tuple[int, int], locale: Locale, large: bool
) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        faults = {}
        for name, state in screens().items():
            app.show(replace(state, locale=locale, large=large))
            await pilot.pause()
            await pilot.pause()
            found = faults_of(app, large=large)
            if found:
                faults[name] = found
        assert faults == {}

    at_the_machine(tmp_path, act, size=size)


@pytest.mark.parametrize(
    ("size", "whole"), [((80, 24), False), ((84, 26), True), ((120, 40), False), ((132, 43), True)]
)
def test_a_whole_frame_is_drawn_where_it_takes_nothing_from_the_machine(
    tmp_path: Path, size: tuple[int, int], whole: bool
) -> None:
    async def act(app: BenchApp, _pilot: Pilot[Any]) -> None:
        assert all(edge.display is whole for edge in app.query(".tester-edge"))
        room = app.query_one("#machine").region
        least = (120, 36) if size[0] >= 110 else (80, 23)
        assert room.width >= least[0]
        assert room.height >= least[1]

    at_the_machine(tmp_path, act, size=size)


@pytest.mark.parametrize("key", ["f12", "ctrl+t"])
def test_the_panel_opens_and_closes_by_the_same_key(tmp_path: Path, key: str) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        await pilot.press(key)
        assert isinstance(app.screen, BenchPanel)
        await pilot.press(key)
        assert not isinstance(app.screen, BenchPanel)

    at_the_machine(tmp_path, act)


def test_the_panel_opens_and_closes_by_mouse(tmp_path: Path) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        (mark,) = [chip for chip in app.query(Chip) if chip.name == "tester-panel"]
        await pilot.click(mark)
        assert isinstance(app.screen, BenchPanel)
        (close,) = [chip for chip in app.screen.query(Chip) if chip.name == "close-panel"]
        await pilot.click(close)
        assert not isinstance(app.screen, BenchPanel)

    at_the_machine(tmp_path, act)


def test_a_card_is_chosen_and_laid_down_from_the_panel(tmp_path: Path) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        await pilot.press("f12", "down", "enter")
        await pilot.pause()
        assert app.card_in_hand == "revoked"
        (move,) = [chip for chip in app.screen.query(Chip) if chip.name == "move-card"]
        await pilot.click(move)
        await pilot.pause()
        assert app.state.card_present

    at_the_machine(tmp_path, act)


def test_a_dial_is_turned_by_keyboard_and_turned_back(tmp_path: Path) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        for key in ("f12", "2", "enter", "down", "enter"):
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause()
        assert app.controls.world.turned() == {"line": "revoked"}
        (reset,) = [chip for chip in app.screen.query(Chip) if chip.name == "reset-dials"]
        await pilot.click(reset)
        await pilot.pause()
        assert app.controls.world.turned() == {"line": "normal"}

    app = at_the_machine(tmp_path, act)
    turns = [one.turn.setting for one in app.controls.recorder.steps() if one.turn]
    assert turns == ["revoked", "normal"]


def test_the_clock_goes_on_and_the_machine_notices(tmp_path: Path) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1", "f12", "3", "enter")
        await pilot.pause()
        assert app.state.screen is Screen.MAIN_MENU

    app = at_the_machine(tmp_path, act)
    assert [one.advance_s for one in app.controls.recorder.steps()] == [None, 60.0]


def test_the_traces_are_shown(tmp_path: Path) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        await pilot.press("f12", "4")
        await pilot.pause()
        assert "SIGN → 9000" in shown(app)
        assert "POST /sessions 201 3 ms" in shown(app)

    at_the_machine(tmp_path, act)


def test_a_recording_is_saved_where_it_was_said(tmp_path: Path) -> None:
    path = tmp_path / "mine" / "night walk.toml"

    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1", "f12", "5")
        app.screen.query_one(Input).value = str(path)
        (save,) = [chip for chip in app.screen.query(Chip) if chip.name == "save-scenario"]
        await pilot.click(save)
        await pilot.pause()

    at_the_machine(tmp_path, act)
    text = path.read_text(encoding="utf-8")
    assert 'id = "night-walk"' in text
    assert '{ press = "government", see = "S01" }' in text


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        await pilot.press("f12", "5")
        app.screen.query_one(Input).value = str(tmp_path / "file" / "x.toml")
        (save,) = [chip for chip in app.screen.query(Chip) if chip.name == "save-scenario"]
        await pilot.click(save)
        await pilot.pause()
        assert "保存できません" in shown(app)

    at_the_machine(tmp_path, act)


def test_a_recording_begins_again_only_at_the_menu(tmp_path: Path) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1", "f12", "5")
        (anew,) = [chip for chip in app.screen.query(Chip) if chip.name == "begin-anew"]
        await pilot.click(anew)
        assert app.recording.count == 1
        await pilot.press("f12", "escape", "f12", "5")
        (anew,) = [chip for chip in app.screen.query(Chip) if chip.name == "begin-anew"]
        await pilot.click(anew)
        assert app.recording.count == 0

    at_the_machine(tmp_path, act)


def test_the_machine_hears_no_keys_while_the_panel_is_open(tmp_path: Path) -> None:
    async def act(app: BenchApp, pilot: Pilot[Any]) -> None:
        await pilot.press("f12", "1", "f7")
        assert app.state.screen is Screen.MAIN_MENU

    at_the_machine(tmp_path, act)
