"""Programs that nobody here wrote, run against the reader of this room with a time limit."""

import os
import re
import shutil
import subprocess
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
