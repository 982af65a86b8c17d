"""A town that is thrown away lives in memory, unless somebody says otherwise."""

from pathlib import Path

import pytest

from kiosk.scenario import scratch
from kiosk.scenario.scratch import scratch_folder


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take a folder of the test for the memory."""
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(scratch, "_IN_MEMORY", tmp_path)
    return tmp_path


def test_it_is_in_memory_where_there_is_room(memory: Path) -> None:
    assert scratch_folder() == memory


def test_a_small_memory_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_ENOUGH_BYTES", 2**60)
    assert scratch_folder() is None


def test_a_machine_without_one_has_its_own_choice(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "_IN_MEMORY", memory / "none")
    assert scratch_folder() is None


def test_whoever_names_a_folder_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/var/tmp")  # noqa: S108  # only a name here
    assert scratch_folder() is None
