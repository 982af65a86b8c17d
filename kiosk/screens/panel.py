"""The touch screen: draws a view, whatever it is."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Grid, Horizontal, Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ProgressBar, Static

from kiosk.screens.buttons import BigButton, Drawn, PadButton
from kiosk.screens.pictures import PICTURES
from kiosk.screens.view import Button, View

_COLUMNS_FROM = 4
"""So many choices stand in two columns."""


class Panel(Widget):
    """The glass between machine and resident."""

    view: reactive[View | None] = reactive(None, recompose=True, layout=True)

    async def recompose(self) -> None:
        """Draw anew, and tell when it is done."""
        await super().recompose()
        self.post_message(Drawn())

    def compose(self) -> ComposeResult:
        """Draw the present view."""
        view = self.view
        if view is None:
            return
        with Horizontal(id="title-bar", classes="alarm" if view.alarming else ""):
            yield _static(view.title, "title")
            yield _static(view.step, "step")
        with VerticalScroll(id="body", can_focus=False):
            yield from self._body(view)
        with Horizontal(id="foot"):
            yield from (BigButton(button) for button in view.left)
            yield Static("", id="foot-gap")
            yield from (BigButton(button) for button in view.right)

    def _body(self, view: View) -> ComposeResult:
        with Horizontal(id="middle"):
            with Vertical(id="words"):
                if view.lead:
                    yield _static(view.lead, "lead")
                if view.rows:
                    yield Static(_table(view.rows), id="rows", markup=False)
                if view.lines:
                    yield _static("\n".join(view.lines), "lines")
                if view.pin_digits is not None:
                    yield _static(_dots(view.pin_digits), "dots")
                if view.working:
                    yield ProgressBar(total=None, show_percentage=False, show_eta=False)
                if view.choices:
                    yield from self._choices(view.choices)
            if view.pin_digits is not None:
                yield _pad()
            elif view.picture:
                yield _static(PICTURES[view.picture], "picture")

    def _choices(self, choices: tuple[Button, ...]) -> ComposeResult:
        wide = "two" if len(choices) >= _COLUMNS_FROM else "one"
        with Grid(id="choices", classes=wide):
            yield from (BigButton(button) for button in choices)


def _pad() -> Grid:
    erase = BigButton(Button("erase", "⌫"))
    keys = [PadButton(digit) for digit in "123456789"]
    return Grid(*keys, erase, PadButton("0"), id="pad")


def _static(text: str, name: str) -> Static:
    return Static(Text(text), id=name, markup=False)


def _dots(count: int) -> str:
    return "  ".join("●" if number < count else "○" for number in range(4))


def _table(rows: tuple[tuple[str, str], ...]) -> Text:
    """Names and values in two columns; long values go on under themselves by wrapping."""
    width = max(Text(name).cell_len for name, _ in rows)
    content = Text()
    for number, (name, value) in enumerate(rows):
        label = Text(name, style="bold")
        label.pad_right(width - label.cell_len + 2)
        content.append_text(label)
        content.append(value)
        if number < len(rows) - 1:
            content.append("\n")
    return content
