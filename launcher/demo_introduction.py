"""The demo town's introduction: every paper and test on invented days, through the same gate.

Nothing goes around the rule: the demo records what any municipality records, then passes.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from gateway.introduction import service
from gateway.introduction.calendar import is_year_end, months_before
from gateway.introduction.model import DocumentState, Introduction, Pattern, Phase
from gateway.introduction.plan import LEAD_MONTHS, Plan, make_plan
from gateway.introduction.store import find_live
from gateway.introduction.tasks import before_start

LIVE_SINCE = timedelta(days=400)
"""How long ago the demo town went live; a tester may turn the clock back as far."""
_BY = "demo"
_NOTE = "デモ: 架空の記録です / demo: an invented record"
_PAPER = (DocumentState.DRAFTED, DocumentState.SENT, DocumentState.SETTLED)


def introduce_demo_town(connection: Connection, code: str, name: str, now: datetime) -> None:
    """Let the town pass its gate in the past; a town that is live already stays as it is."""
    if find_live(connection, code) is not None:
        return
    start_on = _open_day(now.date() - LIVE_SINCE)
    begun_at = _noon(months_before(start_on, LEAD_MONTHS))
    progress = service.begin(
        connection,
        Introduction(code, name, Pattern.A3, start_on, False, begun_at, _BY),
    )
    plan = make_plan(progress, start_on)
    for _, step in sorted(_steps(connection, code, plan), key=lambda one: one[0]):
        step()
    service.go_live(connection, code, by=_BY, now=_noon(start_on))
    for one in plan.tasks:
        if one.task.phase is Phase.AFTER:
            service.do_task(
                connection, code, one.task.task_id, by=_BY, note=_NOTE, now=_noon(one.last)
            )


def _steps(
    connection: Connection, code: str, plan: Plan
) -> list[tuple[tuple[date, int], Callable[[], object]]]:
    """Every step with the day on which the plan has it; the sort keeps the order of a day."""
    steps: list[tuple[tuple[date, int], Callable[[], object]]] = []

    def paper(document_id: str, state: DocumentState, day: date) -> Callable[[], object]:
        return lambda: service.move_document(
            connection, code, document_id, state, by=_BY, note=_NOTE, now=_noon(day)
        )

    def task(task_id: str, day: date) -> Callable[[], object]:
        return lambda: service.do_task(
            connection, code, task_id, by=_BY, note=_NOTE, now=_noon(day)
        )

    for planned in plan.documents:
        for state in _PAPER:
            step = paper(planned.document.document_id, state, planned.due)
            steps.append(((planned.due, len(steps)), step))
    needed = {one.task_id for one in before_start(one.task for one in plan.tasks)}
    for one in plan.tasks:
        if one.task.task_id in needed:
            steps.append(((one.last, len(steps)), task(one.task.task_id, one.last)))
    return steps


def _open_day(day: date) -> date:
    while is_year_end(day):
        day -= timedelta(days=1)
    return day


def _noon(day: date) -> datetime:
    """Noon in Japan."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
