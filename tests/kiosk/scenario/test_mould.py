"""Every run gets a town that nobody has used; making one from nothing happens once a start."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.scenario.mould import TownMould
from tests.kiosk.scenario.fakes import FakeOpener

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def test_one_town_is_made_for_each_start_and_copied(tmp_path: Path) -> None:
    opener = FakeOpener()
    mould = TownMould(opener, tmp_path / "towns")
    for name in ("a", "b"):
        mould(tmp_path / name, start=START)
    mould(tmp_path / "c", start=START + timedelta(days=1), always_open=False)
    asked = [(one["start"], one["always_open"]) for one in opener.asked]
    later = START + timedelta(days=1)
    assert asked == [(START, True)] * 3 + [(later, True), (later, False)]
    assert [world.is_closed for world in opener.worlds] == [True, False, False, True, False]


def test_a_copy_holds_what_was_made_and_nothing_of_other_runs(tmp_path: Path) -> None:
    opener = FakeOpener()
    mould = TownMould(opener, tmp_path / "towns")
    mould(tmp_path / "a", start=START)
    (kept,) = (tmp_path / "towns").iterdir()
    (kept / "keys").write_text("made once", encoding="ascii")
    mould(tmp_path / "b", start=START)
    (tmp_path / "b" / "used").touch()
    mould(tmp_path / "c", start=START)
    assert (tmp_path / "c" / "keys").exists()
    assert not (tmp_path / "c" / "used").exists()


def test_a_running_clock_needs_a_town_of_today(tmp_path: Path) -> None:
    opener = FakeOpener()
    TownMould(opener, tmp_path / "towns")(tmp_path / "a")
    assert [one["start"] for one in opener.asked] == [None]
