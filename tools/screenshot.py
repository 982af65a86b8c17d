"""Pictures of every screen of the kiosk, as SVG and PNG: ``python -m tools.screenshot OUT``.

Textual's SVG gives a run of text the length of its character count, which squeezes Japanese, and
asks for a font from the network. Both are mended here. The PNG needs Chromium.
"""

import asyncio
import re
import subprocess
import tempfile
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len

from gateway.wire.bodies import Locale
from kiosk.app import KioskApp
from kiosk.flow.model import FlowState
from tests.kiosk.screens.fakes import make_parts
from tests.kiosk.screens.states import errors, screens

_TEXT = re.compile(
    r'(<text xml:space="preserve" class="[^"]*-r\d+" [^>]*?)'
    r'textLength="([\d.]+)"([^>]*)>([^<]*)</text>'
)
_COLUMN_PX = 12.2
"""What Textual takes for one column."""
_FONT_SIZE = "20.3px"
"""At this size the Latin font fills one column, and boxes have hardly any gaps."""
_FONTS = "DejaVu Sans Mono, Noto Sans Mono CJK JP"


def mend_widths(svg: str) -> str:
    """Return the picture with every run as wide as its cells, and no font from the network."""

    def widen(found: re.Match[str]) -> str:
        before, _, after, content = found.groups()
        width = cell_len(unescape(content)) * _COLUMN_PX
        fit = f'textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"'
        return f"{before}{fit}{after}>{content}</text>"

    plain = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    plain = plain.replace("Fira Code", _FONTS).replace("20px", _FONT_SIZE)
    plain = plain.replace("&#160;", " ").replace("<text ", '<text xml:space="preserve" ')
    return _TEXT.sub(widen, plain)


def to_png(svg: Path) -> Path:
    """Draw an SVG with Chromium; return the picture's path."""
    picture = svg.with_suffix(".png")
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.read_text(encoding="utf-8"))
    width, height = (round(float(x)) for x in size.groups()) if size else (1000, 700)
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--hide-scrollbars",
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                svg.resolve().as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    return picture


async def _draw(
    states: dict[str, FlowState], folder: Path, size: tuple[int, int], suffix: str
) -> list[Path]:
    drawn: list[Path] = []
    with tempfile.TemporaryDirectory() as scratch:
        parts = make_parts(Path(scratch))
        app = KioskApp(parts)
        async with app.run_test(size=size) as pilot:
            for name, state in states.items():
                parts.hand.lift()
                if state.card_present:
                    await parts.hand.put("resident")
                app.show(state)
                await pilot.pause()
                await pilot.pause()
                path = folder / f"{name}-{size[0]}x{size[1]}{suffix}.svg"
                path.write_text(mend_widths(app.export_screenshot()), encoding="utf-8")
                drawn.append(path)
    return drawn


def main(
    out: Annotated[Path, typer.Argument(help="Folder for the pictures.")],
    only: Annotated[str, typer.Option(help="Screens, by comma; all when empty.")] = "",
    lang: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    size: Annotated[str, typer.Option(help="Columns and rows.")] = "120x40",
    large: Annotated[bool, typer.Option("--large", help="Large text.")] = False,
    contrast: Annotated[bool, typer.Option("--contrast", help="High contrast.")] = False,
    png: Annotated[bool, typer.Option(help="Draw PNG files as well.")] = True,
) -> None:
    """Draw the kiosk's screens."""
    wanted = set(only.split(",")) if only else set()
    states = {
        name: replace(state, locale=Locale(lang), large=large, contrast=contrast)
        for name, state in (screens() | errors()).items()
        if not wanted or name in wanted
    }
    columns, rows = (int(part) for part in size.split("x"))
    suffix = f"-{lang}" + ("-large" if large else "") + ("-contrast" if contrast else "")
    out.mkdir(parents=True, exist_ok=True)
    for path in asyncio.run(_draw(states, out, (columns, rows), suffix)):
        typer.echo(to_png(path) if png else path)


if __name__ == "__main__":
    typer.run(main)
