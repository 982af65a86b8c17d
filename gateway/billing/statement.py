"""A municipality's monthly statement (精算書): sums of ledger entries, reproducible by its hash.

Columns after the settlement practice of convenience-store issue [KONBINI 3.3]: month, operator,
certificate, sheets, commission a sheet, collected, commission, difference, voided sheets.
The difference (差引額) may be negative: a fee below the commission leaves the municipality short.
"""

import csv
import io
from dataclasses import asdict, dataclass

from gateway.billing.fees import EntryKind
from gateway.billing.ledger import LedgerEntry, entries_hash


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One operator and one certificate in one month. Amounts in yen."""

    month: str
    operator: str
    municipality_code: str
    document_type: str
    issued: int
    voided: int
    collected: int
    """収納額: what residents paid and the municipality takes in."""
    commission: int
    commission_by_resident: int
    commission_by_municipality: int
    net: int
    """差引額: collected minus what the municipality bears of the commission."""


@dataclass(frozen=True, slots=True)
class Statement:
    """All lines of a municipality and month."""

    municipality_code: str
    month: str
    lines: tuple[StatementLine, ...]
    entries_hash: str

    def as_csv(self) -> str:
        """Return the lines as CSV with a header row, CRLF."""
        out = io.StringIO()
        names = list(StatementLine.__dataclass_fields__)
        writer = csv.DictWriter(out, names, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(asdict(line) for line in self.lines)
        return out.getvalue()


def make_statement(code: str, month: str, entries: list[LedgerEntry]) -> Statement:
    """Return the statement over the entries of that municipality and month. Pure."""
    keys = sorted({(entry.operator, entry.document_type) for entry in entries})
    lines = tuple(
        _line(
            code,
            month,
            [e for e in entries if (e.operator, e.document_type) == key],
        )
        for key in keys
    )
    return Statement(code, month, lines, entries_hash(entries))


def _line(code: str, month: str, entries: list[LedgerEntry]) -> StatementLine:
    by_municipality = sum(entry.price.commission_by_municipality for entry in entries)
    collected = sum(entry.price.revenue for entry in entries)
    return StatementLine(
        month=month,
        operator=entries[0].operator,
        municipality_code=code,
        document_type=entries[0].document_type,
        issued=sum(entry.kind is EntryKind.ISSUED for entry in entries),
        voided=sum(entry.kind is EntryKind.VOIDED for entry in entries),
        collected=collected,
        commission=sum(entry.price.commission for entry in entries),
        commission_by_resident=sum(entry.price.commission_by_resident for entry in entries),
        commission_by_municipality=by_municipality,
        net=collected - by_municipality,
    )
