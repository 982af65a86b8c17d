"""``kiosk run``, ``coverage`` and ``schema`` from the command line: their endings are an API."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from kiosk.__main__ import app
from kiosk.scenario.json_schema import schema_text
from kiosk.tester.errors import NoWorldError
from tests.kiosk.scenario.fakes import FakeOpener
from tests.kiosk.scenario.files import write_part, write_scenario

GOOD = '{ press = "government", see = "S01" }'
BAD = '{ see = "S09", within_s = 0.2 }'
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the program in a folder of its own, in front of fake worlds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kiosk.scenario.worlds.find_open_world", FakeOpener)

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, list(words), env={"COLUMNS": "200", "NO_COLOR": "1"})
        return result.exit_code, result.output

    return run


def test_all_passed_is_0(kiosk: Command, tmp_path: Path) -> None:
    write_scenario(tmp_path, GOOD)
    status, words = kiosk("run", ".", "--headless")
    assert status == 0
    assert "ok     1/1 try" in words
    assert "1 passed, 0 failed" in words
    assert sorted(path.name for path in tmp_path.iterdir()) == ["try.toml"]


def test_a_failure_is_1_and_stops_the_round(kiosk: Command, tmp_path: Path) -> None:
    write_scenario(tmp_path, BAD, name="a")
    write_scenario(tmp_path, GOOD, name="b")
    status, words = kiosk("run", ".", "--headless", "--junit", "out.xml", "--evidence", "kept")
    assert status == 1
    assert "FAIL   1/2 a" in words
    assert "screen S09 is expected, but S00 is shown" in words
    assert "0 passed, 1 failed, 1 not run" in words
    assert (tmp_path / "kept" / "a.zip").exists()


def test_with_keep_going_all_are_run_and_reported(kiosk: Command, tmp_path: Path) -> None:
    write_scenario(tmp_path, BAD, name="a")
    write_scenario(tmp_path, GOOD, name="b")
    assert kiosk("run", ".", "--headless", "--keep-going", "--junit", "out.xml")[0] == 1
    (suite,) = ElementTree.parse(tmp_path / "out.xml").getroot()  # noqa: S314  # our own file
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failed, passed = suite.findall("testcase")
    failure = failed.find("failure")
    assert failure is not None
    assert "step 1: screen S09 is expected" in str(failure.text)
    assert failed.findtext("system-out") == "evidence: evidence/a.zip"
    assert passed.find("failure") is None
    assert float(str(passed.get("time"))) > 0


def test_a_wrong_file_is_2_and_nothing_runs(kiosk: Command, tmp_path: Path) -> None:
    write_scenario(tmp_path, GOOD, name="a")
    path = write_scenario(tmp_path, '{ sea = "S00" }', name="b")
    status, words = kiosk("run", ".", "--headless")
    assert status == 2
    assert f"{path.name}, step 1: sea: nobody knows this key" in words
    assert "ok" not in words


def test_check_reads_everything_and_runs_nothing(
    kiosk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.scenario.worlds.find_open_world", None)
    write_scenario(tmp_path, GOOD)
    assert kiosk("run", ".", "--check") == (0, "1 runs, nothing wrong\n")
    write_part(tmp_path, '{ see = "{nowhere}" }')
    status, words = kiosk("run", ".", "--check")
    assert status == 2
    assert "walk.part.toml, step 1: nothing fills {nowhere}" in words


def test_without_a_terminal_nothing_can_be_shown(kiosk: Command, tmp_path: Path) -> None:
    write_scenario(tmp_path, GOOD)
    status, words = kiosk("run", ".")
    assert status == 2
    assert "add --headless" in words


def test_without_a_town_it_is_3(
    kiosk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_scenario(tmp_path, GOOD)
    opener = FakeOpener(refusal=NoWorldError("no town here"))
    monkeypatch.setattr("kiosk.scenario.worlds.find_open_world", lambda: opener)
    status, words = kiosk("run", ".", "--headless")
    assert status == 3
    assert "no town here" in words


def test_an_interruption_is_3_and_keeps_what_was_done(
    kiosk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupting(FakeOpener):
        def __call__(self, folder: Path, **options: object) -> object:  # type: ignore[override]
            if len(self.worlds) > 1:
                raise KeyboardInterrupt
            return super().__call__(folder)

    write_scenario(tmp_path, GOOD, name="a")
    write_scenario(tmp_path, GOOD, name="b")
    monkeypatch.setattr("kiosk.scenario.worlds.find_open_world", Interrupting)
    status, words = kiosk("run", ".", "--headless", "--junit", "out.xml")
    assert status == 3
    assert "interrupted" in words
    assert "1 passed, 0 failed, 1 not run" in words
    assert (tmp_path / "out.xml").exists()


def test_runs_are_chosen_by_name_tag_and_patience(kiosk: Command, tmp_path: Path) -> None:
    write_scenario(tmp_path, GOOD, name="a", more='tags = ["short"]\n')
    write_scenario(tmp_path, GOOD, name="b", more="slow = true\n")
    assert "1 passed" in kiosk("run", ".", "--headless")[1]
    assert "2 passed" in kiosk("run", ".", "--headless", "--slow")[1]
    assert " b " in kiosk("run", ".", "--headless", "--slow", "-k", "!a")[1]
    assert " a " in kiosk("run", ".", "--headless", "--slow", "--tag", "short")[1]
    status, words = kiosk("run", ".", "--headless", "-k", "c")
    assert status == 2
    assert "no scenario is left" in words


def test_coverage_from_a_file_and_from_runs_agree(kiosk: Command, tmp_path: Path) -> None:
    write_scenario(tmp_path, GOOD)
    assert kiosk("run", ".", "--headless", "--coverage", "reached.json")[0] == 0
    status, from_file = kiosk("coverage", "--from", "reached.json", "--json")
    assert status == 0
    found = json.loads(from_file)
    assert "S00 → S01" not in found["moves"]["missing"]
    assert "S01 → S02" in found["moves"]["missing"]
    status, words = kiosk("coverage", ".", "--run", "--min", "90")
    assert status == 1
    assert f"1 runs reached {found['percent']:.1f} %" in words


def test_coverage_says_what_it_needs(kiosk: Command) -> None:
    status, words = kiosk("coverage")
    assert status == 2
    assert "--from" in words


def test_schema_is_printed(kiosk: Command) -> None:
    assert kiosk("schema") == (0, schema_text())
