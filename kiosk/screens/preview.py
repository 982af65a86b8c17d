"""A printed certificate in the terminal: its words, and a picture where there is room."""

from pathlib import Path
from typing import ClassVar

import pypdfium2
from PIL import Image
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.screens.buttons import BigButton, Tapped
from kiosk.screens.view import Button
from kiosk.texts import say

_PICTURE_COLUMNS = 54
_UPPER_HALF = "▀"


class PreviewScreen(ModalScreen[None]):
    """The sheet, until it is closed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "dismiss_preview", show=False)]

    def __init__(self, pdf: bytes, path: Path, locale: Locale) -> None:
        super().__init__()
        self._pdf = pdf
        self._path = path
        self._locale = locale

    def compose(self) -> ComposeResult:
        """Draw words and picture."""
        with Vertical(id="preview"):
            yield Static(Text(say(self._locale, "preview.title"), style="bold"), id="preview-title")
            with Horizontal(id="preview-body"):
                yield Static(draw_page(self._pdf, _PICTURE_COLUMNS), id="preview-picture")
                with VerticalScroll(id="preview-words"):
                    yield Static(Text(page_words(self._pdf)), markup=False)
            yield Static(Text(say(self._locale, "preview.file", path=self._path)), markup=False)
            yield BigButton(
                Button("close-preview", say(self._locale, "preview.close"), 1, primary=True)
            )

    def on_mount(self) -> None:
        """Let Enter close it."""
        self.query_one(BigButton).focus()

    def on_tapped(self, message: Tapped) -> None:
        """Close by the button."""
        message.stop()
        self.dismiss()

    def key_1(self) -> None:
        """Close by its number."""
        self.dismiss()

    def action_dismiss_preview(self) -> None:
        """Close by Escape or Enter."""
        self.dismiss()


def page_words(pdf: bytes) -> str:
    """Return the words on all pages, as the paper has them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    lines = [line.strip() for text in pages for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def draw_page(pdf: bytes, columns: int) -> Text:
    """Return the first page as half blocks, ``columns`` cells wide."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        scale = columns * 3 / page.get_width()
        large = page.render(scale=scale, grayscale=True).to_pil()
    finally:
        document.close()
    height = round(columns * large.height / large.width / 2) * 2
    image = large.resize((columns, height), Image.Resampling.LANCZOS)
    text = Text(no_wrap=True)
    for y in range(0, height, 2):
        for x in range(columns):
            upper, lower = image.getpixel((x, y)), image.getpixel((x, y + 1))
            text.append(_UPPER_HALF, Style(color=_grey(upper), bgcolor=_grey(lower)))
        text.append("\n")
    return text


def _grey(value: object) -> str:
    level = value if isinstance(value, int) else 255
    return f"rgb({level},{level},{level})"
