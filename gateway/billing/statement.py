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
    unit_fee: int
    """手数料単価: what a resident paid for one sheet."""
    issued: int
    voided: int
    collected: int
    """収納額: what residents paid at the kiosk."""
    commission: int
    commission_by_resident: int
    commission_by_municipality: int
    net: int
    """差引額: collected minus commission; what the municipality gets, or owes when negative."""


@dataclass(frozen=True, slots=True)
class StatementTotals:
    """The sums of a statement. Amounts in yen."""

    issued: int
    voided: int
    collected: int
    commission: int
    commission_by_resident: int
    commission_by_municipality: int
    net: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All lines of a municipality and month."""

    municipality_code: str
    month: str
    lines: tuple[StatementLine, ...]
    entries_hash: str

    @property
    def totals(self) -> "StatementTotals":
        """The sums over all lines."""
        return StatementTotals(
            issued=sum(line.issued for line in self.lines),
            voided=sum(line.voided for line in self.lines),
            collected=sum(line.collected for line in self.lines),
            commission=sum(line.commission for line in self.lines),
            commission_by_resident=sum(line.commission_by_resident for line in self.lines),
            commission_by_municipality=sum(line.commission_by_municipality for line in self.lines),
            net=sum(line.net for line in self.lines),
        )

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
    groups: dict[tuple[str, str, int], list[LedgerEntry]] = {}
    for entry in entries:
        key = (entry.operator, entry.document_type, abs(entry.price.resident_pays))
        groups.setdefault(key, []).append(entry)
    lines = tuple(_line(code, month, key, groups[key]) for key in sorted(groups))
    return Statement(code, month, lines, entries_hash(entries))


def _line(
    code: str, month: str, key: tuple[str, str, int], entries: list[LedgerEntry]
) -> StatementLine:
    operator, document_type, unit_fee = key
    collected = sum(entry.price.resident_pays for entry in entries)
    commission = sum(entry.price.commission for entry in entries)
    return StatementLine(
        month=month,
        operator=operator,
        municipality_code=code,
        document_type=document_type,
        unit_fee=unit_fee,
        issued=sum(entry.kind is EntryKind.ISSUED for entry in entries),
        voided=sum(entry.kind is EntryKind.VOIDED for entry in entries),
        collected=collected,
        commission=commission,
        commission_by_resident=sum(entry.price.commission_by_resident for entry in entries),
        commission_by_municipality=sum(entry.price.commission_by_municipality for entry in entries),
        net=collected - commission,
    )


def as_table(statement: Statement) -> str:
    """Return the statement as text for a person, with the hash that makes it checkable."""
    rows = [f"精算書 / Statement  {statement.municipality_code}  {statement.month}"]
    for line in statement.lines:
        rows.append(
            f"事業者 / operator {line.operator}  証明書 / certificate {line.document_type}  "
            f"手数料単価 / unit fee {line.unit_fee}円"
        )
        rows.append("  " + _amounts(line))
    rows.append("合計 / total")
    rows.append("  " + _amounts(statement.totals))
    rows.append(f"SHA-256  {statement.entries_hash}")
    return "\n".join(rows)


def _amounts(line: StatementLine | StatementTotals) -> str:
    return (
        f"通数 / sheets {line.issued}  取消 / voided {line.voided}  "
        f"収納額 / collected {line.collected}円  委託手数料 / commission {line.commission}円  "
        f"(利用者 / resident {line.commission_by_resident}円, "
        f"市区町村 / municipality {line.commission_by_municipality}円)  差引額 / net {line.net}円"
    )
