"""What went between reader and card, kept for people and for replay; no PIN is kept at all.

A PIN is replaced the moment it is heard: by ``{auth}``, ``{sign}`` or ``{profile}`` when it is the
right one, by ``{wrong}`` when it is not. So no form of a trace can give one away.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock

from cardsim.powered_card import PoweredCard
from cardsim.trace import describe, redact

MOST_KEPT = 5_000
"""Older exchanges are forgotten."""
_PIN_INSTRUCTIONS = (0x20, 0x24)
_HEADER_BYTES = 5
_READ, _SIGN, _CHALLENGE = 0xB0, 0x2A, 0x84
_DONE = "9000"


class Power(StrEnum):
    """What happens to a card besides commands."""

    ON = "on"
    OFF = "off"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One command and its answer, the PIN already gone."""

    number: int
    seconds: float
    """How long the card took."""
    command: str
    """Hexadecimal, a PIN as ``{name}``."""
    answer: str
    """Hexadecimal; empty when the card left instead."""
    words: str
    """Both in words."""


@dataclass(frozen=True, slots=True)
class PowerEvent:
    """Power went on or off."""

    number: int
    power: Power


Entry = Exchange | PowerEvent


class Recorder:
    """Keeps the last exchanges of one reader; safe to read from other threads."""

    def __init__(self, *, most: int = MOST_KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=most)
        self._count = 0
        self._lock = Lock()

    def add_power(self, power: Power) -> None:
        """Note that power changed; the same twice in a row is noted once."""
        with self._lock:
            last = self._entries[-1] if self._entries else None
            if isinstance(last, PowerEvent) and last.power is power is not Power.RESET:
                return
            self._count += 1
            self._entries.append(PowerEvent(self._count, power))

    def add(self, raw: bytes, response: bytes, seconds: float, pins: Mapping[str, bytes]) -> None:
        """Note one exchange; ``pins`` are the right ones by name."""
        words = describe(raw, response) if response else f"{redact(raw)} → the card left"
        with self._lock:
            self._count += 1
            self._entries.append(
                Exchange(
                    self._count, seconds, _without_pin(raw, pins), response.hex().upper(), words
                )
            )

    def entries(self, *, after: int = 0) -> tuple[Entry, ...]:
        """Return what was kept, from the first entry behind number ``after``."""
        with self._lock:
            return tuple(entry for entry in self._entries if entry.number > after)

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        with self._lock:
            self._entries.clear()


def _without_pin(raw: bytes, pins: Mapping[str, bytes]) -> str:
    if len(raw) < 2 or raw[1] not in _PIN_INSTRUCTIONS or len(raw) <= _HEADER_BYTES:
        return redact(raw)
    length, data = raw[4], raw[_HEADER_BYTES:]
    if length != len(data):
        return redact(raw)
    name = next((name for name, value in pins.items() if value == data), "wrong")
    return f"{raw[:_HEADER_BYTES].hex().upper()}{{{name}}}"


def as_lines(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """Return a trace for people, a line an entry."""
    return tuple(_line(entry) for entry in entries)


def _line(entry: Entry) -> str:
    if isinstance(entry, PowerEvent):
        return f"{entry.number:>5}           power {entry.power.value}"
    return f"{entry.number:>5} {entry.seconds * 1000:7.1f} ms  {entry.words}"


def as_vector(entries: tuple[Entry, ...]) -> str:
    """Return a trace in the form that ``cardsim replay`` and the tests' vectors have.

    What depends on keys or certificates is ``*``; a conversation begins at power-on, so a power
    change in the middle is a line ``! on``, ``! off`` or ``! reset``.
    """
    lines = ["# Recorded by cardsim; {auth}, {sign}, {profile} stand for the right PINs."]
    for entry in entries:
        if isinstance(entry, PowerEvent):
            lines.append(f"! {entry.power.value}")
        elif entry.answer:
            lines.append(f"{entry.command} {_wanted(entry)}")
        else:
            lines.append(f"# {entry.command}: the card left")
    return "\n".join(lines) + "\n"


def _wanted(entry: Exchange) -> str:
    instruction = int(entry.command[2:4], 16) if len(entry.command) >= 4 else -1
    if not entry.answer.endswith(_DONE) or len(entry.answer) == len(_DONE):
        return entry.answer
    if instruction in (_SIGN, _CHALLENGE):
        return f"*{(len(entry.answer) - len(_DONE)) // 2}"
    return "*" if instruction == _READ else entry.answer


@dataclass(slots=True)
class RecordedCard:
    """A card whose exchanges are noted. Same shape as a card."""

    card: PoweredCard
    recorder: Recorder
    pins: Callable[[], Mapping[str, bytes]] = field(default=dict)
    """The right PINs of this moment; they can be changed on the card."""
    clock: Callable[[], float] = time.perf_counter
    busy: Lock = field(default_factory=Lock)
    """Held while a command is under way."""

    @property
    def atr(self) -> bytes:
        """The card's ATR."""
        return self.card.atr

    def power_on(self) -> bytes:
        """Power the card."""
        self.recorder.add_power(Power.ON)
        return self.card.power_on()

    def power_off(self) -> None:
        """Cut its power."""
        self.recorder.add_power(Power.OFF)
        self.card.power_off()

    def reset(self) -> bytes:
        """Reset it warm."""
        self.recorder.add_power(Power.RESET)
        return self.card.reset()

    def transmit(self, raw: bytes) -> bytes:
        """Answer one command and note it, also when the card leaves instead."""
        pins, started, response = self.pins(), self.clock(), b""
        try:
            with self.busy:
                response = self.card.transmit(raw)
        finally:
            self.recorder.add(raw, response, self.clock() - started, pins)
        return response
