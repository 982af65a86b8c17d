"""``cardsim serve`` as a tester runs it: a process of its own, with a file for the counters."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.third_party.desk import PATIENCE_S
from tests.third_party.programs import Said, run

_PAUSE_S = 0.05


@dataclass(slots=True)
class ServedCard:
    """The resident's card in the first slot, started and ended as often as a test wants."""

    folder: Path
    interface: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def _control_file(self) -> str:
        return str(self.folder / "control.json")

    def start(self) -> None:
        """Serve the card and wait until a program sees it."""
        options = ["--contactless"] if self.interface == "contactless" else []
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "cardsim", "serve", "resident", *options),
                *("--state", str(self.folder / "cards.json")),
                *("--authority", str(self.folder / "authority")),
                *("--control", "--control-file", self._control_file),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        self._wait(lambda: self._is_seen() and Path(self._control_file).exists())

    def stop(self) -> None:
        """End the process, and the card is out."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.process = None
            self._wait(lambda: not self._is_seen())

    def control(self, *words: str) -> Said:
        """Work the bench out of band: ``cardsim ctl``."""
        return self.run(
            *(sys.executable, "-m", "cardsim", "ctl", *words),
            *("--control-file", self._control_file),
        )

    def run(self, *argv: str) -> Said:
        """Run a program."""
        return run(self.folder, *argv)

    def power_cycle(self) -> None:
        """Let the card forget the PINs of earlier programs."""
        said = self.run("opensc-tool", "--reader", "0", "--reset=cold")
        assert said.code == 0, said.text

    def _is_seen(self) -> bool:
        shown = self.run("opensc-tool", "--list-readers").text
        return any(line.split()[:2] == ["0", "Yes"] for line in shown.splitlines())

    def _wait(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"not within {PATIENCE_S:.0f} s"
            time.sleep(_PAUSE_S)
