"""A statement as a workbook: figures that can be calculated with, codes that stay text.

The file is the same bytes for the same closed statement: its date is the moment of closing.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from rich.cells import cell_len

from gateway.billing.statement import Statement, StatementLine, StatementTotals
from gateway.billing.statement_text import (
    FEATURE,
    certificate_name,
    explanations,
    hash_name,
    state,
    total_rows,
)
from gateway.texts import Language, say

TEXTS = ("month", "operator", "municipality_code", "document_type")
NUMBERS = (
    "issued",
    "voided",
    "unit_fee",
    "collected",
    "unit_commission",
    "commission",
    "commission_by_resident",
    "commission_by_municipality",
    "net",
    "revenue",
    "bcl_fee",
)
_A4 = 9
_HEAD_ROW = 5
_UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC)
"""The date inside the file of a provisional statement, which has none of its own."""


def as_xlsx(statement: Statement, language: Language) -> bytes:
    """Return the workbook of a statement."""
    out = io.BytesIO()
    # Text is never taken for a formula or a link, whatever it begins with.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        moment = statement.closed_at or _UNKNOWN
        title = say(FEATURE, language, "statement.title")
        book.set_properties(
            {"title": title, "created": moment.astimezone(UTC).replace(tzinfo=None)}
        )
        _write_lines(book, statement, language)
        _write_books(book, statement, language)
    return out.getvalue()


def _write_lines(book: Any, statement: Statement, language: Language) -> None:
    sheet = book.add_worksheet(say(FEATURE, language, "file.xlsx_sheet"))
    bold = book.add_format({"bold": True})
    yen = book.add_format({"num_format": "#,##0;[Red]-#,##0"})
    sum_yen = book.add_format({"num_format": "#,##0;[Red]-#,##0", "bold": True, "top": 1})
    sum_text = book.add_format({"bold": True, "top": 1})
    head = book.add_format(
        {"bold": True, "bg_color": "#E8EEE9", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    _write_top(sheet, statement, language, bold)
    names = [*TEXTS, *NUMBERS]
    titles = [say(FEATURE, language, f"column.{name}") for name in names]
    sheet.write_row(_HEAD_ROW, 0, titles, head)
    row = _HEAD_ROW
    for row, line in enumerate(statement.lines, start=_HEAD_ROW + 1):
        for column, text in enumerate(_texts(line, language)):
            sheet.write_string(row, column, text)
        _write_numbers(sheet, row, line, yen)
    last = row
    for row, (name, sums) in enumerate(total_rows(statement, language), start=last + 1):
        for column in range(len(names)):
            sheet.write_blank(row, column, None, sum_text)
        sheet.write_string(row, 0, name, sum_text)
        _write_numbers(sheet, row, sums, sum_yen)
    notes = explanations(statement, language)
    for place, text in enumerate(notes, start=row + 2):
        sheet.write_string(place, 0, text)
    end = row + 1 + len(notes)
    _set_page(sheet, statement, language, last_column=len(names) - 1, last_row=end)
    if last > _HEAD_ROW:
        sheet.autofilter(_HEAD_ROW, 0, last, len(names) - 1)
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    for column, title in enumerate(titles):
        cells = [_texts(line, language)[column] for line in statement.lines if column < len(TEXTS)]
        width = max([cell_len(title), *(cell_len(cell) for cell in cells)])
        sheet.set_column(column, column, min(max(width + 3, 10), 40))


def _write_top(sheet: Any, statement: Statement, language: Language, bold: Any) -> None:
    pairs = [
        (say(FEATURE, language, "statement.municipality"), statement.municipality_code),
        (say(FEATURE, language, "column.month"), statement.month),
        (say(FEATURE, language, "statement.state"), state(statement, language)),
        (hash_name(statement, language), statement.statement_hash),
    ]
    sheet.write_string(0, 0, say(FEATURE, language, "statement.title"), bold)
    for row, (name, value) in enumerate(pairs, start=1):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 4, value)


def _write_numbers(sheet: Any, row: int, line: StatementLine | StatementTotals, style: Any) -> None:
    for column, name in enumerate(NUMBERS, start=len(TEXTS)):
        if hasattr(line, name):  # Sums have no unit price.
            sheet.write_number(row, column, getattr(line, name), style)


def _texts(line: StatementLine, language: Language) -> Sequence[str]:
    name = certificate_name(line, language)
    return line.month, line.operator, line.municipality_code, name


def _set_page(
    sheet: Any, statement: Statement, language: Language, *, last_column: int, last_row: int
) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.print_area(0, 0, last_row, last_column)
    title = say(FEATURE, language, "statement.title")
    sheet.set_header(f"&L{title}&R{statement.municipality_code}  {statement.month}")
    sheet.set_footer(f"&L{statement.statement_hash[:16]}…&R&P / &N")


def _write_books(book: Any, statement: Statement, language: Language) -> None:
    sheet = book.add_worksheet(say(FEATURE, language, "file.xlsx_books"))
    names = ["column.municipality_code", "column.operator"]
    names += ["statement.entries_hash", "statement.statement_hash"]
    sheet.write_row(0, 0, [say(FEATURE, language, name) for name in names])
    for row, one in enumerate(statement.books, start=1):
        words = (
            one.book.municipality_code,
            one.book.operator,
            one.entries_hash.hex(),
            one.hash.hex(),
        )
        for column, word in enumerate(words):
            sheet.write_string(row, column, word)
    sheet.set_column(0, 1, 16)
    sheet.set_column(2, 3, 70)
    sheet.freeze_panes(1, 0)
