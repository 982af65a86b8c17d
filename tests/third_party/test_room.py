"""The room keeps its promise: an own reader, nobody else's cards, and nothing left behind."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.third_party.desk import Desk

pytestmark = pytest.mark.pcsc

ROOM = str(Path(__file__).resolve().parents[2] / "tools" / "pcsc_room.sh")
LIMIT_S = 30.0
NO_ROOM = 125
LIST = ("opensc-tool", "--list-readers")


def in_a_room(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOM, *command],
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def test_a_card_in_one_room_is_not_in_another(desk: Desk) -> None:
    assert "0    Yes" in desk.run(*LIST).text
    other = in_a_room(*LIST)
    assert "0    No" in other.stdout
    assert "Yes" not in other.stdout


def test_as_many_readers_as_wanted_have_two_slots_each() -> None:
    shown = in_a_room(*LIST, RISAI_PCSC_READERS="2").stdout
    assert [line.split("Virtual ")[1] for line in shown.splitlines() if "Virtual" in line] == [
        "PCD 00 00",
        "PCD 00 01",
        "PCD 2 00 00",
        "PCD 2 00 01",
    ]


@pytest.mark.parametrize("code", [0, 7])
def test_the_exit_code_is_that_of_the_command(code: int) -> None:
    assert in_a_room("sh", "-c", f"exit {code}").returncode == code


def test_loopback_is_the_only_network() -> None:
    shown = in_a_room("ip", "-brief", "address").stdout.splitlines()
    assert [line.split()[:3] for line in shown] == [["lo", "UNKNOWN", "127.0.0.1/8"]]


def test_the_log_of_pcscd_is_kept_on_request(tmp_path: Path) -> None:
    log = tmp_path / "pcscd.log"
    in_a_room(*LIST, RISAI_PCSC_LOG=str(log))
    assert "Virtual PCD 00 00" in log.read_text(encoding="utf-8", errors="replace")


def test_without_a_command_there_is_no_room() -> None:
    refused = in_a_room()
    assert refused.returncode == NO_ROOM
    assert "what to run" in refused.stderr


def test_a_room_ends_when_it_is_told_to_and_everything_in_it() -> None:
    """A time limit around a room must work. The pipe is open as long as anything in it lives."""
    room = subprocess.Popen(
        [ROOM, "sh", "-c", "echo in; sleep 600"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert room.stdout is not None
    with room.stdout as said:
        assert said.readline() == "in\n"
        room.send_signal(signal.SIGTERM)
        assert said.read() == ""
    assert room.wait(LIMIT_S) != 0
