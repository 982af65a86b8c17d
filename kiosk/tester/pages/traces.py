"""The page with both traces, live."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from kiosk.tester.pages.page import Machine, Page

_SHOWN = 300
"""So many last lines are kept on the screen."""


class TracesPage(Page):
    """Shows what was said to the card and to the gateway, the newest at the bottom."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self._counted: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        """Draw two windows that can be scrolled."""
        for name in ("card", "line"):
            yield self.line(self.word(f"trace_{name}"), "tester-lead")
            with VerticalScroll(classes="tester-trace", id=f"trace-{name}"):
                yield Static(self.word("trace_none"), markup=False)

    async def look(self) -> None:
        """Show what came since."""
        world = self._controls.world
        self._show("card", world.card_trace())
        self._show("line", world.line_trace())

    def _show(self, name: str, lines: Sequence[str]) -> None:
        if self._counted.get(name) == len(lines) or not lines:
            return
        self._counted[name] = len(lines)
        window = self.query_one(f"#trace-{name}", VerticalScroll)
        first = max(0, len(lines) - _SHOWN)
        text = Text("\n".join(f"{n:>4}  {line}" for n, line in enumerate(lines[first:], first + 1)))
        window.query_one(Static).update(text)
        window.call_after_refresh(window.scroll_end, animate=False)
