"""``cardsim serve`` as a tester runs it: a process of its own, with a file for the counters."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.third_party.desk import PATIENCE_S
from tests.third_party.programs import (
    LIMIT_S,
    Said,
    run,
    wait_for_card,
    wait_for_empty_slot,
)


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
        wait_for_card(self.folder)

    def stop(self) -> None:
        """End the process, and the card is out."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.process = None
            wait_for_empty_slot(self.folder)

    def control(self, *words: str) -> Said:
        """Work the bench out of band: ``cardsim ctl``. Its API opens a moment after the card."""
        command = (sys.executable, "-m", "cardsim", "ctl", *words)
        end = time.monotonic() + LIMIT_S
        while True:
            said = self.run(*command, "--control-file", self._control_file)
            if "nobody answers" not in said.text or time.monotonic() > end:
                return said

    def run(self, *argv: str) -> Said:
        """Run a program."""
        return run(self.folder, *argv)

    def power_cycle(self) -> None:
        """Let the card forget the PINs of earlier programs."""
        said = self.run("opensc-tool", "--reader", "0", "--reset=cold")
        assert said.code == 0, said.text
