"""The multi-copy machine on the terminal: glass in the middle, devices around it.

The application draws views, turns touches into events, and runs effects as workers; every
decision is in ``kiosk.flow``.
"""

import unicodedata
from pathlib import Path
from typing import Any, ClassVar

from rich.segment import Segments
from rich.text import Text
from rich.traceback import Traceback
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Static

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.card.reading import sees_card
from kiosk.effects import EffectRunner
from kiosk.flow import events as e
from kiosk.flow.card_watch import notice_card
from kiosk.flow.machine import step
from kiosk.flow.model import FlowState, Look, fresh
from kiosk.flow.timeouts import seconds_left
from kiosk.hands import touch_coins, touch_printer
from kiosk.onlooker import Onlooker
from kiosk.parts import KioskParts
from kiosk.recovery import report_unfinished
from kiosk.screens.buttons import BigButton, Chip, Drawn, PadButton, Tapped
from kiosk.screens.card_choice import CardChoiceScreen
from kiosk.screens.devices_bar import DevicesBar, DevicesView
from kiosk.screens.panel import Panel
from kiosk.screens.preview import PreviewScreen
from kiosk.screens.themes import CONTRAST, LIGHT
from kiosk.screens.time_warning import TimeWarning
from kiosk.screens.top_bar import TopBar
from kiosk.screens.views import view_of
from kiosk.terminal import leave_with_terminal
from kiosk.texts import say
from kiosk.workshop import Workshop

SMALLEST = (80, 24)
TICK_S = 0.5
PIN_DIGITS = 4
_FUNCTION_KEYS = {
    "f2": "language",
    "f3": "large",
    "f4": "contrast",
    "f5": "device-card",
    "f6": "device-cards",
    "f7": "device-coin-10",
    "f8": "device-take",
    "f9": "device-look",
    "f10": "extend",
    "backspace": "erase",
}


class KioskApp(App[None]):
    """One machine, from the main menu and back."""

    CSS_PATH: ClassVar[CSSPathType | None] = Path(__file__).parent / "theme" / "kiosk.tcss"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    TITLE = "Risai"
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # Textual declares it so
        (0, "-narrow"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012  # Textual declares it so
        (0, "-low"),
        (36, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,right", "app.focus_next", show=False),
        Binding("up,left", "app.focus_previous", show=False),
        Binding("escape", "escape", show=False),
        *(Binding(key, f"tap('{name}')", show=False) for key, name in _FUNCTION_KEYS.items()),
        Binding("ctrl+q", "quit", show=False),
    ]

    def __init__(
        self,
        parts: KioskParts,
        *,
        locale: Locale = Locale.JAPANESE,
        large: bool = False,
        contrast: bool = False,
        card: str = "",
        onlooker: Onlooker | None = None,
    ) -> None:
        super().__init__()
        self._parts = parts
        self._onlooker = onlooker
        self._runner = EffectRunner(parts, self.post_event, self.bell)
        self._workshop = Workshop(self, self._runner, self.post_event)
        self._card_id = card
        """Whose card is in the hand; the first one of all unless it was said."""
        self._held: str | None = None
        """Name of the button that keeps the focus when something is drawn anew."""
        self._settled = True
        """False while the panel is drawn: then the library puts the focus anywhere."""
        self._machine: tuple[Widget, ...] = ()
        """What everything is drawn on, from the moment it stands."""
        home = Look(locale, large, contrast)
        self.state: FlowState = fresh(parts.clock.now(), home)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Name the colours that no built-in theme of the library knows."""
        return dict(LIGHT.variables)

    def compose(self) -> ComposeResult:
        """Lay out the machine."""
        yield self.make_top_bar()
        with Horizontal(id="machine"):
            with Vertical(id="glass"):
                # Above the panel: what is at the bottom must not move under a finger.
                yield TimeWarning()
                yield Panel(id="panel")
            yield DevicesBar(id="devices")
        yield Static(id="too-small", markup=False)

    def make_top_bar(self) -> TopBar:
        """Return the strip over the glass."""
        return TopBar(demo=self._parts.demo)

    def _fatal_error(self) -> None:
        """Tell what broke without local variables: a PIN is one. Overrides Textual's own."""
        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback)))
        self._close_messages_no_wait()

    def on_mount(self) -> None:
        """Show the menu, and tell the gateway what a power cut left behind."""
        self.register_theme(LIGHT)
        self.register_theme(CONTRAST)
        cards = self._parts.tray.cards() if self._parts.tray else ()
        self._card_id = self._card_id or (cards[0].id if cards else "")
        self._machine = tuple(self.query("TopBar, TimeWarning, Panel, DevicesBar"))
        self.set_interval(TICK_S, self.tick)
        leave_with_terminal(self)
        if self._onlooker:
            self._onlooker.opened(self.state, self._card_id)
        self._draw()
        self.run_worker(self._recover(), group="recovery")

    async def _recover(self) -> None:
        for one in await report_unfinished(self._parts.gateway, self._parts.journal):
            if one.code is not None or one.refund > 0:
                reference = one.session_id[:8].upper()
                failed = e.Failed(
                    ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN, reference=reference
                )
                self.post_event(failed)

    def post_event(self, event: e.Event) -> None:
        """Let something happen to the machine."""
        before = self.state
        self.state, effects = step(self.state, event, self._parts.clock.now())
        if self._onlooker:
            self._onlooker.happened(before, event, self.state)
        for effect in effects:
            self._workshop.start(effect)
        if self.state != before:
            self._draw()

    def show(self, state: FlowState) -> None:
        """Put the machine into a state, for pictures and tests; nothing else happens."""
        self.state = state
        self._draw()

    def tick(self) -> None:
        """Notice what time and hands have done; called twice a second."""
        if not self._is_up:
            return
        self._watch_card()
        self.post_event(e.Tick())
        self._draw_warning()
        self._draw_devices()

    def _watch_card(self) -> None:
        noticed = notice_card(self._parts.reader, was_present=self.state.card_present)
        if noticed is not None:
            self.post_event(noticed)

    def on_key(self, event: events.Key) -> None:
        """Digits press numbers, in any width, whatever has the focus."""
        if not event.character:
            return
        digit = unicodedata.normalize("NFKC", event.character)
        if digit.isdecimal() and len(digit) == 1:
            event.stop()
            self._press_digit(digit)

    def _press_digit(self, digit: str) -> None:
        if len(self.screen_stack) > 1:
            return
        view = view_of(self.state)
        if view.pin_digits is not None:
            self.post_event(e.Digit(digit))
            return
        for button in (*view.choices, *view.right):
            if button.enabled and button.key is not None and str(button.key) == digit:
                self.post_event(e.Pressed(button.id))
                return

    def on_tapped(self, message: Tapped) -> None:
        """Something on the machine was pressed."""
        self.action_tap(message.button)

    def action_tap(self, button: str) -> None:
        """Press a button or a device by its name."""
        if button.startswith("device-"):
            self._touch_device(button.removeprefix("device-"))
        elif button.startswith("digit-"):
            self.post_event(e.Digit(button.removeprefix("digit-")))
        else:
            self.post_event(e.Pressed(button))

    def action_escape(self) -> None:
        """Escape means back where there is a back, else cancel."""
        names = [button.id for button in view_of(self.state).left]
        for name in ("back", "cancel", "disagree", "finish"):
            if name in names:
                self.post_event(e.Pressed(name))
                return

    def _touch_device(self, device: str) -> None:
        box = self._parts.coin_box
        if self._is_idle(device):
            return
        if self._onlooker:
            self._onlooker.touched(device, self._card_id)
        if device == "card":
            self.run_worker(self._move_card(), group="card", exclusive=True)
        elif device == "cards":
            self._choose_card()
        elif device == "look":
            self._look()
        elif touch_coins(box, device):
            self.post_event(e.MoneyIn(box.inserted_yen()))
        else:
            touch_printer(self._parts.printer, device)
        self._draw_devices()

    def _is_idle(self, device: str) -> bool:
        """Say whether touching that device does nothing now."""
        if device == "take":
            return not self._parts.printer.output_tray()
        return device == "return" and self.state.keeping

    def _choose_card(self) -> None:
        if self._parts.tray is not None and len(self.screen_stack) == 1:
            choice = CardChoiceScreen(self._parts.tray.cards(), self.state.locale)
            self.push_screen(choice, self.hold_card)

    async def _move_card(self) -> None:
        tray = self._parts.tray
        if tray is None:
            return
        if sees_card(self._parts.reader):
            tray.lift()
        else:
            await tray.put(self._card_id)
        self._watch_card()
        self._draw_devices()

    def hold_card(self, card_id: str | None) -> None:
        """Take another card into the hand; None keeps the one that is there."""
        if card_id is not None:
            self._card_id = card_id
            self._draw_devices()

    def _look(self) -> None:
        sheets = self._parts.printer.output_tray()
        if sheets and len(self.screen_stack) == 1:
            path = self._parts.printer.path_of(sheets[-1])
            self.push_screen(PreviewScreen(path, self.state.locale))

    @property
    def _is_up(self) -> bool:
        """Say whether there is anything to draw on: not while the program opens or closes."""
        return bool(self._machine) and all(part.is_attached for part in self._machine)

    def _draw(self) -> None:
        if not self._is_up:
            return
        self.theme = "risai-contrast" if self.state.contrast else "risai-light"
        self.set_class(self.state.large, "large")
        self._draw_panel()
        self._draw_top()
        self._draw_devices()
        self._draw_warning()

    def _draw_panel(self) -> None:
        panel = self.screen_stack[0].query_one(Panel)
        view = view_of(self.state)
        if panel.view != view:
            moved = panel.view is None or panel.view.screen is not view.screen
            if moved:
                self._held = None
            elif self._settled:
                self._held = self._focused_name()
            self._settled = False
            panel.erase_label = say(self.state.locale, "machine.erase")
            panel.view = view

    def _focused_name(self) -> str | None:
        known = isinstance(self.focused, BigButton | PadButton | Chip)
        return self.focused.name if known and self.focused is not None else None

    def on_drawn(self, message: Drawn) -> None:
        """Put the focus back where it was, or on the main button of a new screen."""
        if not self._is_up:
            return
        self._settled = self._settled or isinstance(message.part, Panel)
        if len(self.screen_stack) == 1 and not self.query_one(TimeWarning).display:
            self._restore_focus()

    def _restore_focus(self) -> None:
        view = self.screen_stack[0].query_one(Panel).view
        complete = view is not None and view.pin_digits == PIN_DIGITS
        held = [w for w in self.query("BigButton, PadButton, Chip") if w.name == self._held]
        self._focus_first([] if complete else held)

    def _focus_first(self, wanted: list[Widget]) -> None:
        panel = self.screen_stack[0].query_one(Panel)
        for widget in (*wanted, *panel.main_buttons()):
            if not widget.disabled:
                widget.focus()
                return
        self.set_focus(None)

    def _draw_top(self) -> None:
        state = self.state
        self.screen_stack[0].query_one(TopBar).shown = (state.locale, state.large, state.contrast)

    def _draw_devices(self) -> None:
        if not self._is_up:
            return
        bar = self.screen_stack[0].query_one(DevicesBar)
        printer, box = self._parts.printer, self._parts.coin_box
        view = DevicesView(
            locale=self.state.locale,
            card_title=self._card_title(),
            card_present=self.state.card_present,
            has_hand=self._parts.tray is not None,
            inserted=box.inserted_yen(),
            paid_out=box.paid_out,
            tray_open=printer.tray_open,
            has_paper=printer.has_paper,
            sheets=len(printer.output_tray()),
        )
        if bar.view != view:
            name = self._focused_name()
            if name is not None and name.startswith("device-"):
                self._held = name
            bar.view = view

    def _card_title(self) -> str:
        cards = self._parts.tray.cards() if self._parts.tray else ()
        for card in cards:
            if card.id == self._card_id:
                japanese = self.state.locale is Locale.JAPANESE
                return card.title_ja if japanese else card.title_en
        return ""

    def _draw_warning(self) -> None:
        warning = self.screen_stack[0].query_one(TimeWarning)
        was_up = warning.display
        warning.show(seconds_left(self.state, self._parts.clock.now()), self.state.locale)
        if was_up == warning.display or len(self.screen_stack) > 1:
            return
        if warning.display:
            # The next Enter asks for more time; nothing is confirmed by mistake.
            self._held = self._focused_name() or self._held
            warning.query_one(BigButton).focus()
        else:
            self._restore_focus()

    def on_resize(self, event: events.Resize) -> None:
        """Say politely when the terminal is too small."""
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        notice = self.screen_stack[0].query_one("#too-small", Static)
        notice.display = small
        for part in ("#top", "#machine"):
            self.screen_stack[0].query_one(part).display = not small
        notice.update(Text(say(self.state.locale, "machine.too_small")))

    def get_key_display(self, binding: Any) -> str:
        """Keys are not shown; the machine has buttons."""
        return ""
