"""What a power cut leaves on the disk is enough, and is not personal."""

import os
import stat
from pathlib import Path

import pytest

from kiosk.errors import JournalFailedError
from kiosk.journal import Journal, Step, Unfinished
from tests.kiosk.fakes import FakeClock

A, B = "a" * 32, "b" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture
def journal(path: Path, clock: FakeClock) -> Journal:
    return Journal(path, clock.now)


def test_nothing_is_unfinished_before_the_first_session(journal: Journal) -> None:
    assert journal.unfinished() == ()


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.ENDED])
def test_session_that_did_not_end_is_known_after_a_restart(
    journal: Journal, path: Path, clock: FakeClock, step: Step
) -> None:
    journal.note(A, Step.PAYING, 20)
    journal.note(A, step, 20, 10)
    assert Journal(path, clock.now).unfinished() == (Unfinished(A, step, 20, 10),)


def test_ended_session_is_finished_and_others_keep_their_order(journal: Journal) -> None:
    for session in (B, A):
        journal.note(session, Step.PAID, 10)
    assert [one.session_id for one in journal.unfinished()] == [B, A]
    journal.note(B, Step.ENDED, 10)
    assert [one.session_id for one in journal.unfinished()] == [A]


def test_torn_line_is_skipped_and_the_next_one_is_whole(journal: Journal, path: Path) -> None:
    journal.note(A, Step.PAYING, 10)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    journal.note(B, Step.PAYING, 30)
    assert journal.unfinished() == (
        Unfinished(A, Step.PAYING, 10),
        Unfinished(B, Step.PAYING, 30),
    )


@pytest.mark.parametrize(
    "line", [b"\xff\xfe\n", b"[]\n", b"1\n", b"{}\n", b'{"session": "x", "step": "new"}\n', b"\n"]
)
def test_line_that_makes_no_sense_is_skipped(journal: Journal, path: Path, line: bytes) -> None:
    path.write_bytes(line)
    journal.note(A, Step.PAID, 10)
    assert journal.unfinished() == (Unfinished(A, Step.PAID, 10),)


def test_line_and_file_name_are_forced_to_the_disk(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut right after ``note`` must find both."""
    synced: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    )
    journal.note(A, Step.PAYING, 10)
    assert synced == [str(path), str(path.parent)]
    journal.note(A, Step.PAID, 10)
    assert synced == [str(path), str(path.parent), str(path)]


def test_file_is_the_owners_only(journal: Journal, path: Path) -> None:
    journal.note(A, Step.PAID, 10)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_line_holds_five_values_and_nothing_else(journal: Journal, path: Path) -> None:
    journal.note(A, Step.PAID, 10)
    assert path.read_text(encoding="ascii") == (
        '{"at": "2026-11-23T03:00:00+00:00", "session": "' + A + '", '
        '"step": "paid", "amount": 10, "earned": 0}\n'
    )


def test_ended_sessions_are_forgotten(journal: Journal, path: Path) -> None:
    journal.note(A, Step.PAID, 10)
    journal.note(B, Step.PRINTED, 20, 10)
    journal.note(A, Step.ENDED, 10)
    journal.forget_ended()
    assert A not in path.read_text(encoding="ascii")
    assert journal.unfinished() == (Unfinished(B, Step.PRINTED, 20, 10),)


def test_journal_that_cannot_be_written_says_so(tmp_path: Path, clock: FakeClock) -> None:
    nowhere = Journal(tmp_path / "missing" / "journal.jsonl", clock.now)
    with pytest.raises(JournalFailedError):
        nowhere.note(A, Step.PAYING, 10)
    with pytest.raises(JournalFailedError):
        nowhere.forget_ended()


def test_journal_that_cannot_be_read_says_so(tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(JournalFailedError):
        Journal(tmp_path, clock.now).unfinished()
