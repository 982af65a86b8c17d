"""Buttons one can press with a finger, a mouse or the keyboard."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kiosk.screens.view import Button


class Tapped(Message):
    """A button was pressed, by whatever means."""

    def __init__(self, button: str) -> None:
        super().__init__()
        self.button = button


class Drawn(Message):
    """A part of the machine was drawn anew: the focus may need a place."""

    def __init__(self, part: Widget) -> None:
        super().__init__()
        self.part = part


class _Pressable(Static, can_focus=True):
    """Anything that is pressed by click, Enter or space."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,ideographic_space", "press", show=False)
    ]

    def __init__(self, content: Text, button: str, *, enabled: bool = True) -> None:
        super().__init__(content, markup=False, name=button)
        self._button = button
        self.disabled = not enabled

    def action_press(self) -> None:
        """Tell that it was pressed."""
        if not self.disabled:
            self.post_message(Tapped(self._button))

    def on_click(self, event: events.Click) -> None:
        """Press by finger or mouse."""
        event.stop()
        self.action_press()


class BigButton(_Pressable):
    """A button of the touch screen, with its number and a second line."""

    def __init__(self, button: Button) -> None:
        content = Text(justify="center", no_wrap=False)
        if button.key is not None:
            content.append(f"{button.key}  ", style="bold")
        content.append(button.label, style="bold")
        if button.note:
            content.append(f"\n{button.note}")
        super().__init__(content, button.id, enabled=button.enabled)
        self.set_class(button.primary, "primary")
        self.add_class("big")


class PadButton(_Pressable):
    """A digit of the number pad."""

    def __init__(self, digit: str) -> None:
        super().__init__(Text(digit, justify="center", style="bold"), f"digit-{digit}")
        self.add_class("pad")


class Chip(_Pressable):
    """A small button on a device of the machine."""

    def __init__(self, button: str, label: str, *, enabled: bool = True) -> None:
        super().__init__(Text(f" {label} ", no_wrap=True), button, enabled=enabled)
        self.add_class("chip")
