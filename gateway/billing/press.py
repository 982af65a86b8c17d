"""A statement on paper: A4 across, the same bytes for the same closed statement.

Nothing is read but the template beside the program and the font; no clock, no network.
"""

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import typst

from gateway.billing.errors import PressError
from gateway.billing.statement import Statement, StatementLine, StatementTotals
from gateway.billing.statement_text import (
    FEATURE,
    amount,
    certificate_name,
    explanations,
    hash_name,
    state,
    total_rows,
)
from gateway.texts import Language, say

_LAYOUT = Path(__file__).parent / "layout"
_FONT_PACKAGE = "pylopdf_fonts_jp"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands in the file of a provisional statement, which has no moment of its own."""
_COLUMNS = (
    "issued",
    "voided",
    "unit_fee",
    "collected",
    "unit_commission",
    "commission",
    "commission_by_resident",
    "commission_by_municipality",
    "revenue",
    "net",
    "bcl_fee",
)


def as_pdf(statement: Statement, language: Language) -> bytes:
    """Return the statement as a PDF file. Raises: PressError."""
    words = json.dumps(_words(statement, language), ensure_ascii=False)
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(files(_FONT_PACKAGE))],
    )
    compiler = typst.Compiler(str(_LAYOUT / "statement.typ"), root=str(_LAYOUT), font_paths=fonts)
    try:
        pdf = compiler.compile(
            format="pdf",
            sys_inputs={"statement": words},
            timestamp=(statement.closed_at or _EPOCH).replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise PressError("the statement could not be set") from error
    if not isinstance(pdf, bytes):
        raise PressError("the statement could not be set as one file")
    return pdf


def _words(statement: Statement, language: Language) -> dict[str, object]:
    names = _COLUMNS if statement.totals.bcl_fee else _COLUMNS[:-1]
    many = len({line.municipality_code for line in statement.lines}) > 1
    code, month = statement.municipality_code, statement.month
    head = [say(FEATURE, language, f"column.{one}") for one in ("operator", "document_type")]
    return {
        "language": language.value,
        "title": say(FEATURE, language, "statement.title"),
        "facts": [
            [say(FEATURE, language, "statement.municipality"), code],
            [say(FEATURE, language, "column.month"), month],
            [say(FEATURE, language, "statement.state"), state(statement, language)],
        ],
        "provisional": statement.closed_at is None,
        "head": [*head, *(say(FEATURE, language, f"column.{name}") for name in names)],
        "rows": [
            [
                f"{line.municipality_code} {line.operator}" if many else line.operator,
                certificate_name(line, language),
                *_cells(line, names),
            ]
            for line in statement.lines
        ],
        "totals": [[name, *_cells(sums, names)] for name, sums in total_rows(statement, language)],
        "nothing": say(FEATURE, language, "statement.nothing"),
        "notes": [
            *explanations(statement, language),
            say(FEATURE, language, "statement.explain_revenue"),
            say(FEATURE, language, "statement.explain_hash", code=code, month=month),
        ],
        "hashes": [
            [say(FEATURE, language, "statement.entries_hash"), statement.entries_hash],
            [hash_name(statement, language), statement.statement_hash],
        ],
        "foot": f"{code}  {month}  {statement.statement_hash[:16]}",
        "page": say(FEATURE, language, "statement.page", page="{page}", pages="{pages}"),
    }


def _cells(line: StatementLine | StatementTotals, names: tuple[str, ...]) -> list[str]:
    return [amount(getattr(line, name)) if hasattr(line, name) else "" for name in names]
