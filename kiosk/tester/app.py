"""The machine in a tester's hands: a frame that nobody overlooks, and a panel behind F12."""

from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size

from gateway.wire.bodies import Locale
from kiosk.app import SMALLEST, KioskApp
from kiosk.screens.top_bar import TopBar
from kiosk.tester.controls import Controls
from kiosk.tester.frame import PANEL_BUTTON, BenchTopBar, frame
from kiosk.tester.panel import BenchPanel
from kiosk.tester.ports import World
from kiosk.tester.recorder import Recorder
from kiosk.tester.saving import Recording
from kiosk.tester.words import word

_THEME = Path(__file__).parents[1] / "theme"
_FRAME = (4, 2)
"""Columns and rows that a whole frame takes."""
_WIDE_FROM = 110
"""From so many columns on, the devices stand beside the glass and need a large terminal."""
_LARGE = (120, 40)


class BenchApp(KioskApp):
    """The kiosk in a world, with a tester's frame and panel."""

    CSS_PATH = [_THEME / "kiosk.tcss", _THEME / "tester.tcss"]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f12,ctrl+t", "tester_panel", show=False, priority=True),
    ]

    def __init__(
        self,
        world: World,
        *,
        locale: Locale = Locale.JAPANESE,
        large: bool = False,
        contrast: bool = False,
        card: str = "",
        save_to: Path,
    ) -> None:
        recorder = Recorder(world.parts.clock.now, world.pin_of)
        super().__init__(
            world.parts,
            locale=locale,
            large=large,
            contrast=contrast,
            card=card,
            onlooker=recorder,
        )
        self.recording = Recording(recorder, world)
        self.controls = Controls(world, recorder, self.recording, self.tick)
        self._save_to = save_to
        self.add_class("tester")

    @property
    def card_in_hand(self) -> str:
        """Whose card is in the hand or on the reader."""
        return self._card_id

    @property
    def is_wide(self) -> bool:
        """Say whether the terminal is a large one."""
        return is_large(self.size)

    def compose(self) -> ComposeResult:
        """Lay out the machine inside the frame."""
        yield from frame()
        yield from super().compose()

    def make_top_bar(self) -> TopBar:
        """Return the strip over the glass, with the way to the panel."""
        return BenchTopBar(demo=True)

    def action_tap(self, button: str) -> None:
        """Press a button or a device, or open the panel."""
        if button == PANEL_BUTTON:
            self.action_tester_panel()
        else:
            super().action_tap(button)

    def on_resize(self, event: events.Resize) -> None:
        """Draw a whole frame where there is room for one beside the machine."""
        is_roomy = _has_room(event.size)
        self.set_class(is_roomy, "roomy")
        panel = self.screen_stack[0].query_one("#panel")
        mark = "" if is_roomy else word(Locale.JAPANESE, "mark")
        panel.border_title = panel.border_subtitle = mark
        super().on_resize(event)

    def action_tester_panel(self) -> None:
        """Open the panel, or close it."""
        if isinstance(self.screen, BenchPanel):
            self.screen.dismiss()
        elif len(self.screen_stack) == 1:
            self.push_screen(BenchPanel(self, self._save_to))


def is_large(size: Size) -> bool:
    """Say whether a terminal is of the larger of the two sizes that scenarios know."""
    return size.width >= _LARGE[0] and size.height >= _LARGE[1]


def _has_room(size: Size) -> bool:
    """Say whether a frame fits round the machine without taking anything from it."""
    columns, rows = _LARGE if size.width >= _WIDE_FROM else SMALLEST
    return size.width >= columns + _FRAME[0] and size.height >= rows + _FRAME[1]
