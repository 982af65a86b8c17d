"""The use cases of an introduction. Nothing here commits; every step is one entry that stays."""

import hashlib
import json
from datetime import date, datetime

from sqlalchemy import Connection

from gateway.errors import IntroductionError
from gateway.introduction.documents import check_move
from gateway.introduction.gate import Admitted, LiveRecord, admit, admit_to_test, check_gate
from gateway.introduction.model import DocumentState, Introduction, Phase
from gateway.introduction.plan import check_start
from gateway.introduction.progress import (
    DONE,
    PASSED,
    UNDONE,
    Event,
    EventKind,
    Progress,
    check_can_do,
    check_can_undo,
    fold,
)
from gateway.introduction.store import (
    add_event,
    add_introduction,
    add_live,
    find_introduction,
    find_live,
    load_events,
)
from gateway.introduction.tasks import STORE_TESTS
from gateway.participation.hours import JAPAN
from gateway.participation.model import Municipality


def begin(connection: Connection, introduction: Introduction) -> Progress:
    """Begin an introduction. Raises: IntroductionError."""
    _check_who(introduction.begun_by)
    if not introduction.name.strip():
        raise IntroductionError(
            "say which municipality it is: --name NAME", "団体名を指定してください: --name 団体名"
        )
    check_start(introduction.start_on, day_in_japan(introduction.begun_at))
    add_introduction(connection, introduction)
    return fold(introduction, ())


def get_progress(connection: Connection, code: str) -> Progress:
    """Return where an introduction stands. Raises: IntroductionError."""
    introduction = find_introduction(connection, code)
    if introduction is None:
        raise IntroductionError(
            f"{code} has no introduction; begin one with: gateway introduce begin",
            f"{code} の導入は始まっていません。gateway introduce begin で始めてください。",
        )
    return fold(introduction, load_events(connection, code))


def do_task(
    connection: Connection, code: str, task_id: str, *, by: str, note: str = "", now: datetime
) -> Progress:
    """Record that a task is done. Raises: IntroductionError."""
    progress = _progress_for(connection, code, task_id)
    check_can_do(progress, progress.get_task(task_id))
    if task_id in STORE_TESTS and not note.strip():
        raise IntroductionError(
            f"{task_id}: write down the proof (store, day, sheets) with --note",
            f"{task_id}: 店舗・日・通数などの証跡を --note で記録してください。",
        )
    return _append(connection, progress, EventKind.TASK, task_id, DONE, by=by, note=note, now=now)


def undo_task(
    connection: Connection, code: str, task_id: str, *, by: str, note: str = "", now: datetime
) -> Progress:
    """Record that a task is not done after all. Raises: IntroductionError."""
    progress = _progress_for(connection, code, task_id)
    check_can_undo(progress, progress.get_task(task_id))
    return _append(connection, progress, EventKind.TASK, task_id, UNDONE, by=by, note=note, now=now)


def move_document(
    connection: Connection,
    code: str,
    document_id: str,
    state: DocumentState,
    *,
    by: str,
    note: str = "",
    now: datetime,
) -> Progress:
    """Record a paper's next state. Raises: IntroductionError."""
    progress = _changeable(connection, code)
    check_move(progress.get_document(document_id), progress.states, state)
    return _append(
        connection,
        progress,
        EventKind.DOCUMENT,
        document_id,
        state.value,
        by=by,
        note=note,
        now=now,
    )


def reschedule(
    connection: Connection, code: str, start_on: date, *, by: str, note: str = "", now: datetime
) -> Progress:
    """Move the first day of service. Raises: IntroductionError."""
    progress = _changeable(connection, code)
    check_start(start_on, day_in_japan(now))
    return _append(
        connection, progress, EventKind.START, code, start_on.isoformat(), by=by, note=note, now=now
    )


def go_live(connection: Connection, code: str, *, by: str, now: datetime) -> LiveRecord:
    """Let a municipality serve from its first day on. Raises: OpenGateError, IntroductionError."""
    progress = _changeable(connection, code)
    check_gate(progress)
    live_from = max(progress.introduction.start_on, day_in_japan(now))
    record = LiveRecord(code, live_from, by)
    # The entry takes the next place: who undoes something at the same time loses, or we do.
    _append(connection, progress, EventKind.GATE, code, PASSED, by=by, note="", now=now)
    evidence = evidence_of(progress.introduction, load_events(connection, code))
    add_live(connection, record, evidence=evidence, permitted_at=now)
    return record


def admit_now(
    connection: Connection, municipality: Municipality, kiosk_id: str, moment: datetime
) -> Admitted:
    """Return the municipality as sessions at that kiosk may use it. Raises: NotLiveError."""
    code = municipality.code
    record = find_live(connection, code)
    if record is not None or not municipality.tariff.store_tests:
        return admit(municipality, record, day_in_japan(moment))
    introduction = find_introduction(connection, code)
    progress = None if introduction is None else fold(introduction, load_events(connection, code))
    return admit_to_test(municipality, progress, kiosk_id, moment)


def evidence_of(introduction: Introduction, events: tuple[Event, ...]) -> bytes:
    """Return the SHA-256 digest of everything that led to the gate."""
    words = [
        [introduction.municipality_code, introduction.pattern.value],
        *[
            [
                e.kind.value,
                e.subject,
                e.state,
                e.day.isoformat(),
                e.by,
                e.note,
                e.noted_at.isoformat(),
            ]
            for e in events
        ],
    ]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).digest()


def day_in_japan(moment: datetime) -> date:
    """Return the legal day of a moment."""
    return moment.astimezone(JAPAN).date()


def _changeable(connection: Connection, code: str) -> Progress:
    """Return the progress of an introduction that is not over. Raises: IntroductionError."""
    if find_live(connection, code) is not None:
        raise IntroductionError(
            f"{code} passed its gate; what led there is not changed any more",
            f"{code} は関門を通過しました。それまでの記録は変更できません。",
        )
    return get_progress(connection, code)


def _progress_for(connection: Connection, code: str, task_id: str) -> Progress:
    """Return the progress in which a task may change now. Raises: IntroductionError."""
    progress = get_progress(connection, code)
    if progress.get_task(task_id).phase is not Phase.AFTER:
        return _changeable(connection, code)
    if find_live(connection, code) is None:
        raise IntroductionError(
            f"{task_id} comes after the start of the service; pass the gate first",
            f"{task_id} はサービス開始後の作業です。先に関門を通過してください。",
        )
    return progress


def _append(
    connection: Connection,
    progress: Progress,
    kind: EventKind,
    subject: str,
    state: str,
    *,
    by: str,
    note: str,
    now: datetime,
) -> Progress:
    _check_who(by)
    event = Event(kind, subject, state, day_in_japan(now), by, note, now)
    code = progress.introduction.municipality_code
    add_event(connection, code, progress.version, event)
    return get_progress(connection, code)


def _check_who(by: str) -> None:
    if not by.strip():
        raise IntroductionError(
            "say who did it: --operator NAME", "担当者を指定してください: --operator 名前"
        )
