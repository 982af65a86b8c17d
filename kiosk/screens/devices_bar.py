"""The machine around the glass: card reader, coin slot, paper tray, output tray."""

from dataclasses import dataclass

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
        self.post_message(Drawn())

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
        state = f"{view.card_title}　{_say(view, place)}"
        return _device(_say(view, "card"), state, chips, "reader")

    def _coins(self, view: DevicesView) -> Vertical:
        chips = [Chip(f"device-coin-{coin}", str(coin)) for coin in COINS]
        chips.append(Chip("device-return", _say(view, "coins_return")))
        state = _say(view, "coins_inserted", amount=view.inserted)
        if view.paid_out:
            state = _say(view, "coins_returned", amount=view.paid_out)
        return _device(_say(view, "coins"), state, chips, "slot")

    def _paper(self, view: DevicesView) -> Vertical:
        state = "paper_opened" if view.tray_open else "paper_ok"
        if not view.has_paper:
            state = "paper_empty"
        chips = [
            Chip("device-tray", _say(view, "paper_close" if view.tray_open else "paper_open")),
            Chip("device-paper", _say(view, "paper_remove" if view.has_paper else "paper_refill")),
        ]
        return _device(_say(view, "paper"), _say(view, state), chips, "paper")

    def _tray(self, view: DevicesView) -> Vertical:
        state = (
            _say(view, "tray_sheets", count=view.sheets)
            if view.sheets
            else _say(view, "tray_empty")
        )
        chips = [
            Chip("device-take", _say(view, "tray_take"), enabled=view.sheets > 0),
            Chip("device-look", _say(view, "tray_look"), enabled=view.sheets > 0),
        ]
        return _device(_say(view, "tray"), state, chips, "tray")


def _say(view: DevicesView, key: str, **values: object) -> str:
    return say(view.locale, f"device.{key}", **values)


def _device(name: str, state: str, chips: list[Chip], kind: str) -> Vertical:
    device = Vertical(
        Static(Text(state, no_wrap=True, overflow="ellipsis"), classes="state", markup=False),
        Horizontal(*chips, classes="chips"),
        classes=f"device {kind}",
    )
    device.border_title = Text(name).plain
    return device
