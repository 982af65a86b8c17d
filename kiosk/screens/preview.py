"""A printed certificate in the terminal: its words, and a picture where there is room."""

from pathlib import Path
from typing import ClassVar

from PIL.Image import Image, Resampling
from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.errors import DocumentRefusedError
from kiosk.pdf_pages import opened_pdf, render_pages
from kiosk.screens.buttons import BigButton, Tapped
from kiosk.screens.view import Button
from kiosk.texts import say

_DPI = 72
_FRAME_ROWS = 10
_A4_RATIO = 2**0.5
_INK = 2
_UPPER_HALF = "▀"


class PreviewScreen(ModalScreen[None]):
    """The sheet, until it is closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,1,１", "dismiss_preview", show=False),
        Binding("down", "scroll(1)", show=False, priority=True),
        Binding("up", "scroll(-1)", show=False, priority=True),
    ]

    def __init__(self, path: Path, locale: Locale) -> None:
        super().__init__()
        self._path = path
        self._locale = locale

    def compose(self) -> ComposeResult:
        """Lay out words and picture."""
        close = Button("close-preview", say(self._locale, "preview.close"), 1, primary=True)
        with Vertical(id="preview"):
            yield Static(Text(say(self._locale, "preview.title")), id="preview-head")
            with Horizontal(id="preview-body"):
                yield Static(id="preview-picture", markup=False)
                with VerticalScroll(id="preview-words", can_focus=False):
                    yield Static(id="preview-text", markup=False)
            with Horizontal(id="preview-foot"):
                file = say(self._locale, "preview.file", path=self._path)
                yield Static(Text(file, overflow="fold"), id="preview-file", markup=False)
                yield BigButton(close)

    def on_mount(self) -> None:
        """Let Enter close it, and draw when there is time."""
        self.query_one(BigButton).focus()
        self._fill()

    @work(thread=True, exclusive=True)
    def _fill(self) -> None:
        """Read the sheet in a thread; a sheet that cannot be read stays blank."""
        try:
            pdf = self._path.read_bytes()
            words, pages = read_words(pdf), render_pages(pdf, dpi=_DPI)
        except (OSError, DocumentRefusedError):
            return
        rows = max(10, self.app.size.height - _FRAME_ROWS)
        picture = draw_page(pages[0], columns_for(rows))
        self.app.call_from_thread(self._show, Text("\n\n".join(words)), picture)

    def _show(self, words: Text, picture: Text) -> None:
        self.query_one("#preview-text", Static).update(words)
        self.query_one("#preview-picture", Static).update(picture)

    def action_scroll(self, direction: int) -> None:
        """Move the words up or down by keyboard."""
        self.query_one("#preview-words").scroll_relative(y=direction * 3, animate=False)

    def on_tapped(self, message: Tapped) -> None:
        """Close by the button."""
        message.stop()
        self.dismiss()

    def action_dismiss_preview(self) -> None:
        """Close by a key."""
        self.dismiss()


def read_words(pdf: bytes) -> tuple[str, ...]:
    """Return the words of every page, line by line as the paper has them.

    Raises: DocumentRefusedError for what is no PDF.
    """
    with opened_pdf(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return tuple(
        "\n".join(line.strip() for line in page.splitlines() if line.strip()) for page in pages
    )


def columns_for(rows: int) -> int:
    """Return how many columns an upright A4 page takes that is so many rows high."""
    return int(rows * 2 / _A4_RATIO)


def draw_page(page: Image, columns: int) -> Text:
    """Return a page as half blocks, ``columns`` cells wide."""
    height = round(columns * page.height / page.width / 2) * 2
    image = page.convert("L").resize((columns, height), Resampling.LANCZOS)
    pixels = image.point([_darken(level) for level in range(256)]).tobytes()
    text = Text(no_wrap=True)
    for y in range(0, height, 2):
        for x in range(columns):
            upper, lower = pixels[y * columns + x], pixels[(y + 1) * columns + x]
            text.append(_UPPER_HALF, Style(color=_grey(upper), bgcolor=_grey(lower)))
        text.append("\n")
    return text


def _darken(level: int) -> int:
    """Thin lines grow pale when a page is drawn small; give them their ink back."""
    return max(0, 255 - (255 - level) * _INK)


def _grey(level: int) -> str:
    return f"rgb({level},{level},{level})"
