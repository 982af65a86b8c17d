"""Opening a town for testers from the command line: what is refused, and where things lie."""

from importlib.metadata import EntryPoints
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.__main__ import app as kiosk
from kiosk.scenario import worlds
from kiosk.tester import opening, session_command
from kiosk.tester.opening import Session, fresh_folder
from kiosk.tester.ports import World
from launcher.__main__ import app as risai


class _Opened:
    """Stands in for the screen: says what it was opened with."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.cards: list[str] = []

    def __call__(self, world: World, session: Session) -> Path | None:
        self.sessions.append(session)
        self.cards = [card.id for card in world.parts.tray.cards()] if world.parts.tray else []
        return session.record


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _Opened:
    screen = _Opened()
    monkeypatch.setattr(session_command, "open_session", screen)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return screen


def test_the_kiosk_opens_a_town_for_testers(opened: _Opened, tmp_path: Path) -> None:
    file = tmp_path / "found.toml"
    done = CliRunner().invoke(kiosk, ["--tester", "--record", str(file), "--lang", "en"])
    assert done.exit_code == 0, done.output
    (session,) = opened.sessions
    assert (session.with_panel, session.record, session.locale.value) == (True, file, "en")
    assert f"kiosk run {file}" in done.output


def test_a_recording_alone_opens_no_panel(opened: _Opened, tmp_path: Path) -> None:
    done = CliRunner().invoke(risai, ["demo", "--record", str(tmp_path / "x.toml")])
    assert done.exit_code == 0, done.output
    assert not opened.sessions[0].with_panel


def test_a_given_folder_keeps_its_town(opened: _Opened, tmp_path: Path) -> None:
    for _ in range(2):
        done = CliRunner().invoke(risai, ["demo", "--tester", "--state", str(tmp_path / "mine")])
        assert done.exit_code == 0, done.output
    assert (tmp_path / "mine" / "keys.toml").exists()
    assert not (tmp_path / "state").exists()


def test_every_session_without_a_folder_begins_afresh(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    old = opening.fresh_folder() / "old"
    old.parent.mkdir(parents=True)
    old.touch()
    assert not (fresh_folder() / "old").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--serve"], "one process"),
        (["--output", "out"], "stay in the town"),
        (["--card", "nobody"], "resident"),
    ],
)
def test_what_a_testers_town_cannot_do_is_said(
    opened: _Opened, arguments: list[str], told: str
) -> None:
    done = CliRunner().invoke(risai, ["demo", "--tester", *arguments])
    assert done.exit_code == 2
    assert told in " ".join(done.output.replace("│", " ").split())


def test_a_gateway_elsewhere_is_refused_for_testers(opened: _Opened) -> None:
    done = CliRunner().invoke(kiosk, ["--tester", "--gateway", "http://127.0.0.1:1"])
    assert done.exit_code == 2
    assert "a town of its own" in " ".join(done.output.replace("│", " ").split())


def test_a_machine_without_a_town_says_how_to_get_one(
    opened: _Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "entry_points", lambda **_group: EntryPoints(()))
    done = CliRunner().invoke(kiosk, ["--tester"])
    assert done.exit_code == 2
    assert "install the whole package risai" in " ".join(done.output.replace("│", " ").split())
