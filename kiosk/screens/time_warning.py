"""The warning that a screen's time is nearly over, with the button that gives more."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.screens.buttons import BigButton
from kiosk.screens.view import Button
from kiosk.texts import say


class TimeWarning(Widget):
    """Hidden until it is needed."""

    def __init__(self) -> None:
        super().__init__(id="warning")
        self._locale: Locale | None = None
        self.seconds: int | None = None
        """What is left, in seconds; None while it is hidden."""

    def compose(self) -> ComposeResult:
        """Draw the words and the button."""
        with Vertical(id="warning-words"):
            yield Static(id="warning-text", markup=False)
            yield Static(id="warning-hint", markup=False)
        yield BigButton(Button("extend", "", primary=True))

    def show(self, seconds: int | None, locale: Locale) -> None:
        """Show so many seconds, or nothing."""
        self.seconds = seconds
        self.display = seconds is not None
        if seconds is None:
            return
        text = say(locale, "machine.warning", seconds=seconds)
        self.query_one("#warning-text", Static).update(Text(text, style="bold"))
        if locale is not self._locale:
            self._locale = locale
            hint = say(locale, "machine.warning_hint")
            self.query_one("#warning-hint", Static).update(Text(hint))
            label = Text(say(locale, "machine.extend"), style="bold", justify="center")
            self.query_one(BigButton).update(label)
