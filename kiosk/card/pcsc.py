"""A card reader over PC/SC, in the kiosk's terms.

The screen may ask at any moment whether a card is there, and never waits. A conversation has the
card for itself from powering to unpowering. A card that never answers costs one thread at most:
its line is given up, a fresh one is opened, and the resident sees an error.
"""

import threading
import time
from contextlib import suppress

from kiosk.card.pcsc_library import PcscLibrary
from kiosk.card.pcsc_line import Limits, PcscLine
from kiosk.card.safety import SafeChannel, SafetyRules
from kiosk.errors import ReaderError, ReaderStuckError
from kiosk.ports import CardChannel


class PcscReader:
    """The reader whose name contains ``wanted``; pcscd and reader may go and come back."""

    def __init__(
        self,
        library: PcscLibrary,
        wanted: str = "",
        *,
        rules: SafetyRules,
        limits: Limits | None = None,
    ) -> None:
        self._library = library
        self._wanted = wanted
        self._rules = rules
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._line = self._new_line()
        self._stuck: PcscLine | None = None

    def check(self) -> str:
        """Return the reader's name, once it is known to be usable. Raises: ReaderError."""
        self._line.look_once()
        name = self._line.reader_name()
        self._rules.check_reader(name)
        return name

    def is_card_present(self) -> bool:
        """Say whether a card lies there, as was seen last. Raises: ReaderError."""
        return self._line.is_card_present()

    def connect(self) -> CardChannel:
        """Power the card for one conversation.

        Raises: NoCardError, CardNotRecognisedError, CardInUseError, ReaderError.
        """
        line = self._usable_line()
        try:
            self._rules.check_reader(line.reader_name())
            line.power_card()
        except ReaderStuckError:
            self.replace(line)
            raise
        return SafeChannel(_PcscChannel(self, line, self._limits), self._rules)

    def replace(self, stuck: PcscLine) -> None:
        """Go on with a fresh line; the stuck one ends when its call comes back."""
        with self._lock:
            if self._line is stuck:
                stuck.give_up()
                self._stuck = stuck
                self._line = self._new_line()

    def close(self) -> None:
        """Let go of reader and card."""
        self._line.close()

    def _new_line(self) -> PcscLine:
        return PcscLine(self._library, self._wanted, self._limits)

    def _usable_line(self) -> PcscLine:
        with self._lock:
            if self._stuck is not None and self._stuck.is_alive:
                raise ReaderStuckError("the card before gives no answer yet")
            self._stuck = None
            return self._line


class _PcscChannel:
    """One conversation with one powered card."""

    def __init__(self, reader: PcscReader, line: PcscLine, limits: Limits) -> None:
        self._reader = reader
        self._line = line
        self._limits = limits
        self._until = time.monotonic() + limits.conversation_s
        self._is_open = True

    def transmit(self, apdu: bytes) -> bytes:
        left_s = self._until - time.monotonic()
        if not self._is_open or left_s <= 0:
            raise ReaderStuckError("the conversation with the card took too long")
        try:
            return self._line.transmit(apdu, min(left_s, self._limits.command_s))
        except ReaderStuckError:
            self._is_open = False
            self._reader.replace(self._line)
            raise

    def disconnect(self) -> None:
        """Unpower the card. A line that is stuck does it by itself when it comes back."""
        if self._is_open:
            self._is_open = False
            with suppress(ReaderError):
                self._line.unpower_card()
