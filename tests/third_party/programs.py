"""Programs that nobody here wrote, run against the reader of this room with a time limit."""

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 30.0
PACKAGES = {
    "opensc-tool": "opensc",
    "pkcs15-tool": "opensc",
    "pkcs11-tool": "opensc",
    "pcsc_scan": "pcsc-tools",
    "ssh-keygen": "openssh-client",
    "openssl": "openssl",
}
"""Where each program comes from in Debian."""
_PAUSE_S = 0.05
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Said:
    """How a program ended and what it said, standard output and error in one."""

    code: int
    text: str


def missing_programs() -> tuple[str, ...]:
    """Return the Debian packages that are needed and not there."""
    missing = {package for name, package in PACKAGES.items() if shutil.which(name) is None}
    if not find_pkcs11_module():
        missing.add("opensc-pkcs11")
    return tuple(sorted(missing))


def find_pkcs11_module() -> Path | None:
    """Return OpenSC's PKCS#11 module, wherever the distribution puts it."""
    return next(Path("/usr/lib").glob("**/opensc-pkcs11.so"), None)


def run(home: Path, *argv: str) -> Said:
    """Run a program without the tester's own settings; none of them may take longer than 30 s."""
    done = subprocess.run(
        argv,
        env={**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=LIMIT_S,
        check=False,
    )
    return Said(done.returncode, _COLOUR.sub("", done.stdout.decode("utf-8", "replace")))


def wait_for_card(home: Path) -> None:
    """Wait until programs see a card in the first slot. The card knows earlier than they do."""
    _wait_for("Yes", home)


def wait_for_empty_slot(home: Path) -> None:
    """Wait until programs see that the first slot is empty."""
    _wait_for("No", home)


def _wait_for(word: str, home: Path) -> None:
    end = time.monotonic() + LIMIT_S
    while True:
        rows = [
            line.split() for line in run(home, "opensc-tool", "--list-readers").text.splitlines()
        ]
        if any(row[:2] == ["0", word] for row in rows):
            return
        assert time.monotonic() < end, f"not within {LIMIT_S:.0f} s"
        time.sleep(_PAUSE_S)
