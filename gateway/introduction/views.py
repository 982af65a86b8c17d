"""What people read of an introduction: pattern, plan, papers, gate. Pure."""

from gateway.introduction.calendar import ONE_DAY, working_days
from gateway.introduction.documents import Document
from gateway.introduction.gate import LiveRecord, open_items
from gateway.introduction.model import Pattern
from gateway.introduction.patterns import Choice
from gateway.introduction.plan import Plan, PlannedDocument, PlannedTask, Standing
from gateway.introduction.progress import Progress
from gateway.text_tables import lay_out
from gateway.texts import Language, say


def text(language: Language, key: str, **values: object) -> str:
    """Return a text of the introduction."""
    return say("introduction", language, key, **values)


def document_name(language: Language, document: Document) -> str:
    """Return a paper's name with its service."""
    key = f"document.{document.kind}"
    if document.service is None:
        return text(language, key)
    return text(language, key, service=text(language, f"service.{document.service}"))


def choice_view(language: Language, choice: Choice) -> str:
    """Return the pattern, the way to it and what it asks for."""
    pattern = choice.pattern
    lines = [
        text(
            language,
            "choose.title",
            pattern=text(language, f"pattern.{pattern}"),
            means=text(language, f"pattern_means.{pattern}"),
        ),
        "",
        text(language, "choose.flow"),
    ]
    for depth, (question, answer) in enumerate(choice.asked):
        words = text(language, "yes" if answer else "no")
        lines.append(f"  {'   ' * depth}{text(language, f'question.{question}')} -> {words}")
    lines += ["", text(language, "choose.applications")]
    lines += [f"  * {text(language, f'service.{service}')}" for service in choice.services]
    lines += [f"({text(language, f'remark.{remark}')})" for remark in choice.remarks]
    return "\n".join(lines)


def plan_view(
    language: Language, plan: Plan, pattern: Pattern, *, within: int | None = None
) -> str:
    """Return every task and paper with its days."""

    def t(key: str, **values: object) -> str:
        return text(language, f"plan.{key}", **values)

    title = t(
        "title",
        pattern=text(language, f"pattern.{pattern}"),
        start=plan.start_on,
        first=plan.first,
        days=working_days(plan.first, plan.start_on - ONE_DAY),
    )
    tasks = [[t(k) for k in ("task", "who", "first", "last", "phase", "standing", "id")]]
    tasks += [_task_row(language, one) for one in plan.tasks]
    papers = [[t(k) for k in ("document", "who", "due", "state", "standing", "id")]]
    papers += [_document_row(language, one) for one in plan.documents]
    standings = [one.standing for one in plan.tasks] + [one.standing for one in plan.documents]
    late = standings.count(Standing.LATE)
    parts = [title, "", lay_out(tasks, within=within), ""]
    parts += [lay_out(papers, within=within), "", text(language, "source")]
    if late:
        parts.append(t("late_start", count=late))
    return "\n".join(parts)


def _task_row(language: Language, one: PlannedTask) -> list[str]:
    return [
        text(language, f"task.{one.task.task_id}"),
        text(language, f"actor.{one.task.actor}"),
        one.first.isoformat(),
        one.last.isoformat(),
        text(language, f"phase.{one.task.phase}"),
        text(language, f"standing.{one.standing}"),
        one.task.task_id,
    ]


def _document_row(language: Language, one: PlannedDocument) -> list[str]:
    return [
        document_name(language, one.document),
        text(language, f"actor.{one.document.author}"),
        one.due.isoformat(),
        text(language, f"document_state.{one.state}"),
        text(language, f"standing.{one.standing}"),
        one.document.document_id,
    ]


def gate_view(language: Language, progress: Progress, record: LiveRecord | None) -> str:
    """Return what the gate waits for."""
    lines = [text(language, "gate.title")]
    if record is not None:
        day, by = record.live_from, record.permitted_by
        return "\n".join([*lines, text(language, "gate.live", day=day, by=by)])
    missing = open_items(progress)
    if not missing:
        return "\n".join([*lines, text(language, "gate.passed")])
    papers = {one.document_id: one for one in progress.documents}
    rows = []
    for item in missing:
        name = (
            document_name(language, papers[item])
            if item in papers
            else text(language, f"task.{item}")
        )
        rows.append(["  [ ]", name, item])
    return "\n".join(
        [*lines, text(language, "gate.open", count=len(missing)), lay_out(rows, rule=False)]
    )
