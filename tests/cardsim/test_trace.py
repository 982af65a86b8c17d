"""A trace reads well and never shows a PIN."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsim import apdu
from cardsim.trace import describe, redact


@pytest.mark.parametrize("command", ["002000800431323334", "0024018006414243313233"])
def test_pin_digits_are_blacked_out(command: str) -> None:
    shown = redact(bytes.fromhex(command))
    assert shown == command[:10] + "••" * int(command[8:10], 16)


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("0020008031323334", "00200080" + "••" * 4),
        ("002000800531323334", "00200080" + "••" * 5),
        ("00200080000004" + "31323334", "00200080000004" + "••" * 4),
        ("80320080043132333400", "8032008004" + "••" * 5),
        ("00200080", "00200080"),
        ("002000", "002000"),
    ],
    ids=["no length", "wrong length", "extended", "another instruction", "question", "cut"],
)
def test_a_pin_is_not_shown_by_an_unusual_command(command: str, shown: str) -> None:
    assert redact(bytes.fromhex(command)) == shown


@given(pin=st.text("0123456789", min_size=4, max_size=4), before=st.binary(max_size=3))
def test_no_way_of_sending_a_pin_shows_it(pin: str, before: bytes) -> None:
    raw = b"\x00\x20\x00\x80" + before + pin.encode()
    assert pin.encode().hex() not in redact(raw)[8:]


def test_a_status_word_has_words_for_every_name() -> None:
    """A new status word must be explained to people too."""
    named = {
        value
        for name, value in vars(apdu).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int)
    }
    for value in named - {apdu.VERIFY_FAILED}:
        assert not describe(b"", value.to_bytes(2, "big")).endswith(f"{value:04X}")


def test_other_commands_are_shown_whole() -> None:
    assert redact(bytes.fromhex("00A4020C020018")) == "00A4020C020018"


@pytest.mark.parametrize(
    ("command", "answer", "words"),
    [
        ("00A4040C0AD392F000260100000001", "9000", "SELECT application JPKI → 9000 done"),
        ("00A4020C020018", "9000", "SELECT file 0018 → 9000 done"),
        ("00200080", "63C2", "VERIFY (tries left?) → 63C2 2 tries left"),
        ("00B0000004", "308203449000", "READ BINARY from 0 → 4 bytes, 9000 done"),
        ("00B0010000", "6B00", "READ BINARY from 256 → 6B00 past the end"),
        ("00B08A0000", "019000", "READ BINARY → 1 bytes, 9000 done"),
        ("00A40000", "6A86", "SELECT file → 6A86 wrong P1 or P2"),
        ("00CADF3005", "6D00", "INS CA → 6D00 unknown instruction"),
        ("802A00800361626300", "6982", "SIGN → 6982 PIN needed"),
        ("008400", "1234", "not a command → 1234"),
        ("00", "6700", "not a command → 6700 wrong length"),
    ],
)
def test_an_exchange_in_words(command: str, answer: str, words: str) -> None:
    assert describe(bytes.fromhex(command), bytes.fromhex(answer)) == words
