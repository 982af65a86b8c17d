"""The three sides of a day as the database holds them, and an operator's list as a file."""

import csv
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from gateway.billing.digests import day_bounds
from gateway.billing.errors import TakingsFileError
from gateway.billing.fees import EntryKind, SheetPurpose
from gateway.billing.ledger import ledger, next_month
from gateway.billing.reading import STREAMED
from gateway.billing.reconciliation import PaidSession, PostedSheet, Takings
from gateway.sessions.store import print_reports, sessions
from gateway.wire.bodies import PrintOutcome
from gateway.wire.bodies import SessionState as S

_ENDED = (S.ISSUED.value, S.VOID.value)
_STANDING = (S.PAID.value, S.RELEASED.value, S.COMPLETING.value, S.IN_DOUBT.value)
_COLUMNS = ("kiosk_id", "sheets", "collected")


def load_paid_sessions(connection: Connection, day: date) -> list[PaidSession]:
    """Return the sessions with money that ended on a day, and those that still stand.

    A session that was taken up later belongs to the day on which it came to its end, as its fees.
    """
    start, end = day_bounds(day)
    of_day = or_(
        and_(
            sessions.c.state.in_(_ENDED),
            sessions.c.changed_at >= start,
            sessions.c.changed_at < end,
            sessions.c.payment_ref.is_not(None),
        ),
        and_(sessions.c.state.in_(_STANDING), sessions.c.opened_at < end),
    )
    printed: dict[str, set[str]] = {}
    reports = (
        select(print_reports.c.session_id, print_reports.c.certificate_number)
        .join(sessions, sessions.c.session_id == print_reports.c.session_id)
        .where(of_day, print_reports.c.outcome == PrintOutcome.PRINTED.value)
    )
    for session_id, number in connection.execute(reports, execution_options=STREAMED):
        printed.setdefault(session_id, set()).add(number)
    query = select(
        sessions.c.session_id,
        sessions.c.kiosk_id,
        sessions.c.operator,
        sessions.c.total,
        sessions.c.refund,
        sessions.c.state,
    ).where(of_day)
    return [
        PaidSession(
            session_id=session_id,
            kiosk_id=kiosk_id,
            operator=operator,
            paid=total,
            refunded=refund,
            printed=frozenset(printed.get(session_id, ())),
            ended=state in _ENDED,
        )
        for session_id, kiosk_id, operator, total, refund, state in connection.execute(
            query, execution_options=STREAMED
        )
    ]


def load_posted_sheets(connection: Connection, day: date) -> list[PostedSheet]:
    """Return the fees posted on a day."""
    query = select(
        ledger.c.session_id,
        ledger.c.kiosk_id,
        ledger.c.operator,
        ledger.c.certificate_number,
        ledger.c.resident_pays,
        ledger.c.purpose,
    ).where(_on(day), ledger.c.kind == EntryKind.ISSUED.value)
    return [
        PostedSheet(session_id, kiosk_id, operator, number, pays, purpose != SheetPurpose.SERVICE)
        for session_id, kiosk_id, operator, number, pays, purpose in connection.execute(
            query, execution_options=STREAMED
        )
    ]


def count_voided(connection: Connection, day: date) -> dict[tuple[str, str], int]:
    """Return how many entries of a day reverse another, by kiosk and operator."""
    query = (
        select(ledger.c.kiosk_id, ledger.c.operator, func.count())
        .where(_on(day), ledger.c.kind == EntryKind.VOIDED.value)
        .group_by(ledger.c.kiosk_id, ledger.c.operator)
    )
    return {(kiosk_id, operator): count for kiosk_id, operator, count in connection.execute(query)}


def _on(day: date) -> ColumnElement[bool]:
    month = day.strftime("%Y-%m")
    # An entry that was on its way while its month was closed belongs to the next one.
    months = (month, next_month(month))
    start, end = day_bounds(day)
    return and_(ledger.c.month.in_(months), ledger.c.posted_at >= start, ledger.c.posted_at < end)


def count_standing(connection: Connection, before: datetime) -> int:
    """Return how many sessions that were opened before then hold money and have not ended."""
    query = select(func.count()).where(
        sessions.c.state.in_(_STANDING), sessions.c.opened_at < before
    )
    return int(connection.execute(query).scalar_one())


def read_takings(path: Path) -> dict[str, Takings]:
    """Return an operator's list: CSV with ``kiosk_id``, ``sheets`` and ``collected`` (yen).

    Raises: TakingsFileError.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TakingsFileError(f"{path.name}: cannot be read as CSV in UTF-8") from error
    found: dict[str, Takings] = {}
    for number, row in enumerate(rows, start=2):
        place = f"{path.name}, row {number}"
        if any(row.get(name) is None for name in _COLUMNS):
            raise TakingsFileError(f"{place}: needs the columns {', '.join(_COLUMNS)}")
        if row["kiosk_id"] in found:
            raise TakingsFileError(f"{place}: this kiosk stands in the list twice")
        try:
            found[row["kiosk_id"]] = Takings(int(row["sheets"]), int(row["collected"]))
        except ValueError as error:
            raise TakingsFileError(f"{place}: sheets and collected are whole numbers") from error
    return found
