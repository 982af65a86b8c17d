"""What no scenario reaches, from what runs have reached."""

import json
from pathlib import Path

import pytest

from kiosk.scenario.coverage import compare, coverage_json, coverage_text
from kiosk.scenario.errors import ScenarioFileError
from kiosk.scenario.reach import Reach
from kiosk.scenario.reached_file import read_reached, write_reached

POSSIBLE = Reach({"S00 ja", "S00 en"}, {"S00 → S01"}, {"S00 government"}, {"E01 ja"})
ONE = Reach({"S00 ja"}, {"S00 → S01"}, set(), set())
OTHER = Reach({"S00 en"}, {"S00 → S09"}, set(), set())


def test_runs_count_together() -> None:
    found = compare(POSSIBLE, {"one": ONE, "other": OTHER})
    assert found.percent == 100 * 3 / 5
    screens, moves, buttons, _codes = found.parts
    assert screens.missing == ()
    assert moves.unforeseen == ("S00 → S09",)
    assert buttons.missing == ("S00 government",)


def test_people_and_programs_read_the_same() -> None:
    found = compare(POSSIBLE, {"one": ONE})
    raw = json.loads(coverage_json(found))
    assert raw["percent"] == 40
    assert raw["screens"] == {
        "possible": 2,
        "reached": 1,
        "missing": ["S00 en"],
        "unforeseen": [],
    }
    text = coverage_text(found)
    assert "1 runs reached 40.0 %" in text
    assert "not reached: S00 en" in text


def test_what_was_reached_is_read_back(tmp_path: Path) -> None:
    write_reached(tmp_path / "a.json", {"one": ONE})
    write_reached(tmp_path / "b.json", {"other": OTHER})
    assert read_reached([tmp_path / "a.json", tmp_path / "b.json"]) == {"one": ONE, "other": OTHER}


@pytest.mark.parametrize("text", ["", "[]", '{"format": 2, "runs": {}}', '{"format": 1}'])
def test_another_file_is_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioFileError, match="kiosk run scenarios --headless --coverage"):
        read_reached([path])
