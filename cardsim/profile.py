"""The input-assistance application (券面事項入力補助AP): the basic four items behind a PIN.

    FF20 L
      DF21 08  four big-endian offsets, from the start of the file, of DF22 … DF25
      DF22 n   name, UTF-8, U+3000 between family and given name
      DF23 n   address, UTF-8
      DF24 08  birth date YYYYMMDD, Gregorian, ASCII
      DF25 01  sex, ASCII

The personal number (EF 0001) and everything else in the application stays closed here. The
card's other references (照合番号A and B and the unknown 0012) answer as blocked ones do.
Assumption: 0012 is blocked on every card; A and B are blocked here on purpose, so that nothing
can be opened with them.
Source: [CARD 6.2, 7].
"""

from datetime import date

from cardsim.files import Application, ClosedFile, ElementaryFile, PinFile, TransparentFile
from cardsim.pins import PinSpec

PROFILE_AID = bytes.fromhex("D3921000310001010408")
EF_PERSONAL_NUMBER = 0x0001
EF_BASIC_FOUR = 0x0002
EF_PROFILE_PIN = 0x0011
PROFILE_PIN = "profile"
PROFILE_TRIES = 3
_BLOCKED_PIN = "profile-blocked"
_CLOSED = (EF_PERSONAL_NUMBER, 0x0003, 0x0006, 0x0007, 0x0008, 0x0013)
_BLOCKED = (0x0012, 0x0014, 0x0015)


def _tlv(tag: int, value: bytes) -> bytes:
    length = len(value)
    if length < 0x80:
        encoded = bytes((length,))
    elif length < 0x100:
        encoded = bytes((0x81, length))
    else:
        encoded = b"\x82" + length.to_bytes(2, "big")
    return tag.to_bytes(2, "big") + encoded + value


def basic_four_items(*, name: str, address: str, birth_date: date, sex: str) -> bytes:
    """Return the content of EF 0002 for one person."""
    items = (
        _tlv(0xDF22, name.encode()),
        _tlv(0xDF23, address.encode()),
        _tlv(0xDF24, birth_date.strftime("%Y%m%d").encode()),
        _tlv(0xDF25, sex.encode()),
    )
    body_length = 11 + sum(len(item) for item in items)
    start = len(_tlv(0xFF20, bytes(body_length))) - body_length + 11
    offsets = [start + sum(len(item) for item in items[:index]) for index in range(4)]
    table = _tlv(0xDF21, b"".join(offset.to_bytes(2, "big") for offset in offsets))
    return _tlv(0xFF20, table + b"".join(items))


def pin_specs(pin: bytes) -> tuple[PinSpec, ...]:
    """Return the application's PIN (4 digits, 3 tries) and the one that is always blocked."""
    return (
        PinSpec(PROFILE_PIN, pin, PROFILE_TRIES, 4, 4),
        PinSpec(_BLOCKED_PIN, b"", 0, 0, 0),
    )


def application(basic_four: bytes) -> Application:
    """Return the application."""
    files: dict[int, ElementaryFile] = {number: ClosedFile() for number in _CLOSED}
    files |= {number: PinFile(_BLOCKED_PIN) for number in _BLOCKED}
    files[EF_BASIC_FOUR] = TransparentFile(basic_four, needs_pin=PROFILE_PIN)
    files[EF_PROFILE_PIN] = PinFile(PROFILE_PIN)
    return Application(PROFILE_AID, files)
