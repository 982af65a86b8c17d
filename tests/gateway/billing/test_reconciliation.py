"""Sheets, money and log of a kiosk's day, side by side."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.billing.errors import TakingsFileError
from gateway.billing.reconciliation import (
    DifferenceKind,
    PaidSession,
    PostedSheet,
    Takings,
    compare_day,
)
from gateway.billing.reconciliation_store import read_takings

DAY = date(2026, 11, 23)
K = DifferenceKind

SESSION = PaidSession(
    session_id="s1",
    kiosk_id="k1",
    operator="a",
    paid=600,
    refunded=300,
    printed=frozenset({"n1"}),
    ended=True,
)
SHEET = PostedSheet("s1", "k1", "a", "n1", 300, is_test=False)


def kinds(*args: object, **words: object) -> list[DifferenceKind]:
    report = compare_day(DAY, *args, **words)  # type: ignore[arg-type]  # passed on as given
    return [one.kind for one in report.differences]


def test_printed_paid_and_posted_fit() -> None:
    report = compare_day(DAY, [SESSION], [SHEET])
    (kiosk,) = report.kiosks
    assert report.differences == ()
    assert (kiosk.sheets, kiosk.posted_sheets, kiosk.money, kiosk.posted_money) == (1, 1, 300, 300)


@pytest.mark.parametrize(
    ("session", "sheets", "expected"),
    [
        (SESSION, [], [K.MONEY, K.PRINTED_NOT_POSTED]),
        (replace(SESSION, printed=frozenset()), [SHEET], [K.POSTED_NOT_PRINTED]),
        (replace(SESSION, refunded=0), [SHEET], [K.MONEY]),
        (SESSION, [replace(SHEET, resident_pays=10)], [K.MONEY]),
        (replace(SESSION, ended=False), [], [K.STANDING]),
    ],
)
def test_whatever_does_not_fit_is_listed(
    session: PaidSession, sheets: list[PostedSheet], expected: list[DifferenceKind]
) -> None:
    assert sorted(kinds([session], sheets)) == sorted(expected)


def test_fee_of_a_session_that_nobody_paid_is_listed() -> None:
    assert kinds([], [SHEET]) == [K.POSTED_NOT_PRINTED]


def test_void_session_that_gave_everything_back_fits() -> None:
    assert kinds([replace(SESSION, refunded=600, printed=frozenset())], []) == []


def test_test_sheets_and_reversals_are_counted_apart() -> None:
    report = compare_day(DAY, [SESSION], [replace(SHEET, is_test=True)], voided={("k1", "a"): 2})
    assert (report.kiosks[0].test_sheets, report.kiosks[0].voided) == (1, 2)
    assert report.differences == ()


def test_operators_own_count_is_compared_for_every_kiosk() -> None:
    said = {"k1": Takings(1, 310), "k2": Takings(1, 10)}
    assert kinds([SESSION], [SHEET], takings=said) == [
        K.TAKINGS_MONEY,
        K.TAKINGS_MONEY,
        K.TAKINGS_SHEETS,
    ]
    assert kinds([SESSION], [SHEET], takings={"k1": Takings(1, 300)}) == []


def test_operators_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "takings.csv"
    path.write_text("kiosk_id,sheets,collected\nk1,2,20\n", "utf-8-sig")
    assert read_takings(path) == {"k1": Takings(2, 20)}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("kiosk_id,sheets\nk1,2\n", "row 2: needs the columns"),
        ("kiosk_id,sheets,collected\nk1,two,20\n", "row 2: sheets and collected"),
        ("kiosk_id,sheets,collected\nk1,2,20\nk1,2,20\n", "row 3: this kiosk"),
    ],
)
def test_list_that_cannot_be_read_is_refused_with_its_row(
    tmp_path: Path, text: str, where: str
) -> None:
    path = tmp_path / "takings.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(TakingsFileError, match=where):
        read_takings(path)


def test_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TakingsFileError, match=r"takings\.csv: cannot be read"):
        read_takings(tmp_path / "takings.csv")
