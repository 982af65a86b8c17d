"""What a tester can make go wrong between reader and card, as rules written in one line each.

    WHEN WHAT [after=N] [times=N]

    WHEN   any · first (after power-up) · select, verify, change, read, challenge, sign ·
           or the first bytes of the command in hexadecimal, ? for any digit: 00B0, 0020008?
    WHAT   four hexadecimal digits: this status word instead of the card's answer ·
           delay=MS: the answer comes later · cut: the card is gone at once ·
           drop=MS: no answer, and the card is gone after so many milliseconds
    after  lets so many commands pass that it would have met; times: then works so often (else
           for ever)

    sign 6581            the memory fails at every signature
    first 6F00 times=1   the first command after the next power-up fails
    read cut after=2     the card is gone at the third read

The card does not hear a command whose answer is replaced or cut.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cardsim import apdu
from cardsim.errors import CardRemovedError, FaultRuleError
from cardsim.powered_card import PoweredCard

_INSTRUCTIONS = {
    "select": 0xA4,
    "verify": 0x20,
    "change": 0x24,
    "read": 0xB0,
    "challenge": 0x84,
    "sign": 0x2A,
}
_ANY, _FIRST = "any", "first"
MOST_MS = 60_000
"""No rule makes anybody wait longer: a card that never answers hangs pcscd for good."""
_PATTERN = re.compile(r"(?:[0-9A-F?]{2})+")
_STATUS = re.compile(r"[0-9A-F]{4}")
_FORM = "WHEN WHAT [after=N] [times=N], as in: sign 6581 times=1"


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One rule: which commands it meets, what happens, and how often."""

    when: str
    status: int | None = None
    """The card's answer is replaced by this status word."""
    delay_ms: int = 0
    leaves: bool = False
    """The card is gone, after the delay."""
    after: int = 0
    times: int | None = None

    def __str__(self) -> str:
        """The rule as it is written."""
        return " ".join((self.when, self._what(), *self._how_often()))

    def _what(self) -> str:
        if self.status is not None:
            return f"{self.status:04X}"
        if self.leaves:
            return f"drop={self.delay_ms}" if self.delay_ms else "cut"
        return f"delay={self.delay_ms}"

    def _how_often(self) -> tuple[str, ...]:
        after = (f"after={self.after}",) if self.after else ()
        return (*after, f"times={self.times}") if self.times is not None else after

    def meets(self, raw: bytes, *, is_first: bool) -> bool:
        """Say whether a command is one of those that the rule is about."""
        if self.when == _ANY:
            return True
        if self.when == _FIRST:
            return is_first
        if self.when in _INSTRUCTIONS:
            return len(raw) > 1 and raw[1] == _INSTRUCTIONS[self.when]
        digits = raw.hex().upper()[: len(self.when)]
        return len(digits) == len(self.when) and all(
            wanted in ("?", found) for wanted, found in zip(self.when, digits, strict=True)
        )


def parse_rule(text: str) -> FaultRule:
    """Return the rule of a line. Raises: FaultRuleError that says what is wrong and the form."""
    words = text.split()
    if len(words) < 2:
        raise FaultRuleError(f"a rule is written {_FORM}")
    when = _parse_when(words[0])
    counts = dict(_parse_count(word) for word in words[2:])
    after, times = counts.pop("after", 0), counts.pop("times", None)
    name, _, number = words[1].partition("=")
    if _STATUS.fullmatch(words[1].upper()):
        return FaultRule(when, status=int(words[1], 16), after=after, times=times)
    if words[1] == "cut":
        return FaultRule(when, leaves=True, after=after, times=times)
    if name in ("delay", "drop"):
        delay_ms = _number(number, name, most=MOST_MS)
        return FaultRule(when, delay_ms=delay_ms, leaves=name == "drop", after=after, times=times)
    raise FaultRuleError(
        f"{words[1]!r} is nothing that can happen; write four hexadecimal digits, delay=MS, "
        f"drop=MS or cut"
    )


def _parse_when(word: str) -> str:
    if word.lower() in (_ANY, _FIRST, *_INSTRUCTIONS):
        return word.lower()
    if _PATTERN.fullmatch(word.upper()):
        return word.upper()
    names = ", ".join((_ANY, _FIRST, *_INSTRUCTIONS))
    raise FaultRuleError(f"{word!r} names no command; write {names}, or hexadecimal bytes with ?")


def _parse_count(word: str) -> tuple[str, int]:
    name, _, number = word.partition("=")
    if name not in ("after", "times"):
        raise FaultRuleError(f"{word!r} is not understood; a rule is written {_FORM}")
    return name, _number(number, name, most=1_000_000)


def _number(text: str, name: str, *, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        raise FaultRuleError(f"{name} needs a whole number from 0 to {most}, as in {name}=3")
    return int(text)


@dataclass(slots=True)
class _Active:
    """A rule at work, with how often it met a command."""

    rule: FaultRule
    met: int = 0

    def is_due(self, raw: bytes, *, is_first: bool) -> bool:
        if not self.rule.meets(raw, is_first=is_first):
            return False
        self.met += 1
        turn = self.met - self.rule.after
        return turn > 0 and (self.rule.times is None or turn <= self.rule.times)


@dataclass(slots=True)
class FaultyCard:
    """A card behind rules; without any it is the card itself. Same shape as a card."""

    card: PoweredCard
    wait_ms: Callable[[int], None] = field(default=lambda ms: time.sleep(ms / 1000))
    _active: list[_Active] = field(default_factory=list)
    _is_first: bool = False

    def add(self, rule: FaultRule) -> None:
        """Put a rule to work, behind those that are at work already."""
        self._active.append(_Active(rule))

    def clear(self) -> None:
        """Take all rules away."""
        self._active.clear()

    def rules(self) -> tuple[FaultRule, ...]:
        """The rules at work, in order."""
        return tuple(one.rule for one in self._active)

    @property
    def atr(self) -> bytes:
        """The card's ATR."""
        return self.card.atr

    def power_on(self) -> bytes:
        """Power the card."""
        self._is_first = True
        return self.card.power_on()

    def power_off(self) -> None:
        """Cut its power."""
        self.card.power_off()

    def reset(self) -> bytes:
        """Reset it warm."""
        self._is_first = True
        return self.card.reset()

    def transmit(self, raw: bytes) -> bytes:
        """Answer one command, or what the rules make of it. Raises: CardRemovedError."""
        is_first, self._is_first = self._is_first, False
        # Every rule counts every command it meets; the first that decides the answer wins.
        due = [one.rule for one in self._active if one.is_due(raw, is_first=is_first)]
        for rule in due:
            if rule.delay_ms:
                self.wait_ms(rule.delay_ms)
            if rule.leaves:
                raise CardRemovedError("a rule took the card away")
            if rule.status is not None:
                return apdu.answer(rule.status)
        return self.card.transmit(raw)
