"""How far an introduction is: the fold over everything that was recorded about it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from gateway.errors import IntroductionError
from gateway.introduction.documents import Document, documents_for
from gateway.introduction.model import DocumentState, Introduction
from gateway.introduction.tasks import Task, before_start, tasks_for

DONE = "done"
UNDONE = "undone"
PASSED = "passed"


class EventKind(StrEnum):
    """What is recorded."""

    TASK = "task"
    """State ``done`` or ``undone``."""
    DOCUMENT = "document"
    """State of a paper."""
    START = "start"
    """State is the new first day of service."""
    GATE = "gate"
    """State is ``passed``; the last entry there is."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry: something was done, undone or moved."""

    kind: EventKind
    subject: str
    state: str
    day: date
    """The day on which it happened, as people say it."""
    by: str
    note: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an introduction stands."""

    introduction: Introduction
    """With the first day of service as it is wanted now."""
    tasks: tuple[Task, ...]
    documents: tuple[Document, ...]
    done: Mapping[str, Event]
    states: Mapping[str, DocumentState]
    version: int
    """How many events there are."""

    def get_task(self, task_id: str) -> Task:
        """Return one of its tasks. Raises: IntroductionError."""
        for task in self.tasks:
            if task.task_id == task_id:
                return task
        raise IntroductionError(
            f"this introduction has no task {task_id}; see its plan",
            f"この導入に {task_id} という作業はありません。plan で確かめてください。",
        )

    def get_document(self, document_id: str) -> Document:
        """Return one of its papers. Raises: IntroductionError."""
        for document in self.documents:
            if document.document_id == document_id:
                return document
        raise IntroductionError(
            f"this introduction needs no document {document_id}; see its plan",
            f"この導入に {document_id} という書類はありません。plan で確かめてください。",
        )

    @property
    def steps_done(self) -> int:
        """Tasks done and papers settled, of those that the gate asks for."""
        tasks = sum(task.task_id in self.done for task in before_start(self.tasks))
        return tasks + sum(state is DocumentState.SETTLED for state in self.states.values())

    @property
    def steps(self) -> int:
        """Tasks and papers that the gate asks for."""
        return len(before_start(self.tasks)) + len(self.documents)


def fold(introduction: Introduction, events: Iterable[Event]) -> Progress:
    """Return where the introduction stands after all ``events``, oldest first."""
    options = {"uses_kiosk_issue": introduction.uses_kiosk_issue}
    tasks = tasks_for(introduction.pattern, **options)
    documents = documents_for(introduction.pattern, **options)
    done: dict[str, Event] = {}
    states = {one.document_id: DocumentState.NEEDED for one in documents}
    count = 0
    for event in events:
        count += 1
        match event.kind:
            case EventKind.TASK:
                if event.state == DONE:
                    done[event.subject] = event
                else:
                    done.pop(event.subject, None)
            case EventKind.DOCUMENT:
                states[event.subject] = DocumentState(event.state)
            case EventKind.START:
                introduction = replace(introduction, start_on=date.fromisoformat(event.state))
            case EventKind.GATE:
                pass
    return Progress(introduction, tasks, documents, done, states, count)


def check_can_do(progress: Progress, task: Task) -> None:
    """Refuse a task that is done or whose turn has not come. Raises: IntroductionError."""
    if task.task_id in progress.done:
        raise IntroductionError(
            f"{task.task_id} is done already", f"{task.task_id} はすでに完了しています。"
        )
    known = {one.task_id for one in progress.tasks}
    waiting = [one for one in task.after if one in known and one not in progress.done]
    if waiting:
        raise IntroductionError(
            f"{task.task_id} comes after {', '.join(waiting)}; finish these first",
            f"{task.task_id} の前に {', '.join(waiting)} を完了してください。",
        )
    if task.paper and progress.states[task.paper] not in (
        DocumentState.SENT,
        DocumentState.SETTLED,
    ):
        raise IntroductionError(
            f"{task.task_id} is done when {task.paper} is sent; send it first",
            f"{task.task_id} は {task.paper} を提出すると完了できます。先に提出してください。",
        )


def check_can_undo(progress: Progress, task: Task) -> None:
    """Refuse to undo what others stand on. Raises: IntroductionError."""
    if task.task_id not in progress.done:
        raise IntroductionError(
            f"{task.task_id} is not done", f"{task.task_id} は完了していません。"
        )
    built_on = [
        one.task_id
        for one in progress.tasks
        if task.task_id in one.after and one.task_id in progress.done
    ]
    if built_on:
        raise IntroductionError(
            f"{', '.join(built_on)} came after {task.task_id}; undo these first",
            f"{task.task_id} の後に {', '.join(built_on)} が完了済みです。先に取り消してください。",
        )
