"""The machine under observation: the same program, with every event written down."""

from collections import deque
from collections.abc import Sequence

from gateway.wire.bodies import Locale
from kiosk.app import KioskApp
from kiosk.flow import events as e
from kiosk.flow.model import FlowState, Screen
from kiosk.parts import KioskParts
from kiosk.scenario.reach import Reach

KEPT_SCREENS = 4
"""So many last screens are kept for the evidence."""


class Watch:
    """Remembers what a run reached and what was on the screen last."""

    def __init__(self) -> None:
        self.reach = Reach()
        self._passed: list[Screen] = []
        self._states: deque[FlowState] = deque(maxlen=KEPT_SCREENS)

    def begin_step(self) -> None:
        """Forget which screens came up before."""
        self._passed.clear()

    @property
    def passed(self) -> Sequence[Screen]:
        """Screens since the present step began, in order."""
        return tuple(self._passed)

    @property
    def last_states(self) -> Sequence[FlowState]:
        """The last state of each of the last screens, the present one at the end."""
        return tuple(self._states)

    def note_first(self, state: FlowState) -> None:
        """Write down how the machine stands at the beginning."""
        self.reach.note_state(state)
        self._states.append(state)

    def note(self, before: FlowState, event: e.Event, after: FlowState) -> None:
        """Write down what an event has done."""
        self.reach.note(before, event, after)
        if before.screen is not after.screen:
            self._passed.append(after.screen)
            self._states.append(after)
        else:
            self._states[-1] = after


class WatchedApp(KioskApp):
    """The kiosk; somebody looks over its shoulder."""

    def __init__(
        self, parts: KioskParts, watch: Watch, *, locale: Locale, large: bool, contrast: bool
    ) -> None:
        super().__init__(parts, locale=locale, large=large, contrast=contrast)
        self._watch = watch
        watch.note_first(self.state)

    def post_event(self, event: e.Event) -> None:
        """Let something happen, and write it down."""
        before = self.state
        super().post_event(event)
        self._watch.note(before, event, self.state)
