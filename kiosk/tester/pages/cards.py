"""The page with everybody's card."""

from textual.app import ComposeResult
from textual.containers import Grid

from kiosk.screens.buttons import Chip
from kiosk.tester.pages.page import Machine, Page

_MOVE = "move-card"


class CardsPage(Page):
    """Chooses the card in the hand; a card on the reader is changed for the chosen one."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self._drawn: tuple[str, bool] | None = None

    @property
    def _now(self) -> tuple[str, bool]:
        return self._machine.card_in_hand, self._machine.state.card_present

    def compose(self) -> ComposeResult:
        """Draw one chip a person, and one that moves the card."""
        held, on_reader = self._drawn = self._now
        yield self.line(self.word("cards_lead"), "tester-lead")
        with Grid(classes="tester-grid"):
            for number, card in enumerate(self._controls.cards(), start=1):
                title = card.title_ja if self.is_japanese else card.title_en
                mark = "●" if card.id == held else " "
                chip = Chip(card.id, f"{mark} {number:>2} {title}")
                chip.set_class(card.id == held, "chosen")
                yield chip
        place = "card_on_reader" if on_reader else "card_in_hand"
        yield self.line(f"{self._title(held)} … {self.word(place)}", "tester-state")
        yield Chip(_MOVE, self.word("card_lift" if on_reader else "card_put"))

    def _title(self, card_id: str) -> str:
        for card in self._controls.cards():
            if card.id == card_id:
                return card.title_ja if self.is_japanese else card.title_en
        return ""

    async def pressed(self, button: str) -> None:
        """Take a card into the hand, or move it."""
        if button == _MOVE:
            self._machine.action_tap("device-card")
            return
        if self._machine.state.card_present:
            self._machine.action_tap("device-card")
        self._machine.hold_card(button)
        await self.redraw()

    async def look(self) -> None:
        """Follow the card."""
        if self._drawn != self._now:
            await self.redraw()
