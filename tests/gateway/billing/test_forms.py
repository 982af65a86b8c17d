"""The statement as workbook and paper says what the statement says."""

import io
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from gateway.billing.fees import FeePolicy, Yen, price_sheet, price_test_sheet
from gateway.billing.ledger import LedgerEntry, day_of
from gateway.billing.press import as_pdf
from gateway.billing.statement import Statement, make_statement
from gateway.billing.statement_text import as_table
from gateway.billing.statement_xlsx import as_xlsx
from gateway.texts import Language
from tests.gateway.billing.test_ledger import CODE, entry
from tests.gateway.fakes import NOON

CLOSED = datetime(2026, 12, 1, 1, 2, 3, 456, tzinfo=UTC)


def statement_of(*entries: LedgerEntry, closed_at: datetime | None = CLOSED) -> Statement:
    return replace(make_statement(CODE, "2026-11", list(entries)), closed_at=closed_at)


def some() -> Statement:
    day = day_of(NOON)
    record = replace(
        entry(2),
        document_type="resident_record_copy",
        price=price_sheet(FeePolicy(Yen(200)), day, bcl=Yen(180)),
    )
    return statement_of(entry(1), record, replace(entry(3), price=price_test_sheet(day)))


def many(lines: int) -> Statement:
    return statement_of(*(entry(n, operator=f"operator-{n:03d}") for n in range(lines)))


def pdf_pages(statement: Statement, language: Language = Language.JAPANESE) -> list[str]:
    document = pypdfium2.PdfDocument(as_pdf(statement, language))
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def xlsx_texts(data: bytes) -> tuple[str, str]:
    """Return the shared strings and the first sheet of a workbook, as XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")
        first, second = (book.read(name).decode() for name in names)
        return first, second


@pytest.mark.parametrize("language", list(Language))
def test_paper_holds_the_hash_the_state_and_the_sums(language: Language) -> None:
    (page,) = pdf_pages(some(), language)
    assert some().statement_hash in page
    assert "2026-12-01 10:02 JST" in page
    assert "試験" in page or "TEST" in page
    assert "-131" in page


def test_paper_of_many_lines_repeats_its_head_and_counts_its_pages() -> None:
    pages = pdf_pages(many(80))
    assert len(pages) > 2
    assert all("事業者" in page for page in pages[:-1])
    assert f"1 / {len(pages)} ページ" in pages[0]


def test_paper_before_closing_says_that_it_is_provisional() -> None:
    (page,) = pdf_pages(statement_of(entry(), closed_at=None))
    assert "暫定" in page


def test_month_without_a_sheet_has_a_paper_too() -> None:
    (page,) = pdf_pages(statement_of())
    assert "交付はありません" in page


@pytest.mark.parametrize("make", [as_pdf, as_xlsx])
def test_same_closed_statement_is_the_same_file(make: object) -> None:
    assert callable(make)
    assert make(some(), Language.JAPANESE) == make(some(), Language.JAPANESE)


def test_workbook_holds_numbers_as_numbers_and_codes_as_text() -> None:
    strings, sheet = xlsx_texts(as_xlsx(some(), Language.JAPANESE))
    assert some().statement_hash in strings
    assert f">{CODE}<" in strings
    numbers = {cell.text for cell in ET.fromstring(sheet).iter() if cell.tag.endswith("}v")}  # noqa: S314 - our own file
    assert {"-107", "200", "180"} <= numbers


def test_operator_that_looks_like_a_formula_stays_text() -> None:
    strange = statement_of(entry(operator="=1+1"))
    strings, sheet = xlsx_texts(as_xlsx(strange, Language.JAPANESE))
    assert ">=1+1<" in strings
    assert "<f>" not in sheet


@pytest.mark.parametrize("language", list(Language))
def test_table_marks_test_sheets_and_names_the_fee_of_bcl(language: Language) -> None:
    shown = as_table(some(), language)
    assert "[試験]" in shown or "[TEST]" in shown
    assert "180" in shown


def test_unknown_certificate_is_shown_by_its_code() -> None:
    shown = as_table(statement_of(replace(entry(), document_type="family_register")))
    assert "family_register" in shown
