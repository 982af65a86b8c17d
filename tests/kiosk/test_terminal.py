"""Somebody closes the window: the machine ends, whoever kept the signal from it."""

import os
import subprocess
import sys
from pathlib import Path

from kiosk.terminal import HUNG_UP, USAGE, is_hung_up

END_S = 30
MACHINE = """
import signal, sys
from pathlib import Path
from kiosk.app import KioskApp
from kiosk.terminal import end_as, run_on_terminal
from tests.kiosk.screens.fakes import make_parts
signal.signal(signal.SIGHUP, signal.SIG_IGN)  # As behind a program that does not hand it on.
app = KioskApp(make_parts(Path(sys.argv[1])))
run_on_terminal(app)
end_as(app)
"""


def test_machine_ends_with_its_terminal(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    machine = subprocess.Popen(
        [sys.executable, "-c", MACHINE, str(tmp_path)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    try:
        os.close(theirs)
        drawn = b""
        while "行政サービス".encode() not in drawn:
            drawn += os.read(ours, 65536)
        os.close(ours)
        assert machine.wait(END_S) == HUNG_UP
    finally:
        machine.kill()
        machine.wait()


def test_without_a_terminal_the_machine_does_not_open(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MACHINE, str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=END_S,
        check=False,
    )
    assert done.returncode == USAGE
    assert b"kiosk run FILE --headless" in done.stderr
    assert not done.stdout


def test_only_a_terminal_can_hang_up(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        assert not is_hung_up(file.fileno())
    ours, theirs = os.openpty()
    assert not is_hung_up(theirs)
    os.close(ours)
    assert is_hung_up(theirs)
    os.close(theirs)
