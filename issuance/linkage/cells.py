"""How single cells are read. Text stays exactly as delivered: no trimming, no normalising."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from issuance.linkage.model import CellError

Value = TypeVar("Value")
_DATE = re.compile(r"([0-9]{4})([-/]?)([0-9]{2})\2([0-9]{2})", re.ASCII)
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})+", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def read_text(cell: str) -> str:
    """Return the cell verbatim. Raises: CellError for control characters."""
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in cell):
        raise CellError(
            "改行や制御文字を取り除いてください。", "Remove line breaks and control characters."
        )
    return cell


def read_date(cell: str) -> date:
    """Return a day written 2026-10-03, 2026/10/03 or 20261003. Raises: CellError."""
    match = _DATE.fullmatch(cell)
    try:
        if match is None:
            raise ValueError
        year, _separator, month, day = match.groups()
        return date(int(year), int(month), int(day))
    except ValueError:
        raise CellError(
            "日付は 2026-10-03 の形で書いてください。", "Write the date like 2026-10-03."
        ) from None


def read_number(cell: str) -> int:
    """Return a whole number from 0. Raises: CellError."""
    if not _NUMBER.fullmatch(cell):
        raise CellError("半角の整数で書いてください。", "Write a whole number in ASCII digits.")
    return int(cell)


def read_flag(cell: str) -> bool:
    """Return 1 as true, 0 as false. Raises: CellError."""
    return read_one_of({"1": True, "0": False})(cell)


def read_hexadecimal(*, most_bytes: int) -> Callable[[str], bytes]:
    """Return a reader of hexadecimal bytes. It raises: CellError."""

    def read(cell: str) -> bytes:
        if len(cell) > 2 * most_bytes or not _HEXADECIMAL.fullmatch(cell):
            raise CellError(
                f"16進数で{most_bytes}バイト以内にしてください。",
                f"Write at most {most_bytes} bytes in hexadecimal.",
            )
        return bytes.fromhex(cell)

    return read


def read_one_of(words: Mapping[str, Value]) -> Callable[[str], Value]:
    """Return a reader that knows these words only; an unknown one is never mapped to a default."""

    def read(cell: str) -> Value:
        if cell not in words:
            choices = "、".join(word or "(空)" for word in words)
            raise CellError(f"次のいずれかにしてください: {choices}", f"Choose one of: {choices}")
        return words[cell]

    return read
