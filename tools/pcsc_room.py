#!/usr/bin/env python3
"""Run a command in a room with a card reader of its own: private network, private pcscd.

vpcd listens on all addresses and pcscd has one fixed socket, so two test runs on one machine
would take each other's cards, and anybody on the network could insert one. In here loopback is
the only network, ``/run/pcscd`` is nobody else's, and USB readers are out of sight: no test
reaches a real card. Rooms are independent of each other and leave nothing behind.

    tools/pcsc_room.py [--readers N] [--log FILE] COMMAND [ARGUMENT …]

The command finds ``RISAI_TEST_PCSC=1`` in its environment and readers ``Virtual PCD 00 00``
and ``Virtual PCD 00 01`` (then ``Virtual PCD 2 00 00`` …); slot n listens on port 35963 plus n.
The exit code is the command's, or 125 when there is no room.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

NO_ROOM = 125
FIRST_PORT = 0x8C7B
SLOTS_OF_A_READER = 2
RUN_FOLDER = Path("/run/pcscd")
INSTALLED_READER = Path("/etc/reader.conf.d/vpcd")
USB = Path("/dev/bus/usb")
START_S = 10.0
END_S = 5.0
PROGRAMS = {
    "pcscd": "pcscd vsmartcard-vpcd",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "ip": "iproute2",
    "mount": "mount",
}
_INSIDE = "RISAI_PCSC_ROOM"


def main() -> int:
    """Make the room, run the command in it, end everything that is left in it."""
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    options = _options()
    if os.environ.pop(_INSIDE, None) != str(os.getpid()):
        _enter()
    _furnish()
    with tempfile.TemporaryFile() as words:
        pcscd = _start_pcscd(options.readers, options.log, words.fileno())
        if not _is_ready(pcscd):
            words.seek(0)
            said = words.read().decode(errors="replace").strip()
            _end_the_others()
            _refuse(f"pcscd did not come up within {START_S:.0f} s. {said}".strip())
        try:
            return _run(options.command)
        finally:
            _end_the_others()


def _options() -> argparse.Namespace:
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--readers", type=int, default=1, help="virtual readers, two slots each")
    parser.add_argument(
        "--log", type=Path, help="write pcscd's log with every APDU, PINs included, to this file"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run, with arguments")
    options = parser.parse_args()
    if not options.command or options.readers < 1:
        parser.error("say what to run in the room, and with at least one reader")
    return options


def _enter() -> NoReturn:
    """Become the same program inside new namespaces."""
    missing = [package for name, package in PROGRAMS.items() if shutil.which(name) is None]
    if missing or not INSTALLED_READER.exists():
        packages = " ".join(dict.fromkeys([*missing, "vsmartcard-vpcd"]))
        _refuse(f"it needs more packages; mend: apt-get install {packages}")
    flags = ["--mount", "--net"]
    if os.geteuid() == 0:
        RUN_FOLDER.mkdir(parents=True, exist_ok=True)
    else:
        flags.append("--map-root-user")
    allowed = subprocess.run(
        ["unshare", *flags, "true"], capture_output=True, text=True, check=False
    )
    if allowed.returncode:
        _refuse(
            f"{allowed.stderr.strip()}. Private namespaces are not allowed here; mend: run it as "
            "root, in a container with --cap-add SYS_ADMIN --security-opt apparmor=unconfined"
        )
    os.environ[_INSIDE] = str(os.getpid())  # unshare without a fork keeps the process id.
    os.execvp("unshare", ["unshare", *flags, sys.executable, *sys.argv])  # noqa: S606


def _furnish() -> None:
    """Bring loopback up, empty pcscd's folder and hide USB readers."""
    steps = [
        ["ip", "link", "set", "lo", "up"],
        ["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(RUN_FOLDER)],
    ]
    if USB.exists():
        steps.append(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(USB)])
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            _refuse(f"{' '.join(step)}: {done.stderr.strip()}")


def _start_pcscd(readers: int, log: Path | None, words: int) -> subprocess.Popen[bytes]:
    """Start the daemon; it dies with this process, even if that is killed."""
    folder = RUN_FOLDER / "reader.conf.d"
    folder.mkdir()
    (folder / "vpcd").write_text(_reader_entries(readers), encoding="ascii")
    command = ["setpriv", "--pdeathsig", "TERM", "pcscd", "--foreground", "-c", str(folder)]
    if log is None:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT
        )
    with log.open("wb") as file:
        return subprocess.Popen(
            [*command, "--debug", "--apdu"],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )


def _reader_entries(readers: int) -> str:
    """Return reader.conf entries whose slots listen on consecutive ports."""
    driver = re.search(r"^LIBPATH\s+(\S+)", INSTALLED_READER.read_text(encoding="utf-8"), re.M)
    if driver is None:
        _refuse(f"no LIBPATH in {INSTALLED_READER}; mend: reinstall vsmartcard-vpcd")
    entries = []
    for number in range(readers):
        name = "Virtual PCD" if number == 0 else f"Virtual PCD {number + 1}"
        port = f"0x{FIRST_PORT + SLOTS_OF_A_READER * number:04X}"
        entries.append(
            f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port}\n'
            f"LIBPATH {driver[1]}\nCHANNELID {port}\n"
        )
    return "\n".join(entries)


def _is_ready(pcscd: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + START_S
    while time.monotonic() < end and pcscd.poll() is None:
        if (RUN_FOLDER / "pcscd.comm").exists():
            return True
        time.sleep(0.02)
    return False


def _run(command: list[str]) -> int:
    """Run the command to its end and return its exit code as a shell would tell it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The terminal tells the command itself.
    try:
        child = subprocess.Popen(
            command,
            env={**os.environ, "RISAI_TEST_PCSC": "1"},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    except OSError as error:
        _refuse(f"{command[0]}: {error.strerror}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda caught, _frame: child.send_signal(caught))
    code = child.wait()
    return code if code >= 0 else 128 - code


def _end_the_others() -> None:
    """End every process in this room but this one, first politely."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        end = time.monotonic() + END_S
        for process in _others():
            _send(process, number)
        while _others() and time.monotonic() < end:
            time.sleep(0.02)


def _others() -> list[int]:
    """Return the living processes of this network namespace, without this one."""
    here = os.readlink("/proc/self/ns/net")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state = (
                (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
            )
            inside = os.readlink(entry / "ns" / "net") == here
        except OSError:
            continue
        if inside and state.split()[0] != "Z" and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def _send(process: int, number: signal.Signals) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return


def _refuse(reason: str) -> NoReturn:
    sys.stderr.write(f"pcsc_room: {reason}\n")
    raise SystemExit(NO_ROOM)


if __name__ == "__main__":
    sys.exit(main())
