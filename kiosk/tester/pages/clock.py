"""The page with the town's clock, and what stands in the books."""

from textual.app import ComposeResult
from textual.containers import Grid
from textual.widgets import Digits, Static

from kiosk.screens.buttons import Chip
from kiosk.tester.controls import CLOSES, OPENS
from kiosk.tester.pages.page import Page

_MINUTE_S = 60.0
_STEPS_S = {
    "clock_minute": _MINUTE_S,
    "clock_ten": 10 * _MINUTE_S,
    "clock_hour": 60 * _MINUTE_S,
    "clock_day": 24 * 60 * _MINUTE_S,
}
_HOURS = {"clock_opening": OPENS, "clock_closing": CLOSES}


class ClockPage(Page):
    """Shows the time, and lets it pass."""

    def compose(self) -> ComposeResult:
        """Draw the time and the ways to go on."""
        yield self.line(self.word("clock_lead"), "tester-lead")
        yield self.line("", "tester-day")
        yield Digits("", classes="tester-time")
        with Grid(classes="tester-grid"):
            for name in (*_STEPS_S, *_HOURS):
                yield Chip(name, self.word(name))
        yield self.line(self.word("clock_note"), "tester-state")
        yield self.line("", "tester-books")

    async def on_mount(self) -> None:
        """Show the time at once."""
        await self.look()

    async def pressed(self, button: str) -> None:
        """Let time pass."""
        if button in _STEPS_S:
            self._controls.advance(_STEPS_S[button])
        elif button in _HOURS:
            self._controls.go_to(_HOURS[button])
        await self.look()

    async def look(self) -> None:
        """Show the time and the books as they are."""
        now = self._controls.now()
        self.query_one(".tester-time", Digits).update(f"{now:%H:%M:%S}")
        self.query_one(".tester-day", Static).update(f"{now:%Y-%m-%d} (JST)")
        books = self._controls.world.books()
        counted = self.word(
            "books",
            issued=books.issued,
            voided=books.voided,
            fees=books.fees,
            yen=books.yen_due.get("resident", 0),
            in_doubt=books.in_doubt,
        )
        self.query_one(".tester-books", Static).update(counted)
