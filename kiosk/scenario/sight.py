"""What a tester sees of machine and town at one moment; every look is a value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.wire.bodies import Locale
from kiosk.flow.model import FlowState, Screen
from kiosk.flow.timeouts import seconds_left
from kiosk.parts import KioskParts
from kiosk.scenario.model import InBoth, Words
from kiosk.scenario.paper import PaperReader
from kiosk.screens.view import Button, View
from kiosk.screens.views import view_of
from kiosk.tester.ports import World


@dataclass(frozen=True, slots=True)
class Sight:
    """The machine, as far as it shows itself, and the town's books."""

    state: FlowState
    passed: Sequence[Screen]
    """Screens since the last act, in order."""
    world: World
    paper: PaperReader

    @property
    def parts(self) -> KioskParts:
        """The machine's devices."""
        return self.world.parts

    @property
    def view(self) -> View:
        """What stands on the glass."""
        return view_of(self.state)

    @property
    def buttons(self) -> dict[str, Button]:
        """Every button of the screen by its id."""
        view = self.view
        return {one.id: one for one in (*view.choices, *view.left, *view.right)}

    @property
    def is_warning(self) -> bool:
        """Say whether the machine warns that the time is nearly over."""
        return seconds_left(self.state, self.parts.clock.now()) is not None

    @property
    def words(self) -> str:
        """Everything that can be read on the glass."""
        labels = [f"{one.label} {one.note}" for one in self.buttons.values()]
        return "\n".join((self.view.spoken, *labels))

    def in_language(self, words: Words | InBoth) -> tuple[str, ...]:
        """Return the texts that are meant in the machine's language."""
        if isinstance(words, InBoth):
            words = words.ja if self.state.locale is Locale.JAPANESE else words.en
        return texts(words)


def texts(words: Words) -> tuple[str, ...]:
    """Return one text or several as several."""
    return (words,) if isinstance(words, str) else words


def missing(words: Iterable[str], text: str) -> str | None:
    """Return the first of the words that is not in the text."""
    return next((word for word in words if word not in text), None)


def present(words: Iterable[str], text: str) -> str | None:
    """Return the first of the words that is in the text."""
    return next((word for word in words if word in text), None)
