"""Every screen stands whole on the glass: nothing is cut off, nothing has to be scrolled."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.app import KioskApp
from kiosk.flow.model import FlowState
from kiosk.screens.buttons import Chip
from kiosk.screens.views import view_of
from tests.kiosk.screens.person import SMALL, WIDE, Standing
from tests.kiosk.screens.states import errors, screens

_DECORATION = {"picture", "foot-gap", "top-gap"}
LEAST_BUTTON = (14, 3)
LEAST_LARGE_BUTTON = (14, 5)


def faults_of(app: KioskApp, *, large: bool) -> list[str]:
    """Return what is cut off, hidden or too small on the screen that is shown."""
    screen = app.screen
    faults = [f"{body.id} scrolls" for body in screen.query(VerticalScroll) if body.max_scroll_y]
    for widget in screen.query("#top *, #panel *, #devices *"):
        if not widget.display or not widget.is_on_screen or widget.id in _DECORATION:
            continue
        faults += [f"{_name(widget)} {fault}" for fault in _faults(widget, screen.region)]
    least = LEAST_LARGE_BUTTON if large else LEAST_BUTTON
    for button in screen.query("#choices BigButton"):
        if button.region.width < least[0] or button.region.height < least[1]:
            faults.append(f"{_name(button)} is small: {button.region}")
    return faults


def _faults(widget: Widget, glass: Region) -> list[str]:
    region, clip = widget.region, widget.screen.find_widget(widget).clip
    if region.area == 0:
        return ["has no room"]
    if not glass.contains_region(region) or not clip.contains_region(region):
        return [f"is cut off: {region} in {clip}"]
    return _text_faults(widget) if isinstance(widget, Static) else []


def _text_faults(widget: Static) -> list[str]:
    width, height = widget.content_size
    needed = widget.get_content_height(widget.app.size, widget.app.size, width)
    if needed > height:
        return [f"needs {needed} lines and has {height}"]
    one_line = isinstance(widget, Chip) or widget.has_class("state") or widget.id == "title"
    full = widget.get_content_width(widget.app.size, widget.app.size)
    return [f"needs {full} columns and has {width}"] if one_line and full > width else []


def _name(widget: Widget) -> str:
    return widget.id or widget.name or " ".join(sorted(widget.classes))


def check(
    folder: Path,
    states: dict[str, FlowState],
    *,
    size: tuple[int, int],
    locale: Locale,
    large: bool,
) -> None:
    """Show every state and fail with everything that does not fit."""

    async def look() -> dict[str, list[str]]:
        faults: dict[str, list[str]] = {}
        async with Standing(folder, size=size) as person:
            for name, state in states.items():
                await person.see(replace(state, locale=locale, large=large))
                found = faults_of(person.app, large=large)
                if found:
                    faults[name] = found
        return faults

    assert asyncio.run(look()) == {}


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("locale", list(Locale))
def test_every_screen_is_whole_on_the_smallest_terminal(
    tmp_path: Path, locale: Locale, large: bool
) -> None:
    check(tmp_path, screens(), size=SMALL, locale=locale, large=large)


@pytest.mark.parametrize(("locale", "large"), [(Locale.JAPANESE, True), (Locale.ENGLISH, False)])
def test_every_screen_is_whole_on_a_wide_terminal(
    tmp_path: Path, locale: Locale, large: bool
) -> None:
    check(tmp_path, screens(), size=WIDE, locale=locale, large=large)


@pytest.mark.parametrize("locale", list(Locale))
def test_the_longest_errors_are_whole_on_the_smallest_terminal(
    tmp_path: Path, locale: Locale
) -> None:
    """Large buttons leave the least room; the other errors are shorter and drawn alike."""
    states = errors()
    by_length = sorted(states, key=lambda name: -_length(replace(states[name], locale=locale)))
    longest = {name: states[name] for name in by_length[:4]}
    check(tmp_path, longest, size=SMALL, locale=locale, large=True)


def _length(state: FlowState) -> int:
    return cell_len(view_of(state).spoken)


def test_what_does_not_fit_would_be_found(tmp_path: Path) -> None:
    """The check itself can fail."""
    state = screens()["S13"]
    assert state.chosen is not None
    details = state.chosen.details.model_copy(update={"house_location": "見本市" * 200})
    endless = replace(state, chosen=replace(state.chosen, details=details))
    with pytest.raises(AssertionError, match="scrolls"):
        check(tmp_path, {"S13": endless}, size=SMALL, locale=Locale.JAPANESE, large=False)
