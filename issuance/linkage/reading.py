"""Reads one import file: encoding, header, cells. Pure: bytes in, rows or mistakes out.

Files come as UTF-8 with or without byte order mark, or as CP932 (the Japanese Windows encoding,
which is more than Shift_JIS: 髙, 﨑, ①). Source: [DOMAIN 4.2, 6.7].
"""

import csv
import io
from typing import Any

from issuance.linkage.layouts import FORBIDDEN_ITEMS
from issuance.linkage.model import CellError, Column, Layout, Mistake, ReadFile

_BOM = b"\xef\xbb\xbf"
HEADER_ROW = 1


def read_file(layout: Layout, data: bytes) -> tuple[ReadFile | None, tuple[Mistake, ...]]:
    """Return the file's rows, or what to mend in it; never both."""
    encoding = detect_encoding(data)
    if encoding is None:
        row, column = _first_unreadable(data)
        return None, (
            Mistake(
                layout.file_name,
                row,
                None,
                f"{column}バイト目が UTF-8 でも CP932 でも読めません。保存し直してください。",
                f"Byte {column} is neither UTF-8 nor CP932. Save the file again.",
            ),
        )
    try:
        table = list(csv.reader(io.StringIO(data.decode(encoding), newline=""), strict=True))
    except csv.Error:
        return None, (
            _whole(layout, "CSV として読めません。引用符を確かめてください。", "This is not CSV."),
        )
    return _read_table(layout, table, encoding)


def detect_encoding(data: bytes) -> str | None:
    """Return ``utf-8-sig``, ``utf-8`` or ``cp932``; None when the bytes are none of them."""
    candidates = ("utf-8-sig",) if data.startswith(_BOM) else ("utf-8", "cp932")
    for encoding in candidates:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def _read_table(
    layout: Layout, table: list[list[str]], encoding: str
) -> tuple[ReadFile | None, tuple[Mistake, ...]]:
    header = table[0] if table else []
    mistakes = _check_header(layout, header)
    if mistakes:
        return None, tuple(mistakes)
    places = {column.item: header.index(column.item) for column in layout.columns}
    rows: list[Any] = []
    keys: set[tuple[str, ...]] = set()
    references: list[tuple[int, str, str, str]] = []
    for number, cells in enumerate(table[1:], start=HEADER_ROW + 1):
        if not cells:
            continue
        if len(cells) != len(header):
            mistakes.append(
                Mistake(
                    layout.file_name,
                    number,
                    None,
                    f"列の数が{len(header)}ではありません。",
                    f"The row does not have {len(header)} cells.",
                )
            )
            continue
        found = {item: cells[place] for item, place in places.items()}
        values, wrong = _read_row(layout, number, found)
        key = tuple(found[item] for item in layout.key)
        if key in keys:
            wrong.append(
                Mistake(
                    layout.file_name,
                    number,
                    "・".join(layout.key),
                    "同じ番号の行がすでにあります。",
                    "A row with this key stands above.",
                )
            )
        keys.add(key)
        references += [
            (number, item, found[item], file_name) for item, file_name in layout.references
        ]
        mistakes += wrong
        if not wrong:
            rows.append(layout.build(*values))
    if mistakes:
        return None, tuple(mistakes)
    known = {column.item for column in layout.columns}
    ignored = tuple(item for item in header if item not in known)
    return (
        ReadFile(layout, encoding, tuple(rows), frozenset(keys), tuple(references), ignored),
        (),
    )


def _check_header(layout: Layout, header: list[str]) -> list[Mistake]:
    wrong = []
    for column in layout.columns:
        if header.count(column.item) != 1:
            wrong.append(
                Mistake(
                    layout.file_name,
                    HEADER_ROW,
                    column.item,
                    "この項目名の列がちょうど一つ必要です。",
                    "Exactly one column of this name is needed.",
                )
            )
    for item in sorted(FORBIDDEN_ITEMS & set(header)):
        wrong.append(
            Mistake(
                layout.file_name,
                HEADER_ROW,
                item,
                "この項目は取り込みません。列ごと取り除いてください。",
                "This item must not be delivered. Remove the whole column.",
            )
        )
    return wrong


def _read_row(
    layout: Layout, number: int, cells: dict[str, str]
) -> tuple[list[Any], list[Mistake]]:
    values: list[Any] = []
    wrong: list[Mistake] = []
    for column in layout.columns:
        try:
            values.append(_read_cell(column, cells[column.item]))
        except CellError as error:
            wrong.append(Mistake(layout.file_name, number, column.item, error.ja, error.en))
    return values, wrong


def _read_cell(column: Column, cell: str) -> Any:
    if cell == "":
        if column.is_required:
            raise CellError("空欄にはできません。", "This cell must not be empty.")
        return None
    return column.read(cell)


def _first_unreadable(data: bytes) -> tuple[int, int]:
    """Return line and byte of the place up to which the better fitting encoding got."""
    candidates = ("utf-8",) if data.startswith(_BOM) else ("utf-8", "cp932")
    reached = max(_readable_bytes(data, encoding) for encoding in candidates)
    before = data[:reached]
    return before.count(b"\n") + 1, reached - (before.rfind(b"\n") + 1) + 1


def _readable_bytes(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _whole(layout: Layout, ja: str, en: str) -> Mistake:
    return Mistake(layout.file_name, None, None, ja, en)
