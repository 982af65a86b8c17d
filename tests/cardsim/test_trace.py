"""A trace reads well and never shows a PIN."""

import pytest

from cardsim.trace import describe, redact


@pytest.mark.parametrize("command", ["002000800431323334", "0024018006414243313233"])
def test_pin_digits_are_blacked_out(command: str) -> None:
    shown = redact(bytes.fromhex(command))
    assert shown == command[:10] + "••" * int(command[8:10], 16)


def test_other_commands_are_shown_whole() -> None:
    assert redact(bytes.fromhex("00A4020C020018")) == "00A4020C020018"


@pytest.mark.parametrize(
    ("command", "answer", "words"),
    [
        ("00A4040C0AD392F000260100000001", "9000", "SELECT application JPKI → 9000 done"),
        ("00A4020C020018", "9000", "SELECT file 0018 → 9000 done"),
        ("00200080", "63C2", "VERIFY (tries left?) → 63C2 2 tries left"),
        ("00B0000004", "308203449000", "READ BINARY → 4 bytes, 9000 done"),
        ("00", "6700", "not a command → 6700 wrong length"),
    ],
)
def test_an_exchange_in_words(command: str, answer: str, words: str) -> None:
    assert describe(bytes.fromhex(command), bytes.fromhex(answer)) == words
