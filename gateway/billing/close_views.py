"""A closing as a person or a program reads it."""

from collections.abc import Sequence

from gateway.billing.statement import BookStatement, sum_lines
from gateway.billing.statement_store import Closing
from gateway.billing.statement_text import FEATURE, amount, in_japan
from gateway.text_tables import lay_out
from gateway.texts import Language, say

_NAMES = ("issued", "voided", "collected", "commission", "net")


def books_table(books: Sequence[BookStatement], language: Language) -> str:
    """Return what each operator settles with all municipalities together."""
    if not books:
        return say(FEATURE, language, "statement.nothing")
    heads = ["column.operator", "close.statements", *(f"column.{name}" for name in _NAMES)]
    rows = [[say(FEATURE, language, head) for head in heads]]
    operators = sorted({one.book.operator for one in books})
    groups = [(o, [one for one in books if one.book.operator == o]) for o in operators]
    groups.append((say(FEATURE, language, "statement.total"), list(books)))
    for name, own in groups:
        sums = sum_lines(line for one in own for line in one.lines)
        figures = (getattr(sums, column) for column in _NAMES)
        rows.append([name, amount(len(own)), *(amount(figure) for figure in figures)])
    return lay_out(rows, right=range(1, len(heads)))


def closings_table(closings: Sequence[Closing], language: Language) -> str:
    """Return the list of closed months."""
    if not closings:
        return say(FEATURE, language, "close.none")
    heads = ("closings.month", "closings.closed", "closings.by", "close.statements")
    rows = [[*(say(FEATURE, language, head) for head in heads), "SHA-256"]]
    for one in closings:
        finished = one.finished_at
        moment = (
            say(FEATURE, language, "close.unfinished") if finished is None else in_japan(finished)
        )
        digest = "" if one.digest is None else one.digest.hex()
        rows.append([one.month, moment, one.closed_by, str(one.statements or 0), digest])
    return lay_out(rows, right=(3,))


def closing_words(closing: Closing) -> dict[str, object]:
    """Return a closing as plain words, for JSON."""
    finished = closing.finished_at
    return {
        "month": closing.month,
        "frozen_at": closing.frozen_at.isoformat(),
        "finished_at": None if finished is None else finished.isoformat(),
        "closed_by": closing.closed_by,
        "statements": closing.statements,
        "digest": None if closing.digest is None else closing.digest.hex(),
    }
