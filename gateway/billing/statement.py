"""A municipality's monthly statement (精算書): sums of ledger entries, reproducible by its hash.

Columns after the settlement practice of convenience-store issue [KONBINI 3.3]: month, operator,
municipality, certificate, sheets, unit fee, collected, commission, difference, voided sheets.
The operator hands over what residents paid and gets the commission, both booked in full (繰替払);
only the difference (差引額) moves, and a fee below the commission makes it negative.
Sheets of a real-store test stand in lines of their own. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property

from gateway.billing.digests import (
    Book,
    day_line,
    entries_hash,
    joined_hash,
    seal_entries,
    statement_hash,
)
from gateway.billing.fees import EntryKind, SheetPurpose
from gateway.billing.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """Entries that are alike but for their number, and the sums of what may differ. Yen."""

    book: Book
    document_type: str
    purpose: SheetPurpose
    kind: EntryKind
    resident_pays: int
    """Of one entry; negative in a reversal."""
    commission: int
    """Of one entry; negative in a reversal."""
    entries: int
    commission_by_resident: int
    commission_by_municipality: int
    revenue: int
    bcl_fee: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One operator, one certificate and one price in one month. Amounts in yen."""

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
    purpose: SheetPurpose
    unit_commission: int
    revenue: int
    """歳入: what the municipality books as income."""
    bcl_fee: int
    """Owed for BCL in the next fiscal year; no part of the difference."""


@dataclass(frozen=True, slots=True)
class StatementTotals:
    """Sums over lines. Amounts in yen."""

    issued: int
    voided: int
    collected: int
    commission: int
    commission_by_resident: int
    commission_by_municipality: int
    net: int
    revenue: int
    bcl_fee: int


@dataclass(frozen=True)
class BookStatement:
    """The statement of one book: one municipality, one operator, one month."""

    book: Book
    lines: tuple[StatementLine, ...]
    entries_hash: bytes

    @cached_property
    def hash(self) -> bytes:
        """The hash that is printed: it covers the lines and every entry behind them."""
        names = StatementLine.__dataclass_fields__
        cells = ([str(getattr(line, name)) for name in names] for line in self.lines)
        return statement_hash(self.book, cells, self.entries_hash)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a municipality reads of a month: its books with all operators, or with one."""

    municipality_code: str
    month: str
    books: tuple[BookStatement, ...]
    closed_at: datetime | None = None
    """None while the month is open: then the statement is provisional."""

    @property
    def lines(self) -> tuple[StatementLine, ...]:
        """The lines of all books."""
        return tuple(line for one in self.books for line in one.lines)

    @property
    def totals(self) -> StatementTotals:
        """The sums over all lines."""
        return sum_lines(self.lines)

    @property
    def test_totals(self) -> StatementTotals:
        """The sums over sheets of real-store tests, which ``totals`` hold too."""
        return sum_lines(line for line in self.lines if line.purpose is SheetPurpose.STORE_TEST)

    @property
    def entries_hash(self) -> str:
        """The hexadecimal hash over the entries of all books."""
        return joined_hash(
            "risai-entries-1", ((one.book.name, one.entries_hash) for one in self.books)
        ).hex()

    @property
    def statement_hash(self) -> str:
        """The hexadecimal hash that is printed; of one book it is the book's own."""
        if len(self.books) == 1:
            return self.books[0].hash.hex()
        return joined_hash(
            "risai-statements-1", ((one.book.name, one.hash) for one in self.books)
        ).hex()


def sum_lines(lines: Iterable[StatementLine]) -> StatementTotals:
    """Return the sums over lines."""
    sums = {one.name: 0 for one in fields(StatementTotals)}
    for line in lines:
        for name in sums:
            sums[name] += getattr(line, name)
    return StatementTotals(**sums)


def group_entries(entries: Iterable[LedgerEntry]) -> list[EntryGroup]:
    """Return the groups of entries, as the database makes them of its rows."""
    return merge_groups(
        EntryGroup(
            book=Book(entry.municipality_code, entry.month, entry.operator),
            document_type=entry.document_type,
            purpose=entry.price.purpose,
            kind=entry.kind,
            resident_pays=entry.price.resident_pays,
            commission=entry.price.commission,
            entries=1,
            commission_by_resident=entry.price.commission_by_resident,
            commission_by_municipality=entry.price.commission_by_municipality,
            revenue=entry.price.revenue,
            bcl_fee=entry.price.bcl_fee,
        )
        for entry in entries
    )


class GroupSums:
    """Groups that are added one after the other, those that are alike becoming one.

    Holds as much as there are books, certificates and prices, however many groups are added.
    """

    def __init__(self) -> None:
        self._alike: dict[tuple[Book, str, SheetPurpose, EntryKind, int, int], list[int]] = {}

    def add(self, groups: Iterable[EntryGroup]) -> None:
        """Add some groups."""
        for group in groups:
            kinds = (group.document_type, group.purpose, group.kind)
            key = (group.book, *kinds, group.resident_pays, group.commission)
            sums = self._alike.setdefault(key, [0] * 5)
            sums[0] += group.entries
            sums[1] += group.commission_by_resident
            sums[2] += group.commission_by_municipality
            sums[3] += group.revenue
            sums[4] += group.bcl_fee

    def groups(self) -> list[EntryGroup]:
        """Return the sums, by book, certificate and price."""
        return [EntryGroup(*key, *self._alike[key]) for key in sorted(self._alike)]


def merge_groups(groups: Iterable[EntryGroup]) -> list[EntryGroup]:
    """Return the groups with those that are alike made one, by book, certificate and price."""
    sums = GroupSums()
    sums.add(groups)
    return sums.groups()


def make_lines(groups: Iterable[EntryGroup]) -> tuple[StatementLine, ...]:
    """Return the lines over the groups of one book, by certificate, purpose and price."""
    alike: dict[tuple[str, str, int, int], list[EntryGroup]] = {}
    for group in groups:
        prices = (abs(group.resident_pays), abs(group.commission))
        alike.setdefault((group.document_type, group.purpose.value, *prices), []).append(group)
    return tuple(_line(key, alike[key]) for key in sorted(alike))


def _line(key: tuple[str, str, int, int], groups: list[EntryGroup]) -> StatementLine:
    document_type, purpose, unit_fee, unit_commission = key
    book = groups[0].book
    collected = sum(group.resident_pays * group.entries for group in groups)
    commission = sum(group.commission * group.entries for group in groups)
    return StatementLine(
        month=book.month,
        operator=book.operator,
        municipality_code=book.municipality_code,
        document_type=document_type,
        unit_fee=unit_fee,
        issued=sum(group.entries for group in groups if group.kind is EntryKind.ISSUED),
        voided=sum(group.entries for group in groups if group.kind is EntryKind.VOIDED),
        collected=collected,
        commission=commission,
        commission_by_resident=sum(group.commission_by_resident for group in groups),
        commission_by_municipality=sum(group.commission_by_municipality for group in groups),
        net=collected - commission,
        purpose=SheetPurpose(purpose),
        unit_commission=unit_commission,
        revenue=sum(group.revenue for group in groups),
        bcl_fee=sum(group.bcl_fee for group in groups),
    )


def make_statement(
    code: str, month: str, entries: list[LedgerEntry], *, operator: str | None = None
) -> Statement:
    """Return the statement over entries of that municipality and month, read one by one.

    It says the same as the statement that the database adds up (``settlement``); tests compare.
    """
    own = [entry for entry in entries if operator in (None, entry.operator)]
    days = seal_entries(own)
    groups = group_entries(own)
    books = []
    for book in sorted({group.book for group in groups}):
        hashed = entries_hash(book, [day_line(day) for day in days if day.book == book])
        lines = make_lines(group for group in groups if group.book == book)
        books.append(BookStatement(book, lines, hashed))
    return Statement(code, month, tuple(books))
