"""Nonsense and half-sense for the card, and a watcher who knows what must never happen.

The watcher believes nothing of the card but its answers: it keeps its own notes of which PINs were
presented, recognises by its signature which key has signed, and by its bytes which file was read.

    python -m tests.cardsim.fuzz --count 2000000 --seed 7
"""

import argparse
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from cardsim.card import Card
from cardsim.files import CardImage, KeyFile, TransparentFile
from cardsim.persona import load_personas
from cardsim.pins import MemoryStore
from cardsim.pki.authority import DemoAuthority

AUTH, SIGN, PROFILE = b"1234", b"ABC123", b"5678"
_JPKI = bytes.fromhex("D392F000260100000001")
_TEXT = bytes.fromhex("D3921000310001010408")
_FRESH_EVERY = 400
"""Commands after which a new card is taken: blocked PINs make an old one dull."""
_LEAST_TELLING = 12
"""So many bytes of a file are no coincidence."""


class ForbiddenError(AssertionError):
    """The card did what no card may do."""


def fuzz_image() -> CardImage:
    """Return a card whose three PINs differ."""
    persona = replace(load_personas()[0], profile_pin=PROFILE.decode())
    now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    return DemoAuthority.create(now).issue_card(persona, now)


def _command(dice: random.Random) -> bytes:
    """Return a command that makes sense, or would on another day."""
    files = (
        0x01,
        0x02,
        0x05,
        0x06,
        0x08,
        0x09,
        0x0A,
        0x0B,
        0x11,
        0x12,
        0x14,
        0x17,
        0x18,
        0x1A,
        0x1B,
    )
    pins = (
        AUTH,
        SIGN,
        PROFILE,
        b"0000",
        b"abc123",
        b"",
        b"12345",
        dice.randbytes(dice.randrange(20)),
    )
    kind = dice.randrange(14)
    if kind < 2:
        name = dice.choice((_JPKI, _JPKI, _TEXT, _JPKI[:4], _TEXT[:5], dice.randbytes(8)))
        return _case(dice, b"\x00\xa4\x04" + dice.choice((b"\x0c", b"\x00")), name)
    if kind < 5:
        return b"\x00\xa4\x02\x0c\x02\x00" + bytes([dice.choice(files)])
    if kind < 8:
        reference = dice.choice((0x80, 0x80, 0x98, 0x9B, 0x91, 0x92, 0x00))
        return _case(dice, bytes((0x00, 0x20, 0x00, reference)), dice.choice(pins))
    if kind < 10:
        place = dice.choice((b"\x00\x00", b"\x01\x00", b"\x8a\x00", b"\x81\x00", dice.randbytes(2)))
        return b"\x00\xb0" + place + dice.choice((b"\x00", b"\x04", b"\x00\x00\x00", b"\x20"))
    if kind == 10:
        return bytes((0x00, 0x84, 0x00, 0x00, dice.randrange(256)))
    if kind == 11:
        return _case(dice, bytes((0x00, 0x24, 0x01, dice.choice((0x80, 0x98)))), dice.choice(pins))
    data = dice.randbytes(dice.choice((0, 1, 32, 51, 245, 246)))
    mode = dice.choice((0x00, 0x00, 0x01, 0x02, 0x04, 0x05, 0x06))
    return _case(dice, bytes((0x80, 0x2A, mode, dice.choice((0x80, 0x97, 0x9A, 0x00)))), data)


def _case(dice: random.Random, header: bytes, data: bytes) -> bytes:
    """Return the command in one of the forms that ISO 7816-4 has for it."""
    if not data:
        return header + dice.choice((b"", b"\x00", b"\x00\x00\x00"))
    if dice.randrange(5):
        return header + bytes([len(data)]) + data + dice.choice((b"", b"\x00"))
    return header + b"\x00" + len(data).to_bytes(2, "big") + data + dice.choice((b"", b"\x00\x00"))


def _damaged(dice: random.Random, raw: bytes) -> bytes:
    """Return the command with one thing wrong."""
    at = dice.randrange(len(raw)) if raw else 0
    match dice.randrange(5):
        case 0:
            return raw[:at]
        case 1:
            return raw + dice.randbytes(dice.randrange(1, 9))
        case 2:
            return raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :]
        case 3:
            return raw[:at] + raw[at + 1 :]
        case _:
            return raw[:at] + dice.randbytes(1) + raw[at:]


def _select(name: bytes) -> bytes:
    return b"\x00\xa4\x04\x0c" + bytes([len(name)]) + name


def _file(file_id: int) -> bytes:
    return b"\x00\xa4\x02\x0c\x02" + file_id.to_bytes(2, "big")


def _verify(pin: bytes) -> bytes:
    return b"\x00\x20\x00\x80" + bytes([len(pin)]) + pin


_READ = b"\x00\xb0\x00\x00\x00"
_SIGN_IT = b"\x80\x2a\x00\x80\x03abc\x00"
_PATHS = (
    (_select(_JPKI), _file(0x18), _verify(AUTH), _file(0x17), _SIGN_IT, _file(0x1A), _SIGN_IT),
    (_select(_JPKI), _file(0x1B), _verify(SIGN), _file(0x1A), _SIGN_IT, _file(0x17), _SIGN_IT),
    (_select(_JPKI), _file(0x1B), _verify(SIGN), _file(0x01), _READ, _select(_TEXT), _file(0x02)),
    (_select(_TEXT), _file(0x11), _verify(PROFILE), _file(0x02), _READ, _select(_JPKI), _READ),
    (
        _select(_JPKI),
        _file(0x18),
        _verify(AUTH),
        _select(_TEXT),
        _select(_JPKI),
        _file(0x17),
        _SIGN_IT,
    ),
    (
        _select(_JPKI),
        _file(0x18),
        _verify(b"0000"),
        _verify(AUTH),
        _verify(b"9999"),
        _file(0x17),
        _SIGN_IT,
    ),
)
"""What sound clients do, and what they would do wrong."""


def commands(dice: random.Random) -> Iterator[bytes]:
    """Yield commands without end: sound ones, damaged ones, mere noise, and ways to the end."""
    while True:
        if dice.randrange(25) == 0:
            for step in dice.choice(_PATHS):
                if dice.randrange(12):
                    yield step
                if dice.randrange(8) == 0:
                    yield _damaged(dice, step)
        raw = _command(dice)
        draw = dice.randrange(100)
        if draw < 55:
            yield raw
        elif draw < 92:
            yield _damaged(dice, raw)
        elif draw < 99:
            yield dice.randbytes(dice.randrange(12))
        else:
            yield dice.randbytes(dice.choice((260, 700, 66_000)))


@dataclass(frozen=True, slots=True)
class _Secret:
    """A file that a PIN opens, and what may be read without it."""

    content: bytes
    pin: bytes


class Watcher:
    """Sends commands to one card and raises at the first thing that must not happen."""

    def __init__(self, card: Card, image: CardImage) -> None:
        self._card = card
        files = [file for app in image.applications for file in app.files.values()]
        free = [f.content for f in files if isinstance(f, TransparentFile) and f.needs_pin is None]
        self._free = b"\0\0\0\0".join(free)
        names = {"auth": AUTH, "sign": SIGN, "profile": PROFILE}
        self._secrets = [
            _Secret(file.content, names[file.needs_pin])
            for file in files
            if isinstance(file, TransparentFile) and file.needs_pin is not None
        ]
        self._known = self._free + b"".join(secret.content for secret in self._secrets)
        self._keys: list[tuple[RSAPublicKey, bytes]] = [
            (file.key.public_key(), names[file.needs_pin])
            for file in files
            if isinstance(file, KeyFile)
        ]
        self._values = {pin: pin for pin in (AUTH, SIGN, PROFILE)}
        """What each PIN was when the card was made → what it is now."""
        self._application: bytes | None = None
        self._presented: set[bytes] = set()
        self.seen: Counter[str] = Counter()

    def power(self, event: str) -> None:
        """Change the power; nothing that was presented counts any more."""
        before = self._card.tries()
        getattr(self._card, event)()
        self._application, self._presented = None, set()
        if self._card.tries() != before:
            raise ForbiddenError(f"{event} changed a counter")

    def send(self, raw: bytes) -> None:
        """Send one command. Raises: ForbiddenError; whatever the card raises."""
        before = self._card.tries()
        response = self._card.transmit(raw)
        if not 2 <= len(response) <= 65_538:
            raise ForbiddenError(f"{len(response)} bytes are no answer")
        status, data = int.from_bytes(response[-2:], "big"), response[:-2]
        if status != 0x9000 and (status >> 12 != 6 or data):
            raise ForbiddenError(f"{status:04X} with {len(data)} bytes is no answer")
        self.seen[f"{status & 0xFFF0 if status >> 8 == 0x63 else status:04X}"] += 1
        self._look_at_counters(raw, before, status)
        if status == 0x9000:
            self._note(raw)
            self._look_at_data(raw, data)

    def _look_at_counters(self, raw: bytes, before: dict[str, int], status: int) -> None:
        after = self._card.tries()
        grown = [name for name, left in after.items() if left > before[name]]
        if grown and not (raw[1:2] == b"\x20" and status == 0x9000):
            raise ForbiddenError(f"the counter of {grown} grew without a right PIN")
        if min(after.values()) < 0:
            raise ForbiddenError("a counter fell below zero")
        if any(before[name] == 0 and left for name, left in after.items()):
            raise ForbiddenError("a blocked PIN came back")

    def _note(self, raw: bytes) -> None:
        """Keep notes of what the card has just accepted."""
        data = _data_of(raw)
        if raw[1] == 0xA4 and raw[2] == 0x04:
            chosen = next(aid for aid in (_JPKI, _TEXT) if aid.startswith(data))
            if chosen != self._application:
                self._presented = set()
            self._application = chosen
        elif raw[1] == 0x20:
            right = [first for first, value in self._values.items() if value == data]
            mine = [pin for pin in right if (pin == PROFILE) == (self._application == _TEXT)]
            if not mine:
                raise ForbiddenError("a wrong PIN was taken for a right one")
            self._presented.update(mine)
            self.seen["PIN"] += 1
        elif raw[1] == 0x24:
            self._note_change(data)

    def _note_change(self, data: bytes) -> None:
        if not self._presented:
            raise ForbiddenError("a PIN was changed that nobody had presented")
        names = {"auth": AUTH, "sign": SIGN, "profile": PROFILE}
        for name, value in self._card.pin_values().items():
            if name in names:
                self._values[names[name]] = value
        if data not in self._values.values():
            raise ForbiddenError("the new PIN is not the one that was sent")

    def _look_at_data(self, raw: bytes, data: bytes) -> None:
        if raw[1] == 0x2A and raw[0] == 0x80:
            self._look_at_signature(raw, data)
        elif len(data) >= _LEAST_TELLING and data not in self._free:
            for secret in self._secrets:
                if data in secret.content and secret.pin not in self._presented:
                    raise ForbiddenError("a closed file was read")
            self.seen["secret"] += data in self._known
        for pin in (*self._values.values(), *self._values):
            if len(pin) >= 4 and pin in data and data not in self._known and raw[1] != 0x2A:
                raise ForbiddenError("an answer holds a PIN")

    def _look_at_signature(self, raw: bytes, signature: bytes) -> None:
        if len(signature) != 256:
            raise ForbiddenError("a signature has another length")
        self.seen["signature"] += 1
        if raw[2] > 3:
            if not self._presented & {AUTH, SIGN}:
                raise ForbiddenError("a key signed without a PIN")
            return
        for key, pin in self._keys:
            try:
                key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
            except InvalidSignature:
                continue
            if pin not in self._presented:
                raise ForbiddenError("a key signed without its PIN")
            return
        raise ForbiddenError("nobody's key made this signature")


def _data_of(raw: bytes) -> bytes:
    """Return the data of a command that the card accepted."""
    body = raw[4:]
    if len(body) < 2:
        return b""
    if body[0]:
        return body[1 : 1 + body[0]]
    length = int.from_bytes(body[1:3], "big")
    return body[3 : 3 + length] if len(body) > 3 else b""


def fuzz(image: CardImage, *, count: int, seed: int, make: type[Card] = Card) -> Counter[str]:
    """Send ``count`` commands to one card after another; return how often what was seen.

    Raises: ForbiddenError that names the seed and the place.
    """
    dice, seen = random.Random(seed), Counter[str]()
    source = commands(dice)
    watcher = Watcher(_fresh(image, make), image)
    for place in range(count):
        if place % _FRESH_EVERY == 0:
            seen += watcher.seen
            watcher = Watcher(_fresh(image, make), image)
        try:
            if dice.randrange(60) == 0:
                watcher.power(dice.choice(("power_off", *("power_on", "reset") * 4)))
            watcher.send(next(source))
        except Exception as error:
            raise ForbiddenError(f"seed {seed}, command {place}: {error!r}") from error
    return seen + watcher.seen


def _fresh(image: CardImage, make: type[Card]) -> Card:
    card = make(image, MemoryStore(), random_bytes=bytes)
    card.power_on()
    return card


def main() -> int:
    """Fuzz for as long as asked; print seed, commands a second and what was seen."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=2_000_000, help="commands to send")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="to repeat a run")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    started, image, seen = time.perf_counter(), fuzz_image(), Counter[str]()
    step = 100_000
    for done in range(0, options.count, step):
        seen += fuzz(image, count=min(step, options.count - done), seed=options.seed + done)
        seconds = time.perf_counter() - started
        rate = (done + step) / seconds
        print(
            f"\r{min(done + step, options.count):>12,} commands {rate:>10,.0f}/s",
            end="",
            flush=True,
        )
    print("\n" + ", ".join(f"{what} {count:,}" for what, count in seen.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
