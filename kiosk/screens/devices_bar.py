"""The machine around the glass: card reader, coin slot, paper tray, output tray."""

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from gateway.wire.bodies import Locale
from kiosk.devices import COINS
from kiosk.screens.buttons import Chip, Drawn
from kiosk.texts import say

_FACE = 24
"""Columns inside a drawn card or sheet."""


@dataclass(frozen=True, slots=True)
class DevicesView:
    """How the devices stand."""

    locale: Locale
    card_title: str
    card_present: bool
    has_hand: bool
    """False on a machine with a real reader."""
    inserted: int
    paid_out: int
    tray_open: bool
    has_paper: bool
    sheets: int


class DevicesBar(Widget):
    """Four devices that can be touched."""

    view: reactive[DevicesView | None] = reactive(None, recompose=True, layout=True)

    async def recompose(self) -> None:
        """Draw anew, and tell when it is done."""
        await super().recompose()
        self.post_message(Drawn(self))

    def compose(self) -> ComposeResult:
        """Draw the devices."""
        view = self.view
        if view is None:
            return
        if view.has_hand:
            yield self._card(view)
        yield self._coins(view)
        yield self._paper(view)
        yield self._tray(view)

    def _card(self, view: DevicesView) -> Vertical:
        place = "card_on_reader" if view.card_present else "card_in_hand"
        move = "card_take" if view.card_present else "card_put"
        chips = [
            Chip("device-card", _say(view, move)),
            Chip("device-cards", _say(view, "card_other"), enabled=not view.card_present),
        ]
        lines = (view.card_title, _say(view, place))
        return _device(view, "card", lines, chips, art=_card_art(view))

    def _coins(self, view: DevicesView) -> Vertical:
        chips = [Chip(f"device-coin-{coin}", str(coin)) for coin in COINS]
        chips.append(Chip("device-return", _say(view, "coins_return")))
        lines = (
            _say(view, "coins_inserted", amount=f"{view.inserted:,}"),
            _say(view, "coins_returned", amount=f"{view.paid_out:,}"),
        )
        return _device(view, "coins", lines, chips, art=_SLOT)

    def _paper(self, view: DevicesView) -> Vertical:
        chips = [
            Chip("device-tray", _say(view, "paper_close" if view.tray_open else "paper_open")),
            Chip("device-paper", _say(view, "paper_remove" if view.has_paper else "paper_refill")),
        ]
        tray = _say(view, "paper_opened" if view.tray_open else "paper_ok")
        lines = (tray, "" if view.has_paper else _say(view, "paper_empty"))
        return _device(view, "paper", lines, chips, art=_paper_art(view))

    def _tray(self, view: DevicesView) -> Vertical:
        filled = view.sheets > 0
        state = _say(view, "tray_sheets", count=view.sheets) if filled else _say(view, "tray_empty")
        chips = [
            Chip("device-take", _say(view, "tray_take"), enabled=filled),
            Chip("device-look", _say(view, "tray_look"), enabled=filled),
        ]
        return _device(view, "tray", (state, ""), chips, art=_sheet_art(view))


def _say(view: DevicesView, key: str, **values: object) -> str:
    return say(view.locale, f"device.{key}", **values)


def _device(
    view: DevicesView, name: str, lines: tuple[str, str], chips: list[Chip], *, art: str
) -> Vertical:
    words = [
        Static(Text(line, no_wrap=True, overflow="ellipsis"), classes="state", markup=False)
        for line in lines
        if line
    ]
    device = Vertical(
        Static(Text(art, no_wrap=True), classes="art", markup=False),
        Horizontal(*words, classes="states"),
        Horizontal(*chips, classes="chips"),
        classes=f"device {name}",
    )
    device.border_title = Text(_say(view, name)).markup
    return device


_SLOT = "   ╭───────────╮\n   │ ━━━━━━━━━ │  ◍ ◍ ◍\n   ╰───────────╯"


def _boxed(text: str) -> str:
    """Return a text in the middle of a face."""
    left = max(0, (_FACE - cell_len(text)) // 2)
    return set_cell_size(" " * left + text, _FACE)


def _card_art(view: DevicesView) -> str:
    if not view.card_present:
        gap = "╭" + "╌" * _FACE + "╮"
        floor = "╰" + "╌" * _FACE + "╯"
        empty = "╎" + " " * _FACE + "╎"
        return "\n".join((gap, empty, f"╎{_boxed(_say(view, 'place_here'))}╎", empty, floor))
    return "\n".join(
        (
            "╭" + "─" * _FACE + "╮",
            f"│{_boxed(_say(view, 'card_face'))}│",
            f"│{set_cell_size(' ▓▓▓   ────────────', _FACE)}│",
            f"│{set_cell_size(' ▓▓▓   ───────     ▣', _FACE)}│",
            "╰" + "─" * _FACE + "╯",
        )
    )


def _paper_art(view: DevicesView) -> str:
    inside = "▤ ▤ ▤ ▤ ▤ ▤  A4" if view.has_paper else "· · · · · ·  A4"
    box = ("╭" + "─" * _FACE + "╮", f"│{_boxed(inside)}│", "╰" + "─" * _FACE + "╯")
    return "\n".join(f"    {line}" if view.tray_open else line for line in box)


def _sheet_art(view: DevicesView) -> str:
    if view.sheets == 0:
        return "\n\n\n" + "▁" * (_FACE + 2) + "\n" + "█" * (_FACE + 2)
    more = "╮" if view.sheets > 1 else " "
    return "\n".join(
        (
            "╭" + "─" * _FACE + "╮" + more,
            f"│{_boxed(_say(view, 'sheet_face'))}│" + ("│" if view.sheets > 1 else ""),
            f"│{_boxed('──────────────────')}│" + ("│" if view.sheets > 1 else ""),
            f"│{_boxed('─────────────── ▣')}│" + ("│" if view.sheets > 1 else ""),
            "█" * (_FACE + 2),
        )
    )
