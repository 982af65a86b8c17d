"""The issue log notices every change; a stopped line needs two people."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from issuance.database import read, write
from issuance.errors import BreakerResetRefusedError, LineStoppedError, LogBrokenError
from issuance.integrity.chain import chain_entry, verify_chain
from issuance.integrity.model import GENESIS, Alarm, LogEntry, LogKind
from issuance.integrity.service import check_line_runs, record, release, trip, verify_log
from issuance.integrity.store import log_heads, read_log
from tests.issuance.builders import TOWN

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SESSION = "0" * 32


def chain(length: int) -> list[LogEntry]:
    entries: list[LogEntry] = []
    head = GENESIS
    for number in range(1, length + 1):
        entries.append(
            chain_entry(
                previous_hash=head,
                entry_no=number,
                kind=LogKind.COMPLETED,
                recorded_at=NOW,
                payload=b"entry %d" % number,
            )
        )
        head = entries[-1].entry_hash
    return entries


def test_an_untouched_chain_is_whole() -> None:
    entries = chain(5)
    assert verify_chain(entries) == (5, entries[-1].entry_hash)
    assert verify_chain([]) == (0, GENESIS)


@given(entry=st.integers(0, 4), place=st.integers(0, 6), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_where_it_is(entry: int, place: int, bit: int) -> None:
    entries = chain(5)
    payload = bytearray(entries[entry].payload)
    payload[place] ^= 1 << bit
    entries[entry] = replace(entries[entry], payload=bytes(payload))
    with pytest.raises(LogBrokenError) as broken:
        verify_chain(entries)
    assert broken.value.entry_no == entry + 1


def test_a_removed_entry_and_a_changed_kind_are_found() -> None:
    entries = chain(4)
    with pytest.raises(LogBrokenError):
        verify_chain(entries[:1] + entries[2:])
    with pytest.raises(LogBrokenError):
        verify_chain([replace(entries[0], kind=LogKind.VOIDED)])


def test_the_stored_log_is_whole_and_in_order(engine: Engine) -> None:
    for number in range(3):
        with write(engine) as connection:
            record(connection, TOWN, LogKind.COMPLETED, {"number": number}, now=NOW)
    with write(engine) as connection:
        assert verify_log(connection, TOWN)[0] == 3
    with read(engine) as connection:
        assert [entry.entry_no for entry in read_log(connection, TOWN)] == [1, 2, 3]


def test_a_cut_off_end_is_found(engine: Engine) -> None:
    """A chain that merely ends early is whole in itself; the head says what is missing."""
    with write(engine) as connection:
        record(connection, TOWN, LogKind.COMPLETED, {}, now=NOW)
        connection.execute(log_heads.update().values(entry_no=2))
    with pytest.raises(LogBrokenError), write(engine) as connection:
        verify_log(connection, TOWN)


def test_a_stopped_line_stays_stopped_until_two_people_release_it(engine: Engine) -> None:
    with write(engine) as connection:
        trip(connection, TOWN, Alarm.WRONG_SUBJECT, session_id=SESSION, now=NOW)
        trip(connection, TOWN, Alarm.NUMBER_COLLISION, session_id=SESSION, now=NOW)
    with pytest.raises(LineStoppedError), read(engine) as connection:
        check_line_runs(connection, TOWN)
    with write(engine) as connection:
        assert not release(connection, TOWN, operator="職員001", reason="調べた", now=NOW)
    with pytest.raises(BreakerResetRefusedError), write(engine) as connection:
        release(connection, TOWN, operator="職員001", reason="調べた", now=NOW)
    with pytest.raises(LineStoppedError), read(engine) as connection:
        check_line_runs(connection, TOWN)
    with write(engine) as connection:
        assert release(connection, TOWN, operator="職員002", reason="確かめた", now=NOW)
    with read(engine) as connection:
        check_line_runs(connection, TOWN)
        kinds = [entry.kind for entry in read_log(connection, TOWN)]
    assert kinds == [LogKind.ALARM, LogKind.ALARM, LogKind.RESET_REQUESTED, LogKind.RESET]


@pytest.mark.parametrize(("operator", "reason"), [("", "reason"), ("職員001", "  ")])
def test_a_release_needs_a_name_and_a_reason(engine: Engine, operator: str, reason: str) -> None:
    with write(engine) as connection:
        trip(connection, TOWN, Alarm.WRONG_SUBJECT, session_id=SESSION, now=NOW)
    with pytest.raises(BreakerResetRefusedError), write(engine) as connection:
        release(connection, TOWN, operator=operator, reason=reason, now=NOW)


def test_a_running_line_cannot_be_released(engine: Engine) -> None:
    with pytest.raises(BreakerResetRefusedError), write(engine) as connection:
        release(connection, TOWN, operator="職員001", reason="念のため", now=NOW)
