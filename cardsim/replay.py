"""A recorded conversation held once more with a card, and where the card says something else.

    # words for people
    ! on, ! off, ! reset        power in the middle of a conversation
    COMMAND ANSWER              hexadecimal; spaces inside the answer mean nothing
    COMMAND *                   any data, then 9000
    COMMAND *N                  N bytes of data, then 9000

In a command ``{auth}``, ``{sign}``, ``{profile}`` stand for the card's PIN of that name and
``{wrong}`` for one that is certainly wrong, filled to the length that stands before it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cardsim.errors import VectorFileError
from cardsim.powered_card import PoweredCard

_PLACE = re.compile(r"\{([a-z]+)\}")
_WANTED = re.compile(r"\*[0-9]*|(?:[0-9A-Fa-f]{2}\s*)+")
_WRONG, _POWER = "wrong", ("on", "off", "reset")
_FILLER = b"0"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a conversation."""

    line: int
    """Counted from 1."""
    command: str
    """Hexadecimal with names of PINs, or a power change after ``!``."""
    wanted: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A line at which the card said something else."""

    step: Step
    said: str
    """Hexadecimal; certificates are public and PINs are never answered."""

    def __str__(self) -> str:
        """Where, what was wanted, what came."""
        step = self.step
        return f"line {step.line}: {step.command} wanted {step.wanted}, the card said {self.said}"


def parse_vector(text: str) -> tuple[Step, ...]:
    """Return the steps of a conversation. Raises: VectorFileError."""
    return tuple(_parse(number, line) for number, line in _lines(text))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line and not line.startswith("#"):
            yield number, line


def _parse(number: int, line: str) -> Step:
    if line.startswith("!"):
        event = line[1:].strip()
        if event not in _POWER:
            raise VectorFileError(f"line {number}: {line!r}; write ! on, ! off or ! reset")
        return Step(number, f"! {event}", "")
    command, _, wanted = line.partition(" ")
    plain = _PLACE.sub("", command)
    if not _is_hexadecimal(plain) or not _WANTED.fullmatch(wanted.strip()):
        raise VectorFileError(
            f"line {number}: {line[:40]!r}; write the command, a space and the answer in "
            "hexadecimal, or * for any data"
        )
    return Step(number, command, wanted.strip())


def _is_hexadecimal(text: str) -> bool:
    return len(text) % 2 == 0 and bool(re.fullmatch(r"[0-9A-Fa-f]*", text))


def replay(
    steps: tuple[Step, ...], card: PoweredCard, pins: Mapping[str, bytes]
) -> Iterator[Difference]:
    """Hold the conversation with a card, from power-on, and yield every difference.

    ``pins`` are the card's right PINs by name. Raises: VectorFileError for a name that is none.
    """
    card.power_on()
    for step in steps:
        if step.command.startswith("!"):
            _change_power(card, step.command[2:])
            continue
        response = card.transmit(_bytes_of(step, pins))
        if not _fits(response, step.wanted):
            yield Difference(step, response.hex().upper())


def _change_power(card: PoweredCard, event: str) -> None:
    if event == "on":
        card.power_on()
    elif event == "off":
        card.power_off()
    else:
        card.reset()


def _bytes_of(step: Step, pins: Mapping[str, bytes]) -> bytes:
    def put_in(match: re.Match[str]) -> str:
        name = match[1]
        if name == _WRONG:
            before = step.command[: match.start()]
            return _wrong(int(before[-2:] or "0", 16), pins).hex()
        if name not in pins:
            known = ", ".join((*pins, _WRONG))
            raise VectorFileError(f"line {step.line}: no PIN {name}; known: {known}")
        return pins[name].hex()

    return bytes.fromhex(_PLACE.sub(put_in, step.command))


def _wrong(length: int, pins: Mapping[str, bytes]) -> bytes:
    """Return a PIN of that length that is none of the right ones."""
    values = set(pins.values())
    return next(
        wrong
        for number in range(len(values) + 1)
        if (wrong := str(number).encode().rjust(length, _FILLER)[:length]) not in values
    )


def _fits(response: bytes, wanted: str) -> bool:
    if not wanted.startswith("*"):
        return response == bytes.fromhex(wanted)
    data, done = response[:-2], response[-2:] == b"\x90\x00"
    return done and (len(data) == int(wanted[1:]) if wanted[1:] else len(data) > 0)
