"""Screens as pictures (SVG) and as text, as they were drawn."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import Any

from rich.cells import cell_len, set_cell_size
from textual.pilot import Pilot

from kiosk.app import KioskApp
from kiosk.flow.model import FlowState

_RUN = re.compile(r'<text class="[^"]*-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')
_LENGTH = re.compile(r'(<text class="[^"]*-r\d+"[^>]*?)textLength="[\d.]+"([^>]*)>([^<]*)</text>')
_MOMENT_S = 1.0
_COLUMN_UNITS = 12.2
"""Width of a column in the picture, as the library draws it."""


@dataclass(frozen=True, slots=True)
class ScreenPicture:
    """One screen as it was drawn."""

    name: str
    svg: str

    @property
    def text(self) -> str:
        """What stands on it, line by line."""
        rows: dict[float, str] = {}
        for x, y, content in sorted(_RUN.findall(self.svg), key=_by_place):
            row = rows.get(float(y), "")
            text = unescape(content).replace("\xa0", " ")
            rows[float(y)] = set_cell_size(row, round(float(x) / _COLUMN_UNITS)) + text
        return "\n".join(rows[y].rstrip() for y in sorted(rows)) + "\n"


def _by_place(run: tuple[str, str, str]) -> tuple[float, float]:
    x, y, _ = run
    return float(y), float(x)


def present_screen(app: KioskApp) -> ScreenPicture:
    """Return what is on the screen now."""
    name = app.state.screen.value
    if app.state.error is not None and name == "ERROR":
        name = f"ERROR-{app.state.error.code.value}"
    return ScreenPicture(name, with_wide_characters(app.export_screenshot()))


def with_wide_characters(svg: str) -> str:
    """Give every run of text the room of its columns: the library counts characters."""
    return _LENGTH.sub(_with_its_length, svg)


def _with_its_length(match: re.Match[str]) -> str:
    before, after, content = match.groups()
    columns = cell_len(unescape(content))
    return f'{before}textLength="{columns * _COLUMN_UNITS:g}"{after}>{content}</text>'


async def let_draw(pilot: Pilot[Any]) -> None:
    """Let everything be drawn, but wait no longer than a moment.

    The library waits for half a minute for a widget that was replaced while it waited.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(_MOMENT_S):
            await pilot.pause(0)


async def draw_again(
    app: KioskApp, pilot: Pilot[Any], states: Sequence[FlowState]
) -> tuple[ScreenPicture, ...]:
    """Return pictures of screens that are gone; the machine is of no other use afterwards."""
    pictures = []
    for state in states:
        app.show(state)
        await let_draw(pilot)
        pictures.append(present_screen(app))
    return tuple(pictures)
