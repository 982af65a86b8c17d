"""A statement as a person or a program reads it: a table on the screen, CSV, JSON."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from gateway.billing.fees import SheetPurpose
from gateway.billing.statement import Statement, StatementLine, StatementTotals
from gateway.participation.hours import JAPAN
from gateway.text_tables import lay_out
from gateway.texts import Language, say

FEATURE = "billing"
SUMS = (
    "issued",
    "voided",
    "unit_fee",
    "collected",
    "commission",
    "commission_by_resident",
    "commission_by_municipality",
    "net",
)
"""Numbers of a line as they stand in tables."""


def as_csv(statement: Statement) -> str:
    """Return the lines as CSV with a header row, CRLF."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(StatementLine.__dataclass_fields__), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_plain(line) for line in statement.lines)
    return out.getvalue()


def as_words(statement: Statement) -> dict[str, object]:
    """Return the statement as plain words, for JSON."""
    return {
        "municipality_code": statement.municipality_code,
        "month": statement.month,
        "state": "open" if statement.closed_at is None else "closed",
        "closed_at": None if statement.closed_at is None else statement.closed_at.isoformat(),
        "lines": [_plain(line) for line in statement.lines],
        "totals": asdict(statement.totals),
        "test_totals": asdict(statement.test_totals),
        "books": {
            one.book.name: {
                "entries_hash": one.entries_hash.hex(),
                "statement_hash": one.hash.hex(),
            }
            for one in statement.books
        },
        "entries_hash": statement.entries_hash,
        "statement_hash": statement.statement_hash,
    }


def as_table(
    statement: Statement,
    language: Language = Language.JAPANESE,
    *,
    within: int | None = None,
) -> str:
    """Return the statement as text for a person, with the hash that makes it checkable."""
    code, month = statement.municipality_code, statement.month
    title = say(FEATURE, language, "statement.title")
    rows = [f"{title}  {code}  {month}  {state(statement, language)}", ""]
    if not statement.lines:
        rows.append(say(FEATURE, language, "statement.nothing"))
    else:
        rows += [_table(statement, language, within), ""]
        rows += explanations(statement, language)
    rows.append(f"{say(FEATURE, language, 'statement.entries_hash')}  {statement.entries_hash}")
    rows.append(f"{hash_name(statement, language)}  {statement.statement_hash}")
    return "\n".join(rows)


def state(statement: Statement, language: Language) -> str:
    """Return in words whether the statement is final."""
    if statement.closed_at is None:
        return say(FEATURE, language, "statement.open")
    return say(FEATURE, language, "statement.closed", moment=in_japan(statement.closed_at))


def in_japan(moment: datetime) -> str:
    """Return a moment as it is read in Japan."""
    return moment.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M JST")


def hash_name(statement: Statement, language: Language) -> str:
    """Return what the statement's hash is called, which depends on whether it is final."""
    key = "provisional_hash" if statement.closed_at is None else "statement_hash"
    return say(FEATURE, language, f"statement.{key}")


def explanations(statement: Statement, language: Language) -> list[str]:
    """Return the sentences that a reader of the figures needs."""
    keys = ["statement.explain_net"]
    if statement.totals.bcl_fee:
        keys.append("statement.explain_bcl")
    return [say(FEATURE, language, key) for key in keys]


def certificate_name(line: StatementLine, language: Language) -> str:
    """Return a certificate's name, marked where it is a test sheet; its code where none is known.

    Test sheets are marked 試験 wherever they are shown.
    """
    try:
        name = say(FEATURE, language, f"certificate.{line.document_type}")
    except KeyError:
        name = line.document_type
    mark = say(FEATURE, language, f"purpose.{line.purpose.value}")
    return f"{name} [{mark}]" if mark else name


def amount(value: int) -> str:
    """Return a number as people read it."""
    return f"{value:,}"


def total_rows(statement: Statement, language: Language) -> Sequence[tuple[str, StatementTotals]]:
    """Return the sums that stand below the lines, with their names."""
    sums = [(say(FEATURE, language, "statement.total"), statement.totals)]
    tests = statement.test_totals
    if tests.issued or tests.voided:
        sums.append((say(FEATURE, language, "statement.tests"), tests))
    return sums


def _table(statement: Statement, language: Language, within: int | None) -> str:
    names = ["operator", "document_type", *SUMS]
    with_bcl = bool(statement.totals.bcl_fee)
    if with_bcl:
        names.append("bcl_fee")
    many = len({line.municipality_code for line in statement.lines}) > 1
    head = [say(FEATURE, language, f"column.{name}") for name in names]
    rows = [head]
    for line in statement.lines:
        operator = f"{line.municipality_code} {line.operator}" if many else line.operator
        rows.append([operator, certificate_name(line, language), *_cells(line, names[2:])])
    for name, sums in total_rows(statement, language):
        rows.append([name, "", *_cells(sums, names[2:])])
    return lay_out(rows, right=range(2, len(names)), within=within, keep=2)


def _cells(line: StatementLine | StatementTotals, names: Iterable[str]) -> list[str]:
    return [amount(getattr(line, name)) if hasattr(line, name) else "" for name in names]


def _plain(line: StatementLine) -> dict[str, object]:
    return asdict(line) | {"purpose": SheetPurpose(line.purpose).value}
