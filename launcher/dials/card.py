"""The dials ``card`` and ``reader``: what the kiosk's reader meets."""

import sys
from collections.abc import Callable

from cardsim.errors import FaultRuleError
from cardsim.faults import FaultRule, FaultyCard, parse_rule
from cardsim.powered_card import PoweredCard
from cardsim.reader import SimulatedReader
from cardsim.trace import describe, redact
from kiosk.card.safety import SafeChannel, SafetyRules
from kiosk.errors import CardRemovedError, NoReaderError
from kiosk.ports import CardChannel, CardReader
from kiosk.tester.errors import UnknownSettingError
from launcher.dials.board import seconds, whole_number

_MOST_COMMANDS = 999


_RULES = {
    "first_fails": "first 6F00",
    "memory_failure": "0020008004 6581",
}
"""What positions of the dial mean as rules: the first command, and every PIN presented."""


class RuledReader(SimulatedReader):
    """A simulated reader; rules of ``cardsim.faults`` lie on whatever card is put down."""

    def __init__(self, pace: Callable[[], None]) -> None:
        super().__init__(pace)
        self._rules: tuple[FaultRule, ...] = ()
        self._card_under_rules: FaultyCard | None = None

    def put(self, card: PoweredCard) -> None:
        """Lay a card down, under the rules of the moment."""
        self._card_under_rules = FaultyCard(card)
        self.rule(self._rules)
        super().put(self._card_under_rules)

    def rule(self, rules: tuple[FaultRule, ...]) -> None:
        """Let these rules count from now on, and no others."""
        self._rules = rules
        if self._card_under_rules is not None:
            self._card_under_rules.clear()
            for rule in rules:
                self._card_under_rules.add(rule)


class WatchedReader:
    """The reader in the kiosk's terms: traced, and obeying the dials."""

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self.unplugged = False
        self.careful = False
        """Treat cards as over PC/SC, where they may be real: the last try is not used."""
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

    def transmit(self, apdu: bytes) -> bytes:
        if self._reader.unplugged:
            self._note(apdu, None)
            raise NoReaderError("the reader was unplugged")
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

    def __init__(self, simulated: RuledReader) -> None:
        self._simulated = simulated
        self._lift_after: int | None = None
        self.pace_s = 0.0
        """What the card takes longer for each command than its like."""

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        lifted = setting == "lift_after"
        lift_after = whole_number(argument, most=_MOST_COMMANDS) if lifted else None
        pace_s = seconds(argument) if setting == "slow" else 0.0
        rules = _rules(_RULES.get(setting, argument if setting == "rule" else ""))
        self._lift_after, self.pace_s = lift_after, pace_s
        self._simulated.rule(rules)
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


def _rules(line: str) -> tuple[FaultRule, ...]:
    """Return the rule of a line, none of an empty one. Raises: UnknownSettingError."""
    try:
        return (parse_rule(line),) if line else ()
    except FaultRuleError as error:
        raise UnknownSettingError(str(error)) from error
