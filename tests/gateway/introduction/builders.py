"""Introductions as tests need them."""

from datetime import UTC, date, datetime

from sqlalchemy import Connection

from gateway.introduction import service
from gateway.introduction.model import DocumentState, Introduction, Pattern
from gateway.introduction.progress import Event, EventKind, Progress, fold
from gateway.introduction.tasks import before_start

TOWN = "990001"
BEGUN = datetime(2026, 11, 2, 1, tzinfo=UTC)
START = date(2027, 4, 15)
WAY = (DocumentState.DRAFTED, DocumentState.SENT, DocumentState.SETTLED)


def introduction(
    pattern: Pattern = Pattern.A3, *, start_on: date = START, uses_kiosk_issue: bool | None = None
) -> Introduction:
    uses = pattern is not Pattern.A3 if uses_kiosk_issue is None else uses_kiosk_issue
    return Introduction(TOWN, "見本市", pattern, start_on, uses, BEGUN, "tanaka")


def progress(pattern: Pattern = Pattern.A3, *events: Event) -> Progress:
    return fold(introduction(pattern), events)


def event(kind: EventKind, subject: str, state: str) -> Event:
    return Event(kind, subject, state, BEGUN.date(), "tanaka", "", BEGUN)


def settle_papers(connection: Connection, made: Progress) -> None:
    """Walk every paper to its end, in an order that is legal."""
    code = made.introduction.municipality_code
    for document in made.documents:
        for state in WAY:
            service.move_document(
                connection, code, document.document_id, state, by="tanaka", now=BEGUN
            )


def finish_tasks(connection: Connection, made: Progress, *, leave: str = "") -> None:
    """Do every task before the start but one."""
    code = made.introduction.municipality_code
    for task in before_start(made.tasks):
        if task.task_id != leave:
            service.do_task(connection, code, task.task_id, by="tanaka", note="proof", now=BEGUN)
