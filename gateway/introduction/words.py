"""An introduction as JSON tells it: ids and dates, no sentences. Pure."""

from gateway.introduction.model import Pattern
from gateway.introduction.plan import Plan
from gateway.introduction.progress import Progress


def plan_words(plan: Plan, pattern: Pattern) -> dict[str, object]:
    """Return every task and paper with its days."""
    return {
        "pattern": pattern,
        "start_on": plan.start_on.isoformat(),
        "first": plan.first.isoformat(),
        "tasks": [
            {
                "id": one.task.task_id,
                "phase": one.task.phase,
                "actor": one.task.actor,
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "after": one.task.after,
                "standing": one.standing,
            }
            for one in plan.tasks
        ],
        "documents": [
            {
                "id": one.document.document_id,
                "author": one.document.author,
                "due": one.due.isoformat(),
                "after": one.document.after,
                "state": one.state,
                "standing": one.standing,
            }
            for one in plan.documents
        ],
    }


def status_words(progress: Progress, plan: Plan, *, is_live: bool) -> dict[str, object]:
    """Return how far the introduction is, with its plan."""
    introduction = progress.introduction
    return {
        "municipality_code": introduction.municipality_code,
        "name": introduction.name,
        "done": progress.steps_done,
        "steps": progress.steps,
        "gate_passed": is_live,
        **plan_words(plan, introduction.pattern),
    }
