"""Somebody at a world's machine, without a screen: the real flow, effects and programs."""

from collections import deque

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.effects import EffectRunner
from kiosk.flow import events as e
from kiosk.flow.card_watch import notice_card
from kiosk.flow.machine import step
from kiosk.flow.model import FlowState, Screen, fresh
from kiosk.recovery import report_unfinished
from launcher.world import TownWorld

_LOOKS, _LOOK_EVERY_S = 40, 0.05
"""How long a machine needs at most to notice a card: pcscd looks now and then."""


class Visitor:
    """Touches buttons and devices by name; what follows is done before the next touch."""

    def __init__(self, world: TownWorld, persona: str = "resident") -> None:
        self.world = world
        self.persona = persona
        self.parts = world.parts
        self.state: FlowState = fresh(self.parts.clock.now())
        self._runner = EffectRunner(self.parts, self._post, lambda: None)
        self._waiting: deque[e.Effect] = deque()

    def _post(self, event: e.Event) -> None:
        self.state, effects = step(self.state, event, self.parts.clock.now())
        self._waiting.extend(effects)

    async def happen(self, event: e.Event) -> None:
        """Let something happen and everything that follows from it."""
        self._post(event)
        while self._waiting:
            await self._runner.run(self._waiting.popleft())

    async def press(self, *buttons: str) -> None:
        """Touch buttons of the screen."""
        for button in buttons:
            await self.happen(e.Pressed(button))

    async def put_card(self) -> None:
        """Lay the card down."""
        tray = self.parts.tray
        assert tray is not None
        await tray.put(self.persona)
        await self.look_at_reader()

    async def look_at_reader(self) -> None:
        """Let the machine notice what lies on its reader, as it does twice a second."""
        noticed = notice_card(self.parts.reader, was_present=self.state.card_present)
        if noticed is not None:
            await self.happen(noticed)

    async def take_card(self) -> None:
        """Take the card."""
        tray = self.parts.tray
        assert tray is not None
        tray.lift()
        await self.happen(e.CardLifted())

    async def coin(self, amount: int = 10) -> None:
        """Put a coin in."""
        self.parts.coin_box.insert(amount)
        await self.happen(e.MoneyIn(self.parts.coin_box.inserted_yen()))

    async def wait(self, seconds: float) -> None:
        """Let time pass, and let the machine notice."""
        self.world.advance(seconds)
        await self.happen(e.Tick())

    async def start(self) -> None:
        """From the menu to the card."""
        await self.press("government", "certificate")
        if self.state.screen is Screen.CONSENT:
            await self.press("agree")

    async def to_pin(self) -> None:
        """From the menu to the number pad."""
        await self.start()
        await self.put_card()
        await self.press("municipality-990019")

    async def enter(self, pin: str | None = None) -> None:
        """Enter a PIN, the persona's own when none is given."""
        for digit in pin or self.world.pin_of(self.persona):
            await self.happen(e.Digit(digit))
        await self.press("confirm")

    async def to_take_card(self) -> None:
        """From the menu until the card may be taken."""
        await self.to_pin()
        await self.enter()

    async def to_confirm(self) -> None:
        """From the menu to the order in words."""
        await self.to_take_card()
        await self.take_card()
        await self.press("victim_certificate", "case-0", "next")

    async def to_payment(self) -> None:
        """From the menu to the coin slot."""
        await self.to_confirm()
        await self.press("confirm")

    async def recover(self) -> None:
        """Do what the machine does when its power comes back."""
        for one in await report_unfinished(self.parts.gateway, self.parts.journal):
            if one.code is not None:
                failed = e.Failed(ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN)
                await self.happen(failed)

    @property
    def error(self) -> tuple[ErrorCode, MoneyState]:
        """Number and money of the error on the screen."""
        view = self.state.error
        assert view is not None, f"no error, but {self.state.screen}"
        return view.code, view.money
