"""The ledger of sheets: it only grows; a number has at most one entry of a kind.

A month that was closed takes no entry any more; the database refuses it. What comes later, such as
the reversal of a sheet, is an entry of the first month that is still open.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    insert,
    select,
)

from gateway.billing.fees import EntryKind, SheetPrice, SheetPurpose, Yen
from gateway.billing.store import closings
from gateway.database import Moment, metadata
from gateway.participation.hours import JAPAN

ledger = Table(
    "ledger",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("certificate_number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("kiosk_id", Text, nullable=False),
    Column("document_type", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("posted_at", Moment, nullable=False),
    Column("resident_pays", Integer, nullable=False),
    Column("commission", Integer, nullable=False),
    Column("commission_by_resident", Integer, nullable=False),
    Column("commission_by_municipality", Integer, nullable=False),
    Column("revenue", Integer, nullable=False),
    Column("purpose", Text, nullable=False, server_default="service"),
    Column("bcl_fee", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("municipality_code", "certificate_number", "kind"),
    CheckConstraint(
        "commission = commission_by_resident + commission_by_municipality",
        name="ck_ledger_commission",
    ),
    CheckConstraint("kind IN ('issued', 'voided')", name="ck_ledger_kind"),
    Index("ix_ledger_book", "municipality_code", "month", "posted_at"),
    Index("ix_ledger_month_moment", "month", "posted_at"),
)


_FIND_CLOSING = select(closings.c.month).where(closings.c.month == bindparam("month"))


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry about one sheet."""

    municipality_code: str
    certificate_number: str
    kind: EntryKind
    session_id: str
    operator: str
    kiosk_id: str
    document_type: str
    month: str
    """``YYYY-MM`` in Japan time."""
    posted_at: datetime
    price: SheetPrice


def month_of(moment: datetime) -> str:
    """Return the month, Japan time, to which a moment belongs."""
    return moment.astimezone(JAPAN).strftime("%Y-%m")


def day_of(moment: datetime) -> date:
    """Return the day, Japan time, to which a moment belongs."""
    return moment.astimezone(JAPAN).date()


def next_month(month: str) -> str:
    """Return the month after ``YYYY-MM``."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def open_month(connection: Connection, now: datetime) -> str:
    """Return the month in which an entry of this moment is posted: its own, or the next open one.

    Closing freezes a month before it adds anything up, so only an entry that was on its way while
    the month ended is ever moved.
    """
    month = month_of(now)
    while connection.execute(_FIND_CLOSING, {"month": month}).first() is not None:
        month = next_month(month)
    return month


def post(connection: Connection, entry: LedgerEntry) -> None:
    """Add one entry. A second one of the same number and kind breaks the primary key."""
    price = entry.price
    connection.execute(
        insert(ledger),
        {
            "municipality_code": entry.municipality_code,
            "certificate_number": entry.certificate_number,
            "kind": entry.kind.value,
            "session_id": entry.session_id,
            "operator": entry.operator,
            "kiosk_id": entry.kiosk_id,
            "document_type": entry.document_type,
            "month": entry.month,
            "posted_at": entry.posted_at,
            "resident_pays": price.resident_pays,
            "commission": price.commission,
            "commission_by_resident": price.commission_by_resident,
            "commission_by_municipality": price.commission_by_municipality,
            "revenue": price.revenue,
            "bcl_fee": price.bcl_fee,
            "purpose": price.purpose.value,
        },
    )


def load_entries(
    connection: Connection, code: str, *, month: str | None = None
) -> list[LedgerEntry]:
    """Return the entries of a municipality, of one month or all, by number and kind."""
    query = select(ledger).where(ledger.c.municipality_code == code)
    if month is not None:
        query = query.where(ledger.c.month == month)
    query = query.order_by(ledger.c.certificate_number, ledger.c.kind)
    return [_entry(row) for row in connection.execute(query)]


def find_issued(connection: Connection, code: str, number: str) -> LedgerEntry | None:
    """Return the entry by which a number was issued, if it was."""
    query = select(ledger).where(
        ledger.c.municipality_code == code,
        ledger.c.certificate_number == number,
        ledger.c.kind == EntryKind.ISSUED.value,
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: Any) -> LedgerEntry:
    return LedgerEntry(
        municipality_code=row.municipality_code,
        certificate_number=row.certificate_number,
        kind=EntryKind(row.kind),
        session_id=row.session_id,
        operator=row.operator,
        kiosk_id=row.kiosk_id,
        document_type=row.document_type,
        month=row.month,
        posted_at=row.posted_at,
        price=SheetPrice(
            Yen(row.resident_pays),
            Yen(row.commission),
            Yen(row.commission_by_resident),
            Yen(row.commission_by_municipality),
            Yen(row.revenue),
            Yen(row.bcl_fee),
            SheetPurpose(row.purpose),
        ),
    )
