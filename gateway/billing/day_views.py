"""The day's comparison as a person or a program reads it."""

from collections import Counter
from dataclasses import asdict

from gateway.billing.reconciliation import DayReport
from gateway.billing.statement_text import FEATURE, amount
from gateway.text_tables import lay_out
from gateway.texts import Language, say

_SIDES = (
    "sheets",
    "posted_sheets",
    "money",
    "posted_money",
    "test_sheets",
    "voided",
)


def day_table(report: DayReport, language: Language, *, within: int | None = None) -> str:
    """Return the sides of every kiosk, and the list of differences."""

    def word(key: str, **values: object) -> str:
        return say(FEATURE, language, f"day.{key}", **values)

    rows = [word("title", day=report.day.isoformat()), ""]
    if not report.kiosks:
        return "\n".join([*rows, word("nothing")])
    differ = Counter(one.kiosk_id for one in report.differences)
    operator = say(FEATURE, language, "column.operator")
    table = [[word("kiosk"), operator, *(word(name) for name in _SIDES), word("state")]]
    for kiosk in report.kiosks:
        count = differ[kiosk.kiosk_id]
        state = word("differs", count=count) if count else word("fits")
        sides = (amount(getattr(kiosk, name)) for name in _SIDES)
        table.append([kiosk.kiosk_id, kiosk.operator, *sides, state])
    rows += [lay_out(table, right=range(2, 2 + len(_SIDES)), within=within), ""]
    if not report.differences:
        return "\n".join([*rows, word("all_fit")])
    names = ("row", "kiosk", "kind", "expected", "found", "session", "number")
    table = [[word(name) for name in names]]
    for place, one in enumerate(report.differences, start=1):
        kind = say(FEATURE, language, f"difference.{one.kind.value}")
        figures = (amount(one.expected), amount(one.found))
        session, number = one.session_id, one.certificate_number
        table.append([str(place), one.kiosk_id, kind, *figures, session, number])
    return "\n".join([*rows, word("list"), lay_out(table, right=(0, 3, 4), within=within)])


def day_words(report: DayReport) -> dict[str, object]:
    """Return the comparison as plain words, for JSON."""
    return {
        "day": report.day.isoformat(),
        "kiosks": [asdict(one) for one in report.kiosks],
        "differences": [asdict(one) | {"kind": one.kind.value} for one in report.differences],
    }
