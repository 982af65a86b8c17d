"""Screens as pictures (SVG) and as text, as they were drawn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from textual.pilot import Pilot

from kiosk.app import KioskApp
from kiosk.flow.model import FlowState

_RUN = re.compile(r'<text class="[^"]*-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


@dataclass(frozen=True, slots=True)
class ScreenPicture:
    """One screen as it was drawn."""

    name: str
    svg: str

    @property
    def text(self) -> str:
        """What stands on it, line by line."""
        lines: dict[float, list[tuple[float, str]]] = {}
        for x, y, content in _RUN.findall(self.svg):
            lines.setdefault(float(y), []).append((float(x), unescape(content)))
        rows = ("".join(text for _, text in sorted(lines[y])) for y in sorted(lines))
        return "\n".join(row.replace("\xa0", " ").rstrip() for row in rows) + "\n"


def present_screen(app: KioskApp) -> ScreenPicture:
    """Return what is on the screen now."""
    name = app.state.screen.value
    if app.state.error is not None and name == "ERROR":
        name = f"ERROR-{app.state.error.code.value}"
    return ScreenPicture(name, app.export_screenshot())


async def draw_again(
    app: KioskApp, pilot: Pilot[Any], states: Sequence[FlowState]
) -> tuple[ScreenPicture, ...]:
    """Return pictures of screens that are gone; the machine is of no other use afterwards."""
    pictures = []
    for state in states:
        app.show(state)
        await pilot.pause(0)
        pictures.append(present_screen(app))
    return tuple(pictures)
