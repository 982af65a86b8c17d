"""The dials ``card`` and ``reader``: what the kiosk's reader meets."""

import sys
from collections.abc import Callable

from cardsim import apdu as status_words
from cardsim.reader import SimulatedReader
from cardsim.trace import describe, redact
from kiosk.card.safety import SafeChannel, SafetyRules
from kiosk.errors import CardRemovedError, NoReaderError
from kiosk.ports import CardChannel, CardReader
from launcher.dials.board import seconds, whole_number

_VERIFY = 0x20
_MOST_COMMANDS = 999


class WatchedReader:
    """The reader in the kiosk's terms: traced, and obeying the dials."""

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self.unplugged = False
        self.careful = False
        """Treat cards as over PC/SC, where they may be real: the last try is not used."""
        self.answer_for: Callable[[int, bytes], int | None] = lambda _place, _apdu: None
        """The status word that a command gets instead of the card's, by its place from 0."""
        self.trace: list[str] = []

    def is_card_present(self) -> bool:
        """Say whether a card lies on the reader. Raises: NoReaderError while it is unplugged."""
        if self.unplugged:
            raise NoReaderError("the reader is unplugged")
        return self._reader.is_card_present()

    def connect(self) -> CardChannel:
        """Power the card. Raises: NoCardError, NoReaderError."""
        if self.unplugged:
            raise NoReaderError("the reader is unplugged")
        channel = self._reader.connect()
        self.trace.append("― power on ―")
        watched = _WatchedChannel(channel, self)
        return SafeChannel(watched, SafetyRules()) if self.careful else watched


class _WatchedChannel:
    def __init__(self, channel: CardChannel, reader: WatchedReader) -> None:
        self._channel = channel
        self._reader = reader
        self._sent = 0

    def transmit(self, apdu: bytes) -> bytes:
        place, self._sent = self._sent, self._sent + 1
        if self._reader.unplugged:
            self._note(apdu, None)
            raise NoReaderError("the reader was unplugged")
        status = self._reader.answer_for(place, apdu)
        if status is not None:
            answer = status.to_bytes(2, "big")
        else:
            try:
                answer = self._channel.transmit(apdu)
            except CardRemovedError:
                self._note(apdu, None)
                raise
        self._note(apdu, answer)
        return answer

    def _note(self, apdu: bytes, answer: bytes | None) -> None:
        said = describe(apdu, answer) if answer is not None else f"{redact(apdu)} → card removed"
        self._reader.trace.append(said)

    def disconnect(self) -> None:
        self._channel.disconnect()
        self._reader.trace.append("― power off ―")


class CardKnob:
    """Makes the card in the hand a bad one."""

    def __init__(self, watched: WatchedReader, simulated: SimulatedReader) -> None:
        self._watched = watched
        self._simulated = simulated
        self._lift_after: int | None = None
        self.pace_s = 0.0
        """What the card takes longer for each command than its like."""

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        lifted = setting == "lift_after"
        lift_after = whole_number(argument, most=_MOST_COMMANDS) if lifted else None
        pace_s = seconds(argument) if setting == "slow" else 0.0
        self._lift_after, self.pace_s = lift_after, pace_s
        self._watched.answer_for = _ANSWERS.get(setting, _as_the_card_answers)
        self.card_was_put()

    def card_was_put(self) -> None:
        """Hear that a card was laid down: it may be one that will be lifted soon."""
        never = sys.maxsize
        self._simulated.lift_after(never if self._lift_after is None else self._lift_after)


class ReaderKnob:
    """Pulls the reader's plug, or makes it as careful as one over PC/SC."""

    def __init__(self, watched: WatchedReader) -> None:
        self._watched = watched

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        self._watched.unplugged = setting == "unplugged"
        self._watched.careful = setting == "careful"


def _as_the_card_answers(_place: int, _apdu: bytes) -> int | None:
    return None


def _first_fails(place: int, _apdu: bytes) -> int | None:
    return status_words.FAILURE if place == 0 else None


def _memory_failure(_place: int, apdu: bytes) -> int | None:
    return status_words.MEMORY_FAILURE if apdu[1:2] == bytes((_VERIFY,)) and len(apdu) > 4 else None


_ANSWERS: dict[str, Callable[[int, bytes], int | None]] = {
    "first_fails": _first_fails,
    "memory_failure": _memory_failure,
}
