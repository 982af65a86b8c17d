"""Where a persona's card is laid: a reader of this process, or a virtual one behind pcscd.

Rules of ``cardsim.faults`` lie on whatever card is there, on both alike.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from cardsim.errors import NotAdoptedError
from cardsim.faults import FaultRule, FaultyCard
from cardsim.powered_card import PoweredCard
from cardsim.reader import SimulatedReader
from cardsim.vpcd import FIRST_PORT, VirtualSlot
from kiosk.card.safety import SafetyRules
from kiosk.errors import ReaderError
from kiosk.ports import CardReader
from kiosk.tester.errors import NoWorldError
from launcher.hand import ReaderInKioskTerms

FIRST_VIRTUAL_READER = "Virtual PCD 00 00"
"""How pcscd calls the first slot of vsmartcard-vpcd."""
_NOTICED_S = 3.0
"""pcscd looks at a virtual reader every 0.4 seconds."""
_SETTLED_S = 0.45
_LOOK_EVERY_S = 0.01
_LOOPBACK = "127.0.0.1"


class CardPlace(Protocol):
    """A reader together with what a hand can do there."""

    reader: CardReader
    """The reader in the kiosk's terms."""

    def put(self, card: PoweredCard) -> None:
        """Lay a card down, taking the one that is there; wait until the reader has noticed."""

    def lift(self) -> None:
        """Take the card away."""

    def rule(self, rules: Sequence[FaultRule]) -> None:
        """Let these rules count from now on, and no others."""

    def slow_down(self, seconds: float) -> None:
        """Let every command take so much longer; no rules count besides."""

    def close(self) -> None:
        """Let go of everything."""


class _Rules:
    """The rules of a place, laid on each card that comes."""

    def __init__(self) -> None:
        self._rules: tuple[FaultRule, ...] = ()
        self._card: FaultyCard | None = None

    def laid_on(self, card: PoweredCard) -> FaultyCard:
        self._card = FaultyCard(card)
        self.change(self._rules)
        return self._card

    def change(self, rules: Sequence[FaultRule]) -> None:
        self._rules = tuple(rules)
        if self._card is not None:
            self._card.clear()
            for rule in self._rules:
                self._card.add(rule)


class InProcessPlace:
    """A simulated reader; ``pace`` is called before every command and may wait."""

    def __init__(self, pace: Callable[[], None]) -> None:
        self._simulated = SimulatedReader(self._wait)
        self._pace = pace
        self._slower_s = 0.0
        self._rules = _Rules()
        self.reader: CardReader = ReaderInKioskTerms(self._simulated)

    def put(self, card: PoweredCard) -> None:
        """Lay a card down."""
        self._simulated.put(self._rules.laid_on(card))

    def lift(self) -> None:
        """Take the card away."""
        self._simulated.lift()

    def rule(self, rules: Sequence[FaultRule]) -> None:
        """Let these rules count from now on, and no others."""
        self._slower_s = 0.0
        self._rules.change(rules)

    def slow_down(self, seconds: float) -> None:
        """Wait before every command, where a hand can still take the card away."""
        self.rule(())
        self._slower_s = seconds

    def _wait(self) -> None:
        self._pace()
        if self._slower_s:
            time.sleep(self._slower_s)

    def close(self) -> None:
        """There is nothing to let go of."""


class VirtualPlace:
    """A slot of vsmartcard-vpcd, and the kiosk's own reader over PC/SC in front of it."""

    def __init__(self, name: str) -> None:
        """Open reader and slot. Raises: NoWorldError that says what is missing."""
        from kiosk.card.pcsc import PcscReader
        from kiosk.card.pcsc_library import load_pyscard

        # The cards are simulated: a last try that locks one does no harm.
        rules = SafetyRules(allow_last_try=True, simulated_only=True)
        try:
            reader = PcscReader(load_pyscard(), name or FIRST_VIRTUAL_READER, rules=rules)
            self._closers: list[Callable[[], None]] = [reader.close]
            number = _slot_of(reader.check())
        except ReaderError as error:
            self.close()
            raise NoWorldError(str(error)) from error
        self._slot = VirtualSlot(_LOOPBACK, FIRST_PORT + number)
        self._closers.append(self._slot.close)
        self._rules = _Rules()
        self.reader: CardReader = reader

    def put(self, card: PoweredCard) -> None:
        """Lay a card down. Raises: NoWorldError when no virtual reader takes it."""
        self._slot.remove()
        try:
            self._slot.insert(self._rules.laid_on(card))
        except NotAdoptedError as error:
            raise NoWorldError(str(error)) from error
        self._wait_until_seen(present=True)

    def lift(self) -> None:
        """Take the card away."""
        self._slot.remove()
        self._wait_until_seen(present=False)

    def _wait_until_seen(self, *, present: bool) -> None:
        """Wait until the kiosk's reader has noticed, and does not change its mind any more.

        A card that leaves in the middle of a command is missed only at pcscd's next look.
        """
        deadline = time.monotonic() + _NOTICED_S
        seen_since: float | None = None
        while time.monotonic() < deadline:
            if self._is_seen(present=present):
                seen_since = seen_since or time.monotonic()
                if time.monotonic() - seen_since >= _SETTLED_S:
                    return
            else:
                seen_since = None
            time.sleep(_LOOK_EVERY_S)

    def _is_seen(self, *, present: bool) -> bool:
        try:
            return self.reader.is_card_present() is present
        except ReaderError:
            return False

    def rule(self, rules: Sequence[FaultRule]) -> None:
        """Let these rules count from now on, and no others."""
        self._rules.change(rules)

    def slow_down(self, seconds: float) -> None:
        """Let the card take longer for every command."""
        self.rule((FaultRule("any", delay_ms=round(seconds * 1000)),))

    def close(self) -> None:
        """Take the card out, and let go of reader and slot."""
        while self._closers:
            self._closers.pop()()


def open_place(reader: str, pace: Callable[[], None]) -> CardPlace:
    """Return the place that ``sim`` or ``pcsc[:NAME]`` means. Raises: NoWorldError."""
    kind, _, name = reader.partition(":")
    match kind:
        case "sim":
            return InProcessPlace(pace)
        case "pcsc":
            return VirtualPlace(name)
        case _:
            raise NoWorldError(f"this town has no reader {reader!r}; it has sim, and pcsc[:NAME]")


def _slot_of(name: str) -> int:
    """Return the slot that a virtual reader's name ends with."""
    found = re.search(r"(\d+)$", name)
    return int(found.group(1)) if found else 0
