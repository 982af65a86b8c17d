"""The day's comparison of sheets, money and log (日次突合): what a kiosk did, three times counted.

| side   | counted from                                                        |
|--------|---------------------------------------------------------------------|
| sheets | copies that the kiosk reported as printed                           |
| money  | what was paid into the kiosk, less what it gave back                |
| log    | entries of the ledger: sheets posted, and what residents paid for   |

Where an operator sends a list of its takings, it is compared as a fourth side. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class DifferenceKind(StrEnum):
    """What does not fit."""

    PRINTED_NOT_POSTED = "printed-not-posted"
    """印刷あり・台帳なし: a sheet came out and no fee was posted."""
    POSTED_NOT_PRINTED = "posted-not-printed"
    """台帳あり・印刷なし: a fee was posted for a sheet of which no print was reported."""
    MONEY = "money"
    """金額差異: what was paid, less refunds, is not what was posted."""
    STANDING = "standing"
    """未完了: money is in the machine, and the session has not come to its end."""
    TAKINGS_SHEETS = "takings-sheets"
    """事業者報告との通数差異: the operator counted another number of sheets."""
    TAKINGS_MONEY = "takings-money"
    """事業者報告との金額差異: the operator counted other takings."""


@dataclass(frozen=True, slots=True)
class PaidSession:
    """A session into which money went, as it stood at the end of the day."""

    session_id: str
    kiosk_id: str
    operator: str
    paid: int
    refunded: int
    printed: frozenset[str]
    """Certificate numbers that the kiosk reported as printed."""
    ended: bool


@dataclass(frozen=True, slots=True)
class PostedSheet:
    """A fee that was posted on the day."""

    session_id: str
    kiosk_id: str
    operator: str
    certificate_number: str
    resident_pays: int
    is_test: bool


@dataclass(frozen=True, slots=True)
class Takings:
    """What an operator says that a kiosk did."""

    sheets: int
    money: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not fit. Sheets or yen, by kind; names no person."""

    kind: DifferenceKind
    kiosk_id: str
    session_id: str
    certificate_number: str
    expected: int
    """By the log."""
    found: int


@dataclass(slots=True)
class KioskDay:
    """The sides of one kiosk on one day. Sheets and yen."""

    kiosk_id: str
    operator: str
    sheets: int = 0
    money: int = 0
    posted_sheets: int = 0
    posted_money: int = 0
    test_sheets: int = 0
    """Of the posted ones, those of a real-store test."""
    voided: int = 0
    """Reversed on that day at a counter; no part of the comparison."""


@dataclass(frozen=True, slots=True)
class DayReport:
    """All kiosks that did something on a day, and every difference."""

    day: date
    kiosks: tuple[KioskDay, ...]
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class _Sides:
    kiosks: dict[str, KioskDay] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def of(self, kiosk_id: str, operator: str) -> KioskDay:
        return self.kiosks.setdefault(kiosk_id, KioskDay(kiosk_id, operator))

    def differ(
        self,
        kind: DifferenceKind,
        kiosk_id: str,
        *,
        session_id: str = "",
        number: str = "",
        expected: int,
        found: int,
    ) -> None:
        self.differences.append(Difference(kind, kiosk_id, session_id, number, expected, found))


def compare_day(
    day: date,
    sessions: Iterable[PaidSession],
    posted: Iterable[PostedSheet],
    *,
    voided: Mapping[tuple[str, str], int] | None = None,
    takings: Mapping[str, Takings] | None = None,
) -> DayReport:
    """Return the sides of every kiosk and what does not fit.

    ``voided`` counts reversals by kiosk and operator; ``takings`` are by kiosk.
    """
    sides = _Sides()
    by_session: dict[str, list[PostedSheet]] = {}
    for sheet in posted:
        by_session.setdefault(sheet.session_id, []).append(sheet)
        kiosk = sides.of(sheet.kiosk_id, sheet.operator)
        kiosk.posted_sheets += 1
        kiosk.posted_money += sheet.resident_pays
        kiosk.test_sheets += sheet.is_test
    for session in sessions:
        _compare_session(sides, session, by_session.pop(session.session_id, []))
    for sheets in by_session.values():  # Fees of sessions that nobody paid or nobody knows.
        for sheet in sheets:
            _not_printed(sides, sheet)
    for (kiosk_id, operator), count in (voided or {}).items():
        sides.of(kiosk_id, operator).voided += count
    if takings is not None:
        _compare_takings(sides, takings)
    kiosks = tuple(sides.kiosks[kiosk_id] for kiosk_id in sorted(sides.kiosks))
    return DayReport(day, kiosks, tuple(sorted(sides.differences, key=_place)))


def _place(one: Difference) -> tuple[str, str, str, str]:
    return one.kiosk_id, one.session_id, one.certificate_number, one.kind.value


def _compare_session(sides: _Sides, session: PaidSession, posted: list[PostedSheet]) -> None:
    kiosk = sides.of(session.kiosk_id, session.operator)
    kiosk.sheets += len(session.printed)
    kiosk.money += session.paid - session.refunded
    numbers = {sheet.certificate_number for sheet in posted}
    for sheet in posted:
        if sheet.certificate_number not in session.printed:
            _not_printed(sides, sheet)
    if not session.ended:
        sides.differ(
            DifferenceKind.STANDING,
            session.kiosk_id,
            session_id=session.session_id,
            expected=0,
            found=session.paid,
        )
        return
    for number in sorted(session.printed - numbers):
        sides.differ(
            DifferenceKind.PRINTED_NOT_POSTED,
            session.kiosk_id,
            session_id=session.session_id,
            number=number,
            expected=0,
            found=1,
        )
    money = sum(sheet.resident_pays for sheet in posted)
    if session.paid - session.refunded != money:
        sides.differ(
            DifferenceKind.MONEY,
            session.kiosk_id,
            session_id=session.session_id,
            expected=money,
            found=session.paid - session.refunded,
        )


def _not_printed(sides: _Sides, sheet: PostedSheet) -> None:
    sides.differ(
        DifferenceKind.POSTED_NOT_PRINTED,
        sheet.kiosk_id,
        session_id=sheet.session_id,
        number=sheet.certificate_number,
        expected=1,
        found=0,
    )


def _compare_takings(sides: _Sides, takings: Mapping[str, Takings]) -> None:
    for kiosk_id in takings:
        sides.of(kiosk_id, "")
    for kiosk in list(sides.kiosks.values()):
        said = takings.get(kiosk.kiosk_id, Takings(0, 0))
        pairs = (
            (DifferenceKind.TAKINGS_SHEETS, kiosk.posted_sheets, said.sheets),
            (DifferenceKind.TAKINGS_MONEY, kiosk.posted_money, said.money),
        )
        for kind, expected, found in pairs:
            if expected != found:
                sides.differ(kind, kiosk.kiosk_id, expected=expected, found=found)
