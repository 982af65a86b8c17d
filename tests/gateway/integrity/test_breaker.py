"""An alarm stops one municipality's line; two different people start it again."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from gateway.database import transaction
from gateway.errors import BreakerResetRefusedError, LineStoppedError
from gateway.integrity.breaker import (
    check_line_runs,
    find_broken_entry,
    list_breakers,
    reset,
    trip,
)
from tests.gateway.fakes import NOON

CODE = "990001"


def stop(engine: Engine, alarm: str = "bind") -> None:
    with transaction(engine) as connection:
        trip(connection, CODE, alarm, session_id="0" * 32, now=NOON)


def ask(engine: Engine, operator: str, reason: str = "found and mended") -> bool:
    with transaction(engine) as connection:
        return reset(connection, CODE, operator=operator, reason=reason, now=NOON)


def log_kinds(engine: Engine) -> list[str]:
    with transaction(engine) as connection:
        assert find_broken_entry(connection) is None
        query = text("SELECT kind FROM integrity_log ORDER BY entry_no")
        return list(connection.execute(query).scalars())


def test_stopped_line_is_refused_and_others_run(any_engine: Engine) -> None:
    stop(any_engine)
    with transaction(any_engine) as connection:
        check_line_runs(connection, "990002")
        with pytest.raises(LineStoppedError):
            check_line_runs(connection, CODE)


def test_second_alarm_keeps_the_first_and_is_logged(any_engine: Engine) -> None:
    stop(any_engine, "bind")
    stop(any_engine, "pages")
    with transaction(any_engine) as connection:
        assert [breaker.alarm for breaker in list_breakers(connection)] == ["bind"]
    assert log_kinds(any_engine) == ["alarm", "alarm"]


def test_two_people_start_the_line_again(any_engine: Engine) -> None:
    stop(any_engine)
    assert ask(any_engine, "tanaka") is False
    with transaction(any_engine) as connection, pytest.raises(LineStoppedError):
        check_line_runs(connection, CODE)

    assert ask(any_engine, "suzuki") is True

    with transaction(any_engine) as connection:
        check_line_runs(connection, CODE)
    assert log_kinds(any_engine) == ["alarm", "reset-requested", "reset"]


@pytest.mark.parametrize(
    ("operator", "reason"), [("tanaka", "again"), ("", "reason"), ("suzuki", " ")]
)
def test_one_person_or_nobody_does_not_start_the_line(
    engine: Engine, operator: str, reason: str
) -> None:
    stop(engine)
    ask(engine, "tanaka")
    with pytest.raises(BreakerResetRefusedError):
        ask(engine, operator, reason)


def test_same_person_under_other_letters_is_the_same_person(engine: Engine) -> None:
    stop(engine)
    ask(engine, "tanaka")
    with pytest.raises(BreakerResetRefusedError):
        ask(engine, " Tanaka ")


def test_line_that_runs_cannot_be_reset(engine: Engine) -> None:
    with pytest.raises(BreakerResetRefusedError):
        ask(engine, "tanaka")


@pytest.mark.parametrize(
    "statement", ["UPDATE integrity_log SET kind = 'x'", "DELETE FROM integrity_log"]
)
def test_database_itself_refuses_to_change_the_log(any_engine: Engine, statement: str) -> None:
    stop(any_engine)
    with pytest.raises(DatabaseError), transaction(any_engine) as connection:
        connection.execute(text(statement))


def test_changed_entry_is_found(engine: Engine) -> None:
    stop(engine)
    stop(engine)
    with transaction(engine) as connection:
        connection.execute(text("DROP TRIGGER integrity_log_no_update"))
        connection.execute(text("UPDATE integrity_log SET kind = 'nothing' WHERE entry_no = 1"))
        assert find_broken_entry(connection) == 1


def test_moment_of_an_entry_is_part_of_the_chain(engine: Engine) -> None:
    stop(engine)
    with transaction(engine) as connection:
        connection.execute(text("DROP TRIGGER integrity_log_no_update"))
        connection.execute(
            text("UPDATE integrity_log SET recorded_at = '2020-01-01 00:00:00.000000'")
        )
        assert find_broken_entry(connection) == 1
