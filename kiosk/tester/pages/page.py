"""What every page of the tester's panel is."""

from typing import Protocol

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.flow.model import FlowState
from kiosk.screens.buttons import Chip
from kiosk.tester.controls import Controls
from kiosk.tester.words import word


class Machine(Protocol):
    """The machine under the panel."""

    state: FlowState
    controls: Controls

    @property
    def card_in_hand(self) -> str:
        """Whose card is in the hand or on the reader."""

    @property
    def is_wide(self) -> bool:
        """Say whether the terminal is a large one."""

    def hold_card(self, card_id: str | None) -> None:
        """Take a card into the hand."""

    def action_tap(self, button: str) -> None:
        """Touch a button or device."""


class Page(Vertical):
    """One page; it draws itself anew when something has changed."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(classes="tester-page")
        self._machine = machine
        self._controls = machine.controls

    @property
    def locale(self) -> Locale:
        """The machine's language."""
        return self._machine.state.locale

    @property
    def is_japanese(self) -> bool:
        """Say whether the machine speaks Japanese."""
        return self.locale is Locale.JAPANESE

    def word(self, key: str, **values: object) -> str:
        """Return a text of the tester's tools."""
        return word(self.locale, key, **values)

    def line(self, text: str, *classes: str, name: str | None = None) -> Static:
        """Return a line of words."""
        return Static(Text(text), markup=False, classes=" ".join(classes), name=name)

    async def pressed(self, button: str) -> None:
        """Do what a chip of this page is for."""

    async def look(self) -> None:
        """Show what has changed in machine and town; called twice a second."""

    async def redraw(self) -> None:
        """Draw anew; the focus stays on the chip of the same name."""
        focused = self.screen.focused
        name = focused.name if focused is not None else None
        self.screen.set_focus(None)
        await self.recompose()
        self.focus_chip(name or "")

    def focus_chip(self, name: str) -> None:
        """Put the focus on the chip of that name, where there is one."""
        for chip in self.query(Chip):
            if chip.name == name and not chip.disabled:
                chip.focus()
