"""The gate (関門) before the service: no municipality goes live while something is open. Pure.

``Admitted`` is the only thing with which a session reaches a municipality, and only this
module makes one: from the record that the gate was passed, for a day from which it holds, or for
the real-store test (実店舗試験) that is the last thing before it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from gateway.billing.fees import SheetPurpose
from gateway.errors import NotLiveError, OpenGateError
from gateway.introduction.model import DocumentState
from gateway.introduction.progress import Progress
from gateway.introduction.tasks import STORE_TESTS, before_start
from gateway.participation.model import Municipality


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """A municipality passed its gate and serves from a day on."""

    municipality_code: str
    live_from: date
    permitted_by: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """A municipality that sessions may reach now; made by ``admit`` and ``admit_to_test`` alone."""

    municipality: Municipality
    purpose: SheetPurpose
    """What its sheets are for: the service, or the real-store test before it."""


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
    """Return a municipality that passed its gate. Raises: NotLiveError."""
    if record is None or not is_live(record, day):
        raise NotLiveError("this municipality's introduction is not finished")
    if record.municipality_code != municipality.code:
        raise NotLiveError("the record is another municipality's")
    return Admitted(municipality, SheetPurpose.SERVICE)


def admit_to_test(
    municipality: Municipality, progress: Progress | None, kiosk_id: str, moment: datetime
) -> Admitted:
    """Return a municipality whose real-store test takes place at this kiosk and moment.

    Everything that comes before the test must be done: nobody tests in a real store what was not
    tested before. Raises: NotLiveError.
    """
    takes_place = any(test.includes(kiosk_id, moment) for test in municipality.tariff.store_tests)
    if progress is None or not takes_place or not is_ready_for_store_test(progress):
        raise NotLiveError("this municipality's introduction is not finished")
    if progress.introduction.municipality_code != municipality.code:
        raise NotLiveError("the introduction is another municipality's")
    return Admitted(municipality, SheetPurpose.STORE_TEST)


def is_ready_for_store_test(progress: Progress) -> bool:
    """Say whether everything that the real-store tests come after is done."""
    needed = {before for t in progress.tasks if t.task_id in STORE_TESTS for before in t.after}
    return needed <= set(progress.done)
