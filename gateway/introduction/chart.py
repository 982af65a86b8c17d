"""The introduction as a chart in the terminal: progress bar and one bar a task. Pure.

One cell is a week. Only ASCII is drawn, so that the columns stand in every terminal.
"""

from datetime import date, timedelta

from gateway.introduction.gate import LiveRecord, is_live, open_items
from gateway.introduction.plan import Plan, PlannedTask, Standing
from gateway.introduction.progress import Progress
from gateway.introduction.views import text
from gateway.text_tables import bar, pad
from gateway.texts import Language

_WEEK = timedelta(days=7)
_BAR_CELLS = 40
_NAME_CELLS = 34
_WHO_CELLS = 13
_MARKS = {
    Standing.DONE: "#",
    Standing.RUNNING: ">",
    Standing.COMING: "=",
    Standing.LATE: "!",
}


def status_view(
    language: Language, progress: Progress, plan: Plan, record: LiveRecord | None, today: date
) -> str:
    """Return title, progress bar, chart and where the gate stands."""
    parts = [title_and_bar(language, progress), "", gantt(language, plan, today), ""]
    parts.append(text(language, "status.legend"))
    parts.append(_gate_line(language, progress, record, today))
    return "\n".join(parts)


def title_and_bar(language: Language, progress: Progress) -> str:
    """Return which introduction it is with its first day, and how far it is."""
    introduction = progress.introduction
    title = text(
        language,
        "status.title",
        name=introduction.name,
        code=introduction.municipality_code,
        pattern=text(language, f"pattern.{introduction.pattern}"),
        start=introduction.start_on,
    )
    return f"{title}\n{progress_bar(language, progress)}"


def progress_bar(language: Language, progress: Progress) -> str:
    """Return how much of what the gate asks for is done."""
    done, everything = progress.steps_done, progress.steps
    drawn = bar(done, everything, _BAR_CELLS)
    return text(
        language,
        "status.progress",
        bar=drawn + "-" * (_BAR_CELLS - len(drawn)),
        done=done,
        all=everything,
        percent=done * 100 // everything,
    )


def gantt(language: Language, plan: Plan, today: date) -> str:
    """Return one line a task, weeks from left to right."""
    monday = plan.first - timedelta(days=plan.first.weekday())
    last = max(one.last for one in plan.tasks)
    weeks = (last - monday) // _WEEK + 1
    lead = " " * (_NAME_CELLS + _WHO_CELLS)
    lines = [lead + _months(monday, weeks)]
    phase = None
    for one in plan.tasks:
        if one.task.phase is not phase:
            phase = one.task.phase
            lines.append(f"-- {text(language, f'phase.{phase}')}")
        name = pad(text(language, f"task.{one.task.task_id}"), _NAME_CELLS)
        who = pad(text(language, f"actor.{one.task.actor}"), _WHO_CELLS)
        lines.append((name + who + _row(one, plan, monday, weeks, today)).rstrip())
    return "\n".join(lines)


def _months(monday: date, weeks: int) -> str:
    """The month's number where a month begins."""
    cells = [" "] * (weeks + 2)
    shown = None
    for week in range(weeks):
        day = monday + week * _WEEK
        if day.month != shown:
            shown = day.month
            for place, figure in enumerate(str(shown)):
                cells[week + place] = figure
    return "".join(cells).rstrip()


def _row(one: PlannedTask, plan: Plan, monday: date, weeks: int, today: date) -> str:
    cells = ["."] * weeks
    for day, mark in ((plan.start_on, "^"), (today, "|")):
        week = (day - monday) // _WEEK
        if 0 <= week < weeks:
            cells[week] = mark
    for week in range((one.first - monday) // _WEEK, (one.last - monday) // _WEEK + 1):
        cells[week] = _MARKS[one.standing]
    return "".join(cells)


def _gate_line(
    language: Language, progress: Progress, record: LiveRecord | None, today: date
) -> str:
    code = progress.introduction.municipality_code
    if record is not None:
        key = "status.live" if is_live(record, today) else "status.live_later"
        return text(language, key, day=record.live_from)
    missing = len(open_items(progress))
    key = "status.gate_open" if missing else "status.gate_ready"
    return text(language, key, code=code, **({"count": missing} if missing else {}))
