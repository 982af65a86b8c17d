"""A resident in front of the state machine: presses, waits, and notes what was asked for."""

from collections.abc import Callable
from datetime import timedelta

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow import events as e
from kiosk.flow.machine import step
from kiosk.flow.model import FlowState, Look, Screen, fresh
from tests.kiosk.screens.fakes import FEE, START, choices, service


class Walk:
    """One resident's way through the screens."""

    def __init__(self, home: Look | None = None) -> None:
        self.now = START
        self.state: FlowState = fresh(START, home)
        self.effects: list[e.Effect] = []
        """What was asked for by the last event."""

    @property
    def screen(self) -> Screen:
        return self.state.screen

    def happen(self, *events: e.Event) -> "Walk":
        """Let things happen."""
        for event in events:
            self.state, effects = step(self.state, event, self.now)
            self.effects = list(effects)
        return self

    def press(self, *buttons: str) -> "Walk":
        """Press buttons."""
        return self.happen(*(e.Pressed(button) for button in buttons))

    def wait(self, seconds: float) -> "Walk":
        """Let time go by, and the machine notice it."""
        self.now += timedelta(seconds=seconds)
        return self.happen(e.Tick())

    def enter_pin(self, pin: str = "1234") -> "Walk":
        """Enter a PIN and confirm it."""
        return self.happen(*(e.Digit(digit) for digit in pin)).press("confirm")

    def to(self, screen: Screen) -> "Walk":
        """Walk the ordinary way until a screen appears."""
        for move in _WAY:
            if self.screen is screen:
                return self
            move(self)
        if self.screen is not screen:
            raise LookupError(screen)
        return self

    def to_error(self, code: ErrorCode, money: MoneyState = MoneyState.NONE) -> "Walk":
        """Meet an error that comes back while the holder is proved."""
        return self.to(Screen.VERIFYING).happen(e.Failed(code, money))


_WAY: tuple[Callable[[Walk], Walk], ...] = (
    lambda walk: walk.press("government"),
    lambda walk: walk.press("certificate"),
    lambda walk: walk.happen(e.ServiceKnown(service())),
    lambda walk: walk.press("agree"),
    lambda walk: walk.happen(e.CardPlaced(), e.CardExamined(3)),
    lambda walk: walk.press("municipality-990009"),
    lambda walk: walk.enter_pin(),
    lambda walk: walk.happen(e.Proved(choices(2))),
    lambda walk: walk.happen(e.CardLifted()),
    lambda walk: walk.press("victim_certificate"),
    lambda walk: walk.press("case-0"),
    lambda walk: walk.press("next"),
    lambda walk: walk.happen(e.Quoted(FEE, FEE, 1)).press("confirm"),
    lambda walk: walk.happen(e.Prepared()),
    lambda walk: walk.happen(e.MoneyIn(FEE), e.Paid(0)),
    lambda walk: walk.happen(e.PrintingDone(1)),
    lambda walk: walk.press("taken"),
    lambda walk: walk.happen(e.Completed(1, 0)).press("no"),
)
