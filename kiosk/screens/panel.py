"""The touch screen: draws a view, whatever it is."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Grid, Horizontal, Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Digits, ProgressBar, Static

from kiosk.screens.buttons import BigButton, Drawn, PadButton
from kiosk.screens.line_breaks import Sentence
from kiosk.screens.pictures import PICTURES
from kiosk.screens.view import Button, Figure, View


class Panel(Widget):
    """The glass between machine and resident."""

    view: reactive[View | None] = reactive(None, recompose=True, layout=True)
    erase_label = ""
    """What stands on the number pad's key for taking a digit back."""

    async def recompose(self) -> None:
        """Draw anew, and tell when it is done."""
        await super().recompose()
        self.post_message(Drawn(self))

    def main_buttons(self) -> list[Widget]:
        """Return where the focus may rest on a new screen, the best place first.

        Never on cancel or back: an Enter too many must not throw a session away.
        """
        return [
            *self.query("#foot BigButton.primary"),
            *self.query("#choices BigButton.primary"),
            *self.query("#choices BigButton"),
            *self.query(PadButton),
        ]

    def compose(self) -> ComposeResult:
        """Draw the present view."""
        view = self.view
        if view is None:
            return
        with Horizontal(id="title-bar", classes="alarm" if view.alarming else ""):
            yield _static(_spaced(view.title) if view.large else view.title, "title")
            if view.step:
                yield Static(_step(*view.step), id="step", markup=False)
        if view.lead:
            yield Sentence(view.lead, "lead")
        with VerticalScroll(id="body", can_focus=False), Horizontal(id="middle"):
            yield from self._middle(view)
        if view.left or view.right:
            with Horizontal(id="foot"):
                yield from (BigButton(button) for button in view.left)
                yield Static("", id="foot-gap")
                yield from (BigButton(button) for button in view.right)

    def _middle(self, view: View) -> ComposeResult:
        with Vertical(id="words"):
            if view.rows:
                yield from _rows(view.rows)
            if view.figure and not view.choices:
                yield _figure(view.figure)
            if view.lines:
                yield Sentence(("\n\n" if view.large else "\n").join(view.lines), "lines")
            if view.pin_digits is not None:
                yield _static(_dots(view.pin_digits), "dots")
            if view.working:
                yield _bar(view.progress)
            if view.figure and view.choices:
                yield _figure(view.figure)
            if view.choices:
                columns = "two" if view.columns > 1 else "one"
                noted = " noted" if any(button.note for button in view.choices) else ""
                with Grid(id="choices", classes=columns + noted):
                    yield from (BigButton(button) for button in view.choices)
        if view.pin_digits is not None:
            yield self._pad()
        elif view.picture:
            yield _static(PICTURES[view.picture], "picture")

    def _pad(self) -> Grid:
        erase = BigButton(Button("erase", self.erase_label))
        keys = [PadButton(digit) for digit in "123456789"]
        return Grid(*keys, erase, PadButton("0"), id="pad")


def _static(text: str, name: str) -> Static:
    return Static(Text(text, no_wrap=True), id=name, markup=False)


def _spaced(title: str) -> str:
    """Draw Japanese titles wide apart in large text; a terminal has one size of letters."""
    is_japanese = any(ord(letter) > 0x2FFF for letter in title)
    return " ".join(title) if is_japanese else title


def _step(now: int, steps: int) -> Text:
    done = Text("━" * (2 * now), style="bold")
    done.append("─" * (2 * (steps - now)), style="not bold")
    return done.append(f"  {now} / {steps}")


def _dots(count: int) -> str:
    top = " ".join("╭───╮" for _ in range(4))
    middle = " ".join("│ ● │" if number < count else "│   │" for number in range(4))
    bottom = " ".join("╰───╯" for _ in range(4))
    return f"{top}\n{middle}\n{bottom}"


def _rows(rows: tuple[tuple[str, str], ...]) -> ComposeResult:
    """Names and values in two columns; a long value goes on under itself."""
    width = max(Text(name).cell_len for name, _ in rows) + 3
    for name, value in rows:
        label = Static(Text(name), classes="row-name", markup=False)
        label.styles.width = width
        yield Horizontal(label, Sentence(value, classes="row-value"), classes="row")


def _figure(figure: Figure) -> Horizontal:
    return Horizontal(
        Static(Text(figure.name), classes="figure-name", markup=False),
        Digits(figure.digits, classes="figure-digits"),
        Static(Text(figure.unit), classes="figure-unit", markup=False),
        id="figure",
    )


def _bar(progress: tuple[int, int] | None) -> ProgressBar:
    done, total = progress or (0, None)
    bar = ProgressBar(total=total, show_percentage=False, show_eta=False)
    if progress:
        bar.advance(done)
    return bar
