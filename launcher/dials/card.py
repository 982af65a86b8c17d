"""The dials ``card`` and ``reader``: what the kiosk's reader meets."""

from cardsim.errors import FaultRuleError
from cardsim.faults import FaultRule, parse_rule
from cardsim.trace import describe, redact
from kiosk.card.safety import SafeChannel, SafetyRules
from kiosk.errors import CardRemovedError, NoReaderError
from kiosk.ports import CardChannel, CardReader
from kiosk.tester.errors import UnknownSettingError
from launcher.card_places import CardPlace
from launcher.dials.board import seconds, whole_number

_MOST_COMMANDS = 999


_EVERY_PIN = "0020008004"
"""VERIFY with a PIN; without one it only asks how many tries are left."""


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

    def __init__(self, place: CardPlace) -> None:
        self._place = place

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        if setting == "slow":
            self._place.slow_down(seconds(argument))
        else:
            self._place.rule(_rules(_rule_of(setting, argument)))


class ReaderKnob:
    """Pulls the reader's plug, or makes it as careful as one over PC/SC."""

    def __init__(self, watched: WatchedReader) -> None:
        self._watched = watched

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        self._watched.unplugged = setting == "unplugged"
        self._watched.careful = setting == "careful"


def _rule_of(setting: str, argument: str) -> str:
    """Return what a position means as a rule. Raises: UnknownSettingError."""
    match setting:
        case "lift_after":
            return f"any cut after={whole_number(argument, most=_MOST_COMMANDS)}"
        case "first_fails":
            return "first 6F00"
        case "memory_failure":
            return f"{_EVERY_PIN} 6581"
        case "rule":
            return argument
        case _:
            return ""


def _rules(line: str) -> tuple[FaultRule, ...]:
    """Return the rule of a line, none of an empty one. Raises: UnknownSettingError."""
    try:
        return (parse_rule(line),) if line else ()
    except FaultRuleError as error:
        raise UnknownSettingError(str(error)) from error
