"""The same reader twice: in this process, and in a virtual reader behind the real pcscd.

What a test does with a card is the same on both; only the second one is PC/SC.
"""

import os
import threading
from typing import Protocol

from cardsim.card import Card
from cardsim.errors import CardRemovedError as CardLeavesError
from cardsim.reader import SimulatedReader
from cardsim.vpcd import FIRST_PORT, VirtualSlot
from kiosk.card.pcsc import PcscReader
from kiosk.card.pcsc_library import load_pyscard
from kiosk.card.pcsc_line import Limits
from kiosk.card.safety import SafetyRules
from kiosk.ports import CardReader
from launcher.hand import ReaderInKioskTerms
from tests.kiosk.card.waiting import wait_until

HAS_PCSCD = os.environ.get("RISAI_TEST_PCSC") == "1"
NO_PCSCD = "PC/SC: run in tools/pcsc_room.sh, which sets RISAI_TEST_PCSC (CI does)"
READER_NAME = "Virtual PCD 00 00"
_NEVER = 1_000_000


class CountingCard(Card):
    """A card that counts what it is sent, and leaves when its time has come."""

    lift_after = _NEVER
    sent = 0
    answers: threading.Event | None = None

    def transmit(self, raw: bytes) -> bytes:
        if self.sent >= self.lift_after:
            raise CardLeavesError("lifted")
        self.sent += 1
        if self.answers is not None:
            self.answers.wait(60.0)
        return super().transmit(raw)


class Slot(Protocol):
    """A reader with a hand that puts cards on it and lifts them."""

    @property
    def reader(self) -> CardReader:
        """The reader in the kiosk's terms."""

    def put(self, card: CountingCard, *, lift_after: int = _NEVER) -> None:
        """Lay a card down; it is lifted by itself after so many commands."""

    def lift(self) -> None:
        """Take the card away; nothing happens where none lies."""

    def commands(self) -> int:
        """How many commands the last card got."""

    def close(self) -> None:
        """Let go of everything."""


class InProcessSlot:
    """The reader that the demo town has."""

    def __init__(self) -> None:
        self._slot = SimulatedReader()
        self.reader: CardReader = ReaderInKioskTerms(self._slot)
        self._card: CountingCard | None = None

    def put(self, card: CountingCard, *, lift_after: int = _NEVER) -> None:
        """Lay a card down."""
        self._card = card
        self._slot.put(card)
        self._slot.lift_after(lift_after)

    def lift(self) -> None:
        """Take the card away."""
        self._slot.lift()

    def commands(self) -> int:
        """How many commands the last card got."""
        return self._card.sent if self._card else 0

    def close(self) -> None:
        """Let go."""
        self._slot.lift()


class PcscdSlot:
    """Slot 0 of the virtual reader, and the kiosk's reader over PC/SC in front of it."""

    def __init__(self, rules: SafetyRules, limits: Limits | None = None) -> None:
        self._slot = VirtualSlot("127.0.0.1", FIRST_PORT)
        self._reader = PcscReader(load_pyscard(), READER_NAME, rules=rules, limits=limits)
        self.reader: CardReader = self._reader
        self._reader.check()
        wait_until(lambda: not self.reader.is_card_present())
        self.card: CountingCard | None = None

    def put(self, card: CountingCard, *, lift_after: int = _NEVER) -> None:
        """Lay a card down and wait until the kiosk sees it."""
        self.card = card
        card.lift_after = lift_after
        self._slot.insert(card)
        wait_until(self.reader.is_card_present)

    def lift(self) -> None:
        """Take the card away and wait until the kiosk sees that."""
        self._slot.remove()
        wait_until(lambda: not self.reader.is_card_present())

    def commands(self) -> int:
        """How many commands the last card got."""
        return self.card.sent if self.card else 0

    def close(self) -> None:
        """Let go, leaving an empty reader behind."""
        self.lift()
        self._slot.close()
        self._reader.close()
