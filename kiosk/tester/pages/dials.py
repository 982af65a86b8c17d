"""The page with the dials: on the left what can fail, on the right how."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input

from kiosk.screens.buttons import Chip
from kiosk.tester.errors import UnknownSettingError
from kiosk.tester.pages.page import Machine, Page
from kiosk.tester.ports import Dial, Setting

_RESET = "reset-dials"
_DIAL, _SETTING = "dial-", "setting-"
_BOTH = " / "
"""Between the Japanese and the English words of an argument."""


class _Column(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to what has the focus; its arrows go from chip to chip."""


class DialsPage(Page):
    """Chooses a dial, then its position, then what the position needs to be told."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "dials", show=False),
        Binding("right", "positions", show=False),
    ]

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self._chosen = self._controls.world.dials()[0].id
        self._complaint = ""

    def compose(self) -> ComposeResult:
        """Draw dials and positions."""
        dial = self._controls.dial(self._chosen)
        turned, argument = self._controls.position(dial)
        with Horizontal(classes="tester-columns"):
            with _Column(classes="tester-left"):
                for one in self._controls.world.dials():
                    yield self._dial(one)
            with _Column(classes="tester-right"):
                for setting in dial.settings:
                    yield self._setting(dial, setting, is_turned=setting is turned)
                if turned.argument:
                    yield self.line(self._what(turned.argument), "tester-state")
                    yield Input(argument, name="argument", compact=True, select_on_focus=True)
                if self._complaint:
                    yield self.line(self._complaint, "tester-complaint")
        yield Chip(_RESET, self.word("dials_reset"))

    def _title(self, one: Dial | Setting) -> str:
        return one.title_ja if self.is_japanese else one.title_en

    def _what(self, argument: str) -> str:
        """Return what a position needs to be told, in the machine's language."""
        japanese, _, english = argument.partition(_BOTH)
        what = japanese if self.is_japanese or not english else english
        return self.word("dials_argument", what=what)

    def _dial(self, dial: Dial) -> Chip:
        turned, _ = self._controls.position(dial)
        is_normal = turned is dial.settings[0]
        mark = "○" if is_normal else "●"
        chip = Chip(f"{_DIAL}{dial.id}", f"{mark} {self._title(dial)}")
        chip.set_class(dial.id == self._chosen, "chosen")
        chip.set_class(not is_normal, "faulty")
        return chip

    def _setting(self, dial: Dial, setting: Setting, *, is_turned: bool) -> Chip:
        mark = "◉" if is_turned else "○"
        chip = Chip(f"{_SETTING}{setting.id}", f"{mark} {self._title(setting)}")
        chip.set_class(is_turned, "chosen")
        chip.set_class(is_turned and setting is not dial.settings[0], "faulty")
        return chip

    async def pressed(self, button: str) -> None:
        """Choose a dial, turn it, or turn everything back."""
        self._complaint = ""
        if button == _RESET:
            self._controls.reset()
        elif button.startswith(_DIAL):
            self._chosen = button.removeprefix(_DIAL)
        elif button.startswith(_SETTING):
            self._turn(button.removeprefix(_SETTING))
        await self.redraw()
        if button.startswith(_DIAL):
            self.action_positions()

    def action_dials(self) -> None:
        """Go to the dial whose positions are shown."""
        self.focus_chip(f"{_DIAL}{self._chosen}")

    def action_positions(self) -> None:
        """Go to where the dial stands."""
        turned, _ = self._controls.position(self._controls.dial(self._chosen))
        self.focus_chip(f"{_SETTING}{turned.id}")

    async def on_input_submitted(self, message: Input.Submitted) -> None:
        """Turn the dial anew with what was typed."""
        message.stop()
        dial = self._controls.dial(self._chosen)
        self._complaint = ""
        self._turn(self._controls.position(dial)[0].id, message.value.strip())
        await self.redraw()

    def _turn(self, setting: str, argument: str = "") -> None:
        try:
            self._controls.turn(self._chosen, setting, argument)
        except UnknownSettingError as error:
            self._complaint = str(error)
