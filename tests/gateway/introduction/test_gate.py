"""No municipality goes live with something open, and no session reaches one that is not live."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from gateway.billing.fees import SheetPurpose
from gateway.billing.tariff import StoreTest, Tariff
from gateway.database import transaction
from gateway.errors import IntroductionError, NotLiveError, OpenGateError
from gateway.introduction import service
from gateway.introduction.gate import (
    LiveRecord,
    admit,
    admit_to_test,
    check_gate,
    open_items,
)
from gateway.introduction.model import DocumentState, Pattern
from gateway.introduction.progress import EventKind, fold
from gateway.introduction.store import (
    add_event,
    events,
    find_live,
    introductions,
    list_codes,
    live_municipalities,
    load_events,
    load_live,
)
from gateway.introduction.tasks import before_start
from tests.gateway.introduction.builders import (
    BEGUN,
    START,
    TOWN,
    event,
    finish_tasks,
    introduction,
    progress,
    settle_papers,
)
from tests.gateway.sessions.test_manifest import TOWN as MUNICIPALITY

MINE = replace(MUNICIPALITY, code=TOWN)
RECORD = LiveRecord(TOWN, START, "tanaka")


@pytest.mark.parametrize("pattern", list(Pattern))
def test_finished_introduction_passes_and_serves_from_its_first_day(
    any_engine: Engine, pattern: Pattern
) -> None:
    with transaction(any_engine) as connection:
        made = service.begin(connection, introduction(pattern))
        settle_papers(connection, made)
        finish_tasks(connection, made)
        record = service.go_live(connection, TOWN, by="sato", now=BEGUN)
        assert record == find_live(connection, TOWN) == load_live(connection)[TOWN]
        day_before = datetime.combine(START, datetime.min.time(), BEGUN.tzinfo) - timedelta(days=1)
        with pytest.raises(NotLiveError):
            service.admit_now(connection, MINE, "k", day_before)
        admitted = service.admit_now(connection, MINE, "k", day_before + timedelta(days=1))
        assert admitted.purpose is SheetPurpose.SERVICE


LAST_STEPS = [
    task.task_id for task in before_start(progress().tasks) if "store_test" in task.task_id
]


@pytest.mark.parametrize("left", [*LAST_STEPS, "online_application", "requirements"])
def test_one_task_left_keeps_the_gate_closed(engine: Engine, left: str) -> None:
    with transaction(engine) as connection:
        made = service.begin(connection, introduction())
        settle_papers(connection, made)
        finish_tasks(connection, made, leave=left)
        with pytest.raises(OpenGateError) as refused:
            service.go_live(connection, TOWN, by="sato", now=BEGUN)
        assert refused.value.missing == (left,)
        assert find_live(connection, TOWN) is None


def test_one_paper_left_keeps_the_gate_closed(engine: Engine) -> None:
    with transaction(engine) as connection:
        made = service.begin(connection, introduction(Pattern.B))
        for state in (DocumentState.DRAFTED, DocumentState.SENT):
            service.move_document(
                connection, TOWN, "application.victim_support", state, by="t", now=BEGUN
            )
        finish_tasks(connection, made)
        with pytest.raises(OpenGateError, match="acceptance"):
            service.go_live(connection, TOWN, by="sato", now=BEGUN)


STEPS = [task.task_id for task in before_start(progress().tasks)]
PAPERS = list(progress().states)


@given(st.sets(st.sampled_from(STEPS)), st.sets(st.sampled_from(PAPERS)))
def test_gate_is_passed_by_everything_and_by_nothing_less(
    done: set[str], settled: set[str]
) -> None:
    recorded = [event(EventKind.TASK, one, "done") for one in done]
    recorded += [event(EventKind.DOCUMENT, one, "settled") for one in settled]
    made = progress(Pattern.A3, *recorded)
    assert set(open_items(made)) == (set(STEPS) - done) | (set(PAPERS) - settled)
    assert made.steps - made.steps_done == len(open_items(made))
    if done == set(STEPS) and settled == set(PAPERS):
        check_gate(made)
    else:
        with pytest.raises(OpenGateError):
            check_gate(made)


def test_record_of_another_municipality_admits_nobody() -> None:
    with pytest.raises(NotLiveError):
        admit(MINE, replace(RECORD, municipality_code="990002"), START)
    with pytest.raises(NotLiveError):
        admit(MINE, None, START)


def test_store_test_asks_for_its_proof(engine: Engine) -> None:
    with transaction(engine) as connection:
        made = service.begin(connection, introduction(Pattern.B))
        settle_papers(connection, made)
        finish_tasks(connection, made, leave="store_test_victims")
        with pytest.raises(IntroductionError, match="--note"):
            service.do_task(connection, TOWN, "store_test_victims", by="t", note=" ", now=BEGUN)


@pytest.mark.parametrize("task", ["store_test_victims", "production_setup", "linkage_test"])
def test_test_out_of_its_order_is_refused(engine: Engine, task: str) -> None:
    with transaction(engine) as connection:
        service.begin(connection, introduction())
        with pytest.raises(IntroductionError, match="comes after"):
            service.do_task(connection, TOWN, task, by="t", note="n", now=BEGUN)


def test_application_is_done_when_its_paper_was_sent(engine: Engine) -> None:
    with transaction(engine) as connection:
        service.begin(connection, introduction())
        with pytest.raises(IntroductionError, match="send it first"):
            service.do_task(connection, TOWN, "apply_bcl", by="t", now=BEGUN)


def test_undone_task_is_open_again_but_not_under_others(engine: Engine) -> None:
    with transaction(engine) as connection:
        made = service.begin(connection, introduction(Pattern.B))
        settle_papers(connection, made)
        finish_tasks(connection, made)
        with pytest.raises(IntroductionError, match="undo these first"):
            service.undo_task(connection, TOWN, "production_setup", by="t", now=BEGUN)
        made = service.undo_task(connection, TOWN, "store_test_victims", by="t", now=BEGUN)
        assert open_items(made) == ("store_test_victims",)
        with pytest.raises(IntroductionError, match="not done"):
            service.undo_task(connection, TOWN, "store_test_victims", by="t", now=BEGUN)
        with pytest.raises(IntroductionError, match="done already"):
            service.do_task(connection, TOWN, "operation_test", by="t", now=BEGUN)


def test_what_led_through_the_gate_is_not_changed_any_more(engine: Engine) -> None:
    with transaction(engine) as connection:
        made = service.begin(connection, introduction(Pattern.B))
        settle_papers(connection, made)
        finish_tasks(connection, made)
        service.go_live(connection, TOWN, by="sato", now=BEGUN)
        with pytest.raises(IntroductionError, match="passed its gate"):
            service.undo_task(connection, TOWN, "requirements", by="t", now=BEGUN)
        with pytest.raises(IntroductionError, match="passed its gate"):
            service.go_live(connection, TOWN, by="sato", now=BEGUN)


@pytest.mark.parametrize("table", [introductions, events, live_municipalities])
def test_database_itself_refuses_to_forget(any_engine: Engine, table: object) -> None:
    with transaction(any_engine) as connection:
        made = service.begin(connection, introduction(Pattern.B))
        settle_papers(connection, made)
        finish_tasks(connection, made)
        service.go_live(connection, TOWN, by="sato", now=BEGUN)
    with pytest.raises(DatabaseError, match="only grows"), transaction(any_engine) as connection:
        connection.execute(table.delete())  # type: ignore[attr-defined]  # a table


def test_first_day_moves_and_the_service_follows(any_engine: Engine) -> None:
    later = date(2027, 5, 10)
    with transaction(any_engine) as connection:
        service.begin(connection, introduction(Pattern.B))
        made = service.reschedule(connection, TOWN, later, by="t", now=BEGUN)
        assert made.introduction.start_on == later
        assert list_codes(connection) == (TOWN,)
        assert fold(introduction(Pattern.B), load_events(connection, TOWN)) == made


def test_passing_the_gate_takes_the_next_place_so_that_nobody_undoes_meanwhile(
    any_engine: Engine,
) -> None:
    """Whoever undid a task at the same moment would have written to the same place."""
    with transaction(any_engine) as connection:
        made = service.begin(connection, introduction(Pattern.B))
        settle_papers(connection, made)
        finish_tasks(connection, made)
        before = service.get_progress(connection, TOWN)
        service.go_live(connection, TOWN, by="sato", now=BEGUN)
        undoing = event(EventKind.TASK, "store_test_victims", "undone")
        with pytest.raises(IntroductionError, match="look again"):
            add_event(connection, TOWN, before.version, undoing)


def test_usage_is_checked_after_the_start_and_not_before(engine: Engine) -> None:
    with transaction(engine) as connection:
        made = service.begin(connection, introduction(Pattern.B))
        settle_papers(connection, made)
        finish_tasks(connection, made)
        with pytest.raises(IntroductionError, match="pass the gate first"):
            service.do_task(connection, TOWN, "usage_check", by="t", now=BEGUN)
        service.go_live(connection, TOWN, by="sato", now=BEGUN)
        made = service.do_task(connection, TOWN, "usage_check", by="t", now=BEGUN)
        assert "usage_check" in made.done
        made = service.undo_task(connection, TOWN, "usage_check", by="t", now=BEGUN)
        assert "usage_check" not in made.done


def test_introduction_is_begun_once(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        service.begin(connection, introduction())
        with pytest.raises(IntroductionError, match="already"):
            service.begin(connection, introduction())


def test_somebody_faster_is_noticed(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        service.begin(connection, introduction())
        entry = event(EventKind.TASK, "requirements", "done")
        add_event(connection, TOWN, 0, entry)
        with pytest.raises(IntroductionError, match="look again"):
            add_event(connection, TOWN, 0, entry)


def test_nameless_entry_is_refused(engine: Engine) -> None:
    with transaction(engine) as connection:
        service.begin(connection, introduction())
        with pytest.raises(IntroductionError, match="--operator"):
            service.do_task(connection, TOWN, "requirements", by=" ", now=BEGUN)
        with pytest.raises(IntroductionError, match="begin"):
            service.do_task(connection, "990002", "requirements", by="t", now=BEGUN)
        with pytest.raises(IntroductionError, match="no task"):
            service.do_task(connection, TOWN, "csv_output", by="t", now=BEGUN)


TESTED = replace(
    MINE, tariff=Tariff(store_tests=(StoreTest(BEGUN, BEGUN + timedelta(days=1), frozenset("k")),))
)
BEFORE_STORE = [
    event(EventKind.TASK, one, "done")
    for one in STEPS
    if one in ("linkage_test", "operation_test", "production_setup")
]


def test_real_store_test_admits_its_kiosk_in_its_time_after_the_tests_before_it() -> None:
    made = progress(Pattern.A3, *BEFORE_STORE)
    assert admit_to_test(TESTED, made, "k", BEGUN).purpose is SheetPurpose.STORE_TEST
    for municipality, state, kiosk, moment in (
        (TESTED, made, "another", BEGUN),
        (TESTED, made, "k", BEGUN + timedelta(days=1)),
        (TESTED, progress(Pattern.A3, *BEFORE_STORE[:-1]), "k", BEGUN),
        (TESTED, None, "k", BEGUN),
        (MINE, made, "k", BEGUN),
        (replace(TESTED, code="990002"), made, "k", BEGUN),
    ):
        with pytest.raises(NotLiveError):
            admit_to_test(municipality, state, kiosk, moment)
