"""Print the table of docs/CARD.md: what works with the card, and how many APDUs it takes.

tools/pcsc_room.sh .venv/bin/python -m tests.third_party.measure
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.third_party.calls import CALLS, count_apdus
from tests.third_party.desk import ATRS, Desk, resident_image

_VERSIONS = (
    ("opensc-tool", "--info"),
    ("pcscd", "--version"),
    ("pcsc_scan", "-V"),
    ("openssl", "version"),
    ("ssh", "-V"),
)


def versions() -> tuple[str, ...]:
    """Return the first telling line of each program about itself."""
    return tuple(_first_line(*argv) for argv in _VERSIONS)


def _first_line(*argv: str) -> str:
    done = subprocess.run(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if any(map(str.isdigit, line))]
    return lines[0].rstrip(".") if lines else argv[0]


def rows() -> tuple[str, ...]:
    """Return the table's rows: what was called, and the APDUs for either interface."""
    image = resident_image()
    counts: dict[str, list[int | None]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for interface in sorted(ATRS):
            desk = Desk.open(image, interface, folder)
            counts[interface] = [count_apdus(desk, call, folder) for call in CALLS]
            desk.close()
    return tuple(
        f"| `{call.words}` | {_cell(contact)} | {_cell(contactless)} |"
        for call, contact, contactless in zip(
            CALLS, counts["contact"], counts["contactless"], strict=True
        )
    )


def _cell(apdus: int | None) -> str:
    return "does not work" if apdus is None else str(apdus)


def main() -> None:
    """Print versions and table."""
    for line in (*versions(), "", "| call | APDUs, contact | contactless |", "|---|---|---|"):
        sys.stdout.write(line + "\n")
    sys.stdout.write("\n".join(rows()) + "\n")


if __name__ == "__main__":
    main()
