"""The strip over the glass: the machine's name, and language, size and colours."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.screens.buttons import Chip
from kiosk.texts import say


class TopBar(Horizontal):
    """Always there, so that the language can be changed on every screen."""

    shown: reactive[tuple[Locale, bool, bool] | None] = reactive(None, recompose=True)
    """Language, large text, high contrast."""

    def __init__(self, *, demo: bool) -> None:
        super().__init__(id="top")
        self._demo = demo

    def compose(self) -> ComposeResult:
        """Draw name and chips."""
        if self.shown is None:
            return
        locale, large, contrast = self.shown
        name = Text(f"▞ {say(locale, 'machine.name')}", style="bold")
        yield Static(name, id="name", markup=False)
        yield from self.marks(locale)
        yield Static("", id="top-gap")
        yield Chip("language", say(locale, "machine.language"))
        yield Chip("large", say(locale, "machine.normal" if large else "machine.large"))
        yield Chip("contrast", say(locale, "machine.colours" if contrast else "machine.contrast"))

    def marks(self, locale: Locale) -> ComposeResult:
        """Draw what tells that this machine is not a real one."""
        if self._demo:
            yield Static(Text(f" {say(locale, 'machine.demo')} "), id="demo", markup=False)
