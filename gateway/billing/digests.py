"""How the ledger is bound into hashes, so that a printed statement can be made again to the bit.

    entry line        fields of one entry, joined by the unit separator U+001F, in ``FIELDS`` order
    day digest        SHA-256 of a heading and the day's lines in the order of their text
    entries hash      SHA-256 of a heading and, for every day, its date, number of entries, digest
    statement hash    SHA-256 of a heading, every line of the statement, the entries hash

A book is what one municipality settles with one operator in one month. Days are days in Japan.
Any entry that is changed, added or removed changes its day, and with it everything above. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from gateway.billing.ledger import LedgerEntry, day_of

SEPARATOR = "\x1f"
FIELDS = (
    "posted_at",
    "certificate_number",
    "kind",
    "session_id",
    "kiosk_id",
    "document_type",
    "purpose",
    "resident_pays",
    "commission",
    "commission_by_resident",
    "commission_by_municipality",
    "revenue",
    "bcl_fee",
)
"""What a line holds; municipality, month, operator and day stand in the heading of the day."""

_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
HOUR_DIGITS = 13
"""So many characters of a line name its hour in UTC: a day in Japan begins on a full hour of it."""


class Book(NamedTuple):
    """What one municipality settles with one operator in one month."""

    municipality_code: str
    month: str
    operator: str

    @property
    def name(self) -> str:
        """How the book is called among the others of its month."""
        return f"{self.municipality_code} {self.operator}"


@dataclass(frozen=True, slots=True)
class SealedDay:
    """The entries of one day of a book, bound into one digest."""

    book: Book
    day: date
    entries: int
    digest: bytes


def entry_line(entry: LedgerEntry) -> str:
    """Return the line of one entry; the database makes the same one (``sealing``)."""
    price = entry.price
    return SEPARATOR.join(
        (
            entry.posted_at.astimezone(UTC).strftime(_MOMENT),
            entry.certificate_number,
            entry.kind.value,
            entry.session_id,
            entry.kiosk_id,
            entry.document_type,
            price.purpose.value,
            str(price.resident_pays),
            str(price.commission),
            str(price.commission_by_resident),
            str(price.commission_by_municipality),
            str(price.revenue),
            str(price.bcl_fee),
        )
    )


@lru_cache(maxsize=2048)
def day_of_hour(hour: str) -> date:
    """Return the day, Japan time, of an hour in UTC as it begins an entry line."""
    return day_of(datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC))


def seal_lines(book: Book, lines: list[str]) -> list[SealedDay]:
    """Return the sealed days over lines of a book, which may come in any order."""
    lines.sort()  # A line begins with its moment, its number and its kind.
    if day_of_hour(lines[0][:HOUR_DIGITS]) == day_of_hour(lines[-1][:HOUR_DIGITS]):
        return [_seal_day(book, day_of_hour(lines[0][:HOUR_DIGITS]), lines)]
    days = groupby(lines, key=lambda line: day_of_hour(line[:HOUR_DIGITS]))
    return [_seal_day(book, day, list(own)) for day, own in days]


def _seal_day(book: Book, day: date, lines: list[str]) -> SealedDay:
    digest = sha256(_heading("risai-ledger-day-1", *book, day.isoformat()))
    digest.update(("\n".join(lines) + "\n").encode())
    return SealedDay(book, day, len(lines), digest.digest())


def seal_entries(entries: Iterable[LedgerEntry]) -> list[SealedDay]:
    """Return the sealed days of any entries: how a reader makes the digests again."""
    books: dict[Book, list[str]] = {}
    for entry in entries:
        book = Book(entry.municipality_code, entry.month, entry.operator)
        books.setdefault(book, []).append(entry_line(entry))
    return [day for book in sorted(books) for day in seal_lines(book, books[book])]


def day_line(sealed: SealedDay) -> str:
    """Return the line by which a sealed day enters its book; the database makes the same one."""
    return SEPARATOR.join((sealed.day.isoformat(), str(sealed.entries), sealed.digest.hex()))


def entries_hash(book: Book, day_lines: Sequence[str]) -> bytes:
    """Return the hash over the sealed days of a book, oldest first."""
    digest = sha256(_heading("risai-ledger-book-1", *book))
    digest.update("".join(f"{line}\n" for line in day_lines).encode())
    return digest.digest()


def statement_hash(book: Book, lines: Iterable[Sequence[object]], entries: bytes) -> bytes:
    """Return the hash of a statement: its lines as they are printed, and its entries."""
    digest = sha256(_heading("risai-statement-1", *book))
    for line in lines:
        digest.update(_heading(*(str(cell) for cell in line)))
    digest.update(_heading("entries", entries.hex()))
    return digest.digest()


def joined_hash(label: str, hashes: Iterable[tuple[str, bytes]]) -> bytes:
    """Return one hash over several that have names, in order."""
    digest = sha256(_heading(label))
    for name, one in hashes:
        digest.update(_heading(name, one.hex()))
    return digest.digest()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day in Japan and of the day after."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9)
    return start, start + timedelta(days=1)


def _heading(*words: str) -> bytes:
    return (SEPARATOR.join(words) + "\n").encode()
