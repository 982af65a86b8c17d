"""The schedule with dates: everything counted back from the first day of service. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gateway.errors import IntroductionError
from gateway.introduction.calendar import (
    ONE_DAY,
    is_year_end,
    months_before,
    working_day_from,
    working_day_until,
)
from gateway.introduction.documents import Document, due_day
from gateway.introduction.model import DocumentState
from gateway.introduction.progress import Progress
from gateway.introduction.tasks import WHOLE, Task

LEAD_MONTHS = 5
"""From the first step to the start. Source: [MISSION 2], ～5カ月前."""
_LAST_YEAR = 2099
"""Public holidays are computed up to here."""


class Standing(StrEnum):
    """How a task or paper stands on a day."""

    DONE = "done"
    LATE = "late"
    """Its last day has passed."""
    RUNNING = "running"
    """Its time is now."""
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task with its days, both working days and both counted."""

    task: Task
    first: date
    last: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A paper with the day by which it should be settled."""

    document: Document
    due: date
    state: DocumentState
    standing: Standing


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything with its days."""

    first: date
    start_on: date
    tasks: tuple[PlannedTask, ...]
    documents: tuple[PlannedDocument, ...]


def check_start(start_on: date, today: date) -> None:
    """Refuse a first day on which the service is closed or that is over.

    Raises: IntroductionError.
    """
    if is_year_end(start_on):
        raise IntroductionError(
            f"{start_on}: the service is closed from 29 December to 3 January; choose another day",
            f"{start_on}: 12月29日から1月3日は休止期間です。別の日にしてください。",
        )
    if start_on < today:
        raise IntroductionError(
            f"{start_on}: lies in the past; choose a day from {today} on",
            f"{start_on}: 過ぎた日です。{today} 以降にしてください。",
        )
    if start_on.year > _LAST_YEAR:
        raise IntroductionError(
            f"{start_on}: choose a day up to {_LAST_YEAR}",
            f"{start_on}: {_LAST_YEAR} 年までの日にしてください。",
        )


def make_plan(progress: Progress, today: date) -> Plan:
    """Return the plan as it stands on ``today``."""
    introduction = progress.introduction
    start = introduction.start_on
    tasks = []
    for task in progress.tasks:
        first, last = days_of(task, start)
        standing = _standing(task.task_id in progress.done, first, last, today)
        tasks.append(PlannedTask(task, first, last, standing))
    documents = []
    for document in progress.documents:
        due = due_day(document, introduction)
        state = progress.states[document.document_id]
        begun = state is not DocumentState.NEEDED
        standing = _standing(state is DocumentState.SETTLED, today if begun else due, due, today)
        documents.append(PlannedDocument(document, due, state, standing))
    first_day = min(one.first for one in tasks)
    return Plan(first_day, start, tuple(tasks), tuple(documents))


def days_of(task: Task, start: date) -> tuple[date, date]:
    """Return a task's first and last working day."""
    begins = months_before(start, task.from_month)
    last_month = months_before(start, task.until_month)
    ends = months_before(start, task.until_month - 1)
    length = ends - last_month
    if task.from_month == task.until_month:
        begins = last_month + _part(length, task.from_quarter)
    over = last_month + _part(length, task.until_quarter)
    first, last = working_day_from(begins), working_day_until(over - ONE_DAY)
    # A run of holidays may leave a quarter without a working day: then it moves to the day before
    # them, never to or behind the first day of service.
    return min(first, last), last


def _part(length: timedelta, quarters: int) -> timedelta:
    return timedelta(days=length.days * quarters // WHOLE)


def _standing(is_done: bool, first: date, last: date, today: date) -> Standing:
    if is_done:
        return Standing.DONE
    if today > last:
        return Standing.LATE
    return Standing.RUNNING if today >= first else Standing.COMING
