"""A statement as a person or a program reads it: a table on the screen, CSV, JSON."""

import csv
import io
from dataclasses import asdict

from gateway.billing.fees import SheetPurpose
from gateway.billing.statement import Statement, StatementLine, StatementTotals

CERTIFICATES = {
    "victim_certificate": "罹災証明書",
    "resident_record_copy": "住民票の写し",
    "seal_registration_certificate": "印鑑登録証明書",
    "tax_certificate": "税証明書",
}
"""Names of certificates on paper; another one is shown by its code."""
TEST_MARK = "試験"


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
        "operators": {
            one.book.operator: {
                "entries_hash": one.entries_hash.hex(),
                "statement_hash": one.hash.hex(),
            }
            for one in statement.books
        },
        "entries_hash": statement.entries_hash,
        "statement_hash": statement.statement_hash,
    }


def as_table(statement: Statement) -> str:
    """Return the statement as text for a person, with the hash that makes it checkable."""
    rows = [
        f"精算書 / Statement  {statement.municipality_code}  {statement.month}  {state(statement)}"
    ]
    for line in statement.lines:
        mark = f"  {TEST_MARK} / test" if line.purpose is SheetPurpose.STORE_TEST else ""
        rows.append(
            f"事業者 / operator {line.operator}  証明書 / certificate "
            f"{CERTIFICATES.get(line.document_type, line.document_type)}{mark}  "
            f"手数料単価 / unit fee {line.unit_fee}円"
        )
        rows.append("  " + _amounts(line))
    rows.append("合計 / total")
    rows.append("  " + _amounts(statement.totals))
    tests = statement.test_totals
    if tests.issued or tests.voided:
        rows.append(f"うち実店舗試験 ({TEST_MARK}) / of it real-store test")
        rows.append("  " + _amounts(tests))
    if statement.totals.bcl_fee:
        rows.append(
            "BCL証明発行機能利用料 (翌年度精算) / BCL fee, settled next fiscal year  "
            f"{statement.totals.bcl_fee}円"
        )
    rows.append(f"明細 / entries SHA-256    {statement.entries_hash}")
    rows.append(f"精算書 / statement SHA-256 {statement.statement_hash}")
    return "\n".join(rows)


def state(statement: Statement) -> str:
    """Return in words whether the statement is final."""
    if statement.closed_at is None:
        return "暫定 (締め前) / provisional, the month is open"
    return f"確定 / closed {statement.closed_at.isoformat(timespec='seconds')}"


def _plain(line: StatementLine) -> dict[str, object]:
    return asdict(line) | {"purpose": line.purpose.value}


def _amounts(line: StatementLine | StatementTotals) -> str:
    return (
        f"通数 / sheets {line.issued}  取消 / voided {line.voided}  "
        f"収納額 / collected {line.collected}円  委託手数料 / commission {line.commission}円  "
        f"(利用者 / resident {line.commission_by_resident}円, "
        f"市区町村 / municipality {line.commission_by_municipality}円)  差引額 / net {line.net}円"
    )
