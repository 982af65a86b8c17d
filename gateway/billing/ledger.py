"""The ledger of sheets: it only grows; a number has at most one entry of a kind."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
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
    insert,
    select,
)

from gateway.billing.fees import EntryKind, SheetPrice, Yen
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
    PrimaryKeyConstraint("municipality_code", "certificate_number", "kind"),
    CheckConstraint(
        "commission = commission_by_resident + commission_by_municipality",
        name="ck_ledger_commission",
    ),
    CheckConstraint("kind IN ('issued', 'voided')", name="ck_ledger_kind"),
    Index("ix_ledger_month", "municipality_code", "month"),
)


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

    @property
    def digest_line(self) -> bytes:
        """The entry as one line of bytes, from which a statement's hash is made."""
        price = self.price
        amounts = (price.resident_pays, price.commission_by_resident)
        return "|".join(
            (
                self.municipality_code,
                self.certificate_number,
                self.kind.value,
                self.operator,
                self.document_type,
                self.month,
                *(str(amount) for amount in (*amounts, price.commission, price.revenue)),
            )
        ).encode()


def month_of(moment: datetime) -> str:
    """Return the month, Japan time, to which a moment belongs."""
    return moment.astimezone(JAPAN).strftime("%Y-%m")


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
        ),
    )


def entries_hash(entries: list[LedgerEntry]) -> str:
    """Return the hexadecimal SHA-256 over the entries in order."""
    digest = sha256()
    for entry in entries:
        digest.update(entry.digest_line + b"\n")
    return digest.hexdigest()
