"""Rows of closed months and of their statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from gateway.billing.digests import Book
from gateway.billing.fees import SheetPurpose
from gateway.billing.statement import BookStatement, StatementLine
from gateway.billing.store import closings, statement_lines, statements
from gateway.database import insert_many

_LINE_COLUMNS = (
    "document_type",
    "unit_fee",
    "issued",
    "voided",
    "collected",
    "commission",
    "commission_by_resident",
    "commission_by_municipality",
    "unit_commission",
    "revenue",
    "bcl_fee",
)


@dataclass(frozen=True, slots=True)
class Closing:
    """A month that takes no more entries, and what its closing came to."""

    month: str
    frozen_at: datetime
    closed_by: str
    finished_at: datetime | None
    """None while the statements are being made, or after that was interrupted."""
    statements: int | None
    digest: bytes | None
    """One hash over the hashes of all statements of the month."""


def find_closing(connection: Connection, month: str) -> Closing | None:
    """Return the closing of a month, finished or not."""
    row = connection.execute(select(closings).where(closings.c.month == month)).one_or_none()
    return None if row is None else _closing(row)


def list_closings(connection: Connection) -> list[Closing]:
    """Return every closing, oldest month first."""
    return [_closing(row) for row in connection.execute(select(closings).order_by("month"))]


def _closing(row: Any) -> Closing:
    return Closing(
        row.month,
        row.frozen_at,
        row.closed_by,
        row.finished_at,
        row.statements,
        None if row.digest is None else bytes(row.digest),
    )


def add_statements(
    connection: Connection, books: Sequence[BookStatement], closed_at: datetime
) -> None:
    """Add the statements of a month; they never change again."""
    insert_many(
        connection,
        statements,
        [
            {
                **one.book._asdict(),
                "entries": sum(line.issued + line.voided for line in one.lines),
                "entries_hash": one.entries_hash,
                "statement_hash": one.hash,
                "closed_at": closed_at,
            }
            for one in books
        ],
    )
    insert_many(
        connection,
        statement_lines,
        [
            {
                **one.book._asdict(),
                "line_no": number,
                "purpose": line.purpose.value,
                **{name: getattr(line, name) for name in _LINE_COLUMNS},
            }
            for one in books
            for number, line in enumerate(one.lines, start=1)
        ],
    )


def load_books(
    connection: Connection, month: str, *, code: str | None = None
) -> list[BookStatement]:
    """Return the statements of a closed month, of one municipality or all, in order."""
    heads = select(statements.c.municipality_code, statements.c.operator, statements.c.entries_hash)
    heads = heads.where(statements.c.month == month)
    lines = select(statement_lines).where(statement_lines.c.month == month)
    if code is not None:
        heads = heads.where(statements.c.municipality_code == code)
        lines = lines.where(statement_lines.c.municipality_code == code)
    found = sorted(
        (
            (Book(row.municipality_code, month, row.operator), row)
            for row in connection.execute(lines)
        ),
        key=lambda pair: (pair[0], pair[1].line_no),
    )
    by_book = {
        book: tuple(_line(book, row) for _book, row in rows)
        for book, rows in groupby(found, key=lambda pair: pair[0])
    }
    made = [
        BookStatement(book, by_book[book], bytes(entries))
        for municipality, operator, entries in connection.execute(heads)
        if (book := Book(municipality, month, operator)) in by_book
    ]
    return sorted(made, key=lambda one: one.book)


def _line(book: Book, row: Any) -> StatementLine:
    return StatementLine(
        month=book.month,
        operator=book.operator,
        municipality_code=book.municipality_code,
        purpose=SheetPurpose(row.purpose),
        net=row.collected - row.commission,
        **{name: getattr(row, name) for name in _LINE_COLUMNS},
    )
