"""The frame round a machine that is being tested: nobody takes it for a real one."""

from itertools import cycle, islice

from rich.text import Text
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.screens.buttons import Chip
from kiosk.screens.top_bar import TopBar
from kiosk.tester.words import word

PANEL_BUTTON = "tester-panel"
_BAND = "▞▞▞▞ 試験 TEST "
_POST = ("試", "験", "▞▞", "T ", "E ", "S ", "T ", "▞▞")


class Band(Widget):
    """The upper or lower edge, as long as it is."""

    def render(self) -> Text:
        """Repeat the words."""
        width = self.size.width
        text = Text(_BAND * (width // 8 + 1), no_wrap=True)
        text.truncate(width)
        return text


class Post(Widget):
    """The left or right edge, from top to bottom."""

    def render(self) -> Text:
        """Repeat the words downwards."""
        return Text("\n".join(islice(cycle(_POST), max(1, self.size.height))), no_wrap=True)


def frame() -> ComposeResult:
    """Draw the four edges; the style sheet shows them where there is room."""
    yield Band(id="tester-top", classes="tester-edge")
    yield Band(id="tester-bottom", classes="tester-edge")
    yield Post(id="tester-left", classes="tester-edge")
    yield Post(id="tester-right", classes="tester-edge")


class BenchTopBar(TopBar):
    """The strip over the glass, with the way to the panel."""

    def marks(self, locale: Locale) -> ComposeResult:
        """Draw the words of the frame and the button of the panel."""
        yield Static(Text(f" {word(locale, 'mark')} "), id="demo", markup=False)
        yield Chip(PANEL_BUTTON, word(locale, "hint"))
