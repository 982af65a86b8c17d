"""The gate (関門) before the service: no municipality goes live while something is open. Pure.

``Admitted`` is the only thing with which a session reaches a municipality, and only this
module makes one: from the record that the gate was passed, for a day from which it holds.
"""

from dataclasses import dataclass
from datetime import date

from gateway.errors import NotLiveError, OpenGateError
from gateway.introduction.model import DocumentState
from gateway.introduction.progress import Progress
from gateway.introduction.tasks import before_start
from gateway.participation.model import Municipality


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """A municipality passed its gate and serves from a day on."""

    municipality_code: str
    live_from: date
    permitted_by: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """A municipality that serves on the day on which it was admitted; made by ``admit`` alone."""

    municipality: Municipality
    record: LiveRecord

    def __post_init__(self) -> None:
        if self.record.municipality_code != self.municipality.code:
            raise NotLiveError("the record is another municipality's")


def open_items(progress: Progress) -> tuple[str, ...]:
    """Return the ids of everything that the gate still waits for, in the plan's order."""
    tasks = [t.task_id for t in before_start(progress.tasks) if t.task_id not in progress.done]
    papers = [name for name, state in progress.states.items() if state is not DocumentState.SETTLED]
    return (*papers, *tasks)


def check_gate(progress: Progress) -> None:
    """Refuse while something is open. Raises: OpenGateError naming all of it."""
    missing = open_items(progress)
    if missing:
        raise OpenGateError(missing)


def is_live(record: LiveRecord | None, day: date) -> bool:
    """Say whether a municipality with this record serves on ``day``."""
    return record is not None and record.live_from <= day


def admit(municipality: Municipality, record: LiveRecord | None, day: date) -> Admitted:
    """Return the municipality as sessions may use it. Raises: NotLiveError."""
    if record is None or not is_live(record, day):
        raise NotLiveError("this municipality's introduction is not finished")
    return Admitted(municipality, record)
