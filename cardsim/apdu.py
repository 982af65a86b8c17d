"""Commands and answers as bytes: parsing of command APDUs, status words.

    case 1   CLA INS P1 P2
    case 2   CLA INS P1 P2 Le                    Le: 1 byte, or 00 + 2 bytes
    case 3   CLA INS P1 P2 Lc data               Lc: 1 byte, or 00 + 2 bytes
    case 4   CLA INS P1 P2 Lc data Le            both short or both extended

Source: [ISO7816-4]; status words as the card answers them [CARD 8.8].
"""

from dataclasses import dataclass

DONE = 0x9000
VERIFY_FAILED = 0x63C0
"""Low four bits: tries left."""
MEMORY_FAILURE = 0x6581
WRONG_LENGTH = 0x6700
CHANNEL_NOT_SUPPORTED = 0x6881
SECURE_MESSAGING_NOT_SUPPORTED = 0x6882
WRONG_FILE_TYPE = 0x6981
SECURITY_STATUS_NOT_SATISFIED = 0x6982
PIN_BLOCKED = 0x6984
"""This card does not use 6983."""
CONDITIONS_NOT_SATISFIED = 0x6985
NO_CURRENT_EF = 0x6986
WRONG_DATA = 0x6A80
FILE_NOT_FOUND = 0x6A82
WRONG_P1_P2 = 0x6A86
REFERENCE_NOT_FOUND = 0x6A88
OFFSET_OUTSIDE_FILE = 0x6B00
INS_NOT_SUPPORTED = 0x6D00
CLA_NOT_SUPPORTED = 0x6E00
FAILURE = 0x6F00

_EXTENDED_LE_ALL = 65536
_SHORT_LE_ALL = 256


class BadApduError(ValueError):
    """The bytes are no command; carries the status word to answer."""

    def __init__(self, status_word: int) -> None:
        super().__init__(f"not a command APDU, answered {status_word:04X}")
        self.status_word = status_word


@dataclass(frozen=True, slots=True)
class Command:
    """One parsed command; ``expected`` is the most answer bytes wanted, None when none."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    expected: int | None
    extended: bool = False


def parse_command(raw: bytes) -> Command:
    """Parse a command APDU of any of the four cases, short or extended.

    Raises: BadApduError.
    """
    if len(raw) < 4:
        raise BadApduError(WRONG_LENGTH)
    cla, ins, p1, p2 = raw[:4]
    data, expected, extended = _parse_body(raw[4:])
    return Command(cla, ins, p1, p2, data, expected, extended)


def _parse_body(body: bytes) -> tuple[bytes, int | None, bool]:
    if not body:
        return b"", None, False
    if len(body) == 1:
        return b"", body[0] or _SHORT_LE_ALL, False
    if body[0] != 0:
        return (*_split(body[1:], body[0], le_bytes=1), False)
    if len(body) == 3:
        return b"", int.from_bytes(body[1:3], "big") or _EXTENDED_LE_ALL, True
    if len(body) < 4:
        raise BadApduError(WRONG_LENGTH)
    return (*_split(body[3:], int.from_bytes(body[1:3], "big"), le_bytes=2), True)


def _split(rest: bytes, length: int, *, le_bytes: int) -> tuple[bytes, int | None]:
    data, le = rest[:length], rest[length:]
    if length == 0 or len(data) != length or len(le) not in (0, le_bytes):
        raise BadApduError(WRONG_LENGTH)
    if not le:
        return data, None
    every = _SHORT_LE_ALL if le_bytes == 1 else _EXTENDED_LE_ALL
    return data, int.from_bytes(le, "big") or every


def answer(status_word: int, data: bytes = b"") -> bytes:
    """Return data and status word as the card sends them."""
    return data + status_word.to_bytes(2, "big")
