"""Choosing which card is in the hand: for testers of the simulated machine."""

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.parts import TrayCard
from kiosk.screens.buttons import BigButton, Chip, Tapped
from kiosk.screens.view import Button
from kiosk.texts import say

_CLOSE = "close-choice"


class CardChoiceScreen(ModalScreen[str | None]):
    """All cards; returns the id of the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_choice", show=False),
        Binding("down,right", "app.focus_next", show=False),
        Binding("up,left", "app.focus_previous", show=False),
    ]

    def __init__(self, cards: Sequence[TrayCard], locale: Locale) -> None:
        super().__init__()
        self._cards = cards
        self._locale = locale

    def compose(self) -> ComposeResult:
        """Draw one chip a card."""
        japanese = self._locale is Locale.JAPANESE
        with Vertical(id="card-choice"):
            yield Static(Text(say(self._locale, "device.choose"), style="bold"), markup=False)
            with Grid(id="card-grid"):
                for number, card in enumerate(self._cards, start=1):
                    title = card.title_ja if japanese else card.title_en
                    yield Chip(card.id, f"{number:>2} {title}")
            yield BigButton(Button(_CLOSE, say(self._locale, "device.choose_close")))

    def on_mount(self) -> None:
        """Begin with the first card."""
        self.query(Chip).first().focus()

    def on_key(self, event: events.Key) -> None:
        """Take one of the first nine cards by its number, in any width."""
        digit = unicodedata.normalize("NFKC", event.character or "")
        if digit in tuple("123456789") and int(digit) <= len(self._cards):
            event.stop()
            self.dismiss(self._cards[int(digit) - 1].id)

    def on_tapped(self, message: Tapped) -> None:
        """Take the chosen card."""
        message.stop()
        self.dismiss(None if message.button == _CLOSE else message.button)

    def action_dismiss_choice(self) -> None:
        """Keep the card that is in the hand."""
        self.dismiss(None)
