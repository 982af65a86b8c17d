"""The tester's panel over the machine: cards, faults, clock, traces, and the recording."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from kiosk.screens.buttons import Chip, Tapped
from kiosk.tester.pages.cards import CardsPage
from kiosk.tester.pages.clock import ClockPage
from kiosk.tester.pages.dials import DialsPage
from kiosk.tester.pages.page import Machine, Page
from kiosk.tester.pages.scenario import ScenarioPage
from kiosk.tester.pages.traces import TracesPage
from kiosk.tester.words import word

LOOK_S = 0.5
_TABS = ("cards", "dials", "clock", "traces", "scenario")
_TAB, _CLOSE = "tab-", "close-panel"


class BenchPanel(ModalScreen[None]):
    """One page at a time; the machine goes on behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_panel", show=False),
        Binding("ctrl+q", "app.quit", show=False),
        *(Binding(str(number), f"tab({number})", show=False) for number in range(1, 6)),
        Binding("down,right", "app.focus_next", show=False),
        Binding("up,left", "app.focus_previous", show=False),
    ]

    def __init__(self, machine: Machine, save_to: Path) -> None:
        super().__init__()
        self._machine = machine
        self._makers: dict[str, Callable[[], Page]] = {
            "cards": lambda: CardsPage(machine),
            "dials": lambda: DialsPage(machine),
            "clock": lambda: ClockPage(machine),
            "traces": lambda: TracesPage(machine),
            "scenario": lambda: ScenarioPage(machine, save_to),
        }
        self._tab = _TABS[0]

    def compose(self) -> ComposeResult:
        """Draw the head and the first page."""
        locale = self._machine.state.locale
        with Vertical(id="tester-panel"):
            with Horizontal(id="tester-head"):
                title = f" {word(locale, 'mark')}  {word(locale, 'title')}"
                yield Static(Text(title), id="tester-title", markup=False)
                yield Chip(_CLOSE, word(locale, "close"))
            with Horizontal(id="tester-tabs"):
                for number, tab in enumerate(_TABS, start=1):
                    yield Chip(f"{_TAB}{tab}", f"{number} {word(locale, f'tab_{tab}')}")
            yield Container(id="tester-body")

    async def on_mount(self) -> None:
        """Show the first page, and look twice a second."""
        await self._show(_TABS[0])
        self.set_interval(LOOK_S, self._look)

    async def _look(self) -> None:
        for page in self.query(Page):
            await page.look()

    async def _show(self, tab: str) -> None:
        self._tab = tab
        body = self.query_one("#tester-body", Container)
        self.set_focus(None)  # Else the library looks for a new place itself, and too late.
        await body.remove_children()
        page = self._makers[tab]()
        await body.mount(page)
        await page.look()
        first = next((one for one in page.query("*") if one.focusable), None)
        self.set_focus(first)
        for chip in self.query("#tester-tabs Chip"):
            chip.set_class(chip.name == f"{_TAB}{tab}", "chosen")

    async def on_tapped(self, message: Tapped) -> None:
        """Do what a chip is for."""
        message.stop()
        if message.button == _CLOSE:
            self.dismiss()
        elif message.button.startswith(_TAB):
            await self._show(message.button.removeprefix(_TAB))
        else:
            await self.query_one(Page).pressed(message.button)

    async def action_tab(self, number: int) -> None:
        """Show a page by its number."""
        await self._show(_TABS[number - 1])

    def action_dismiss_panel(self) -> None:
        """Go back to the machine."""
        self.dismiss()
