"""Finds out how this machine is; changes nothing, powers no card, waits a limited time."""

import getpass
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from cardsim.doctor.model import ListeningPort, Machine, Reader, UsbReader
from cardsim.doctor.pcsc import greet, load_scard, pyscard_version, within

_SOCKET = Path("/run/pcscd/pcscd.comm")
_PATIENCE_S = 5.0
_TIMED_OUT = 0x8010000A
_CCID_CLASS = "0b"
_LISTENING = "0A"
_ROOM_READERS = Path("/run/pcscd/reader.conf.d")
_INSTALLED_READERS = Path("/etc/reader.conf.d")
_DRIVERS = Path("/usr/lib/pcsc/drivers")
_KNOWN_OTHERS = {("054c", "06c1"), ("054c", "06c3")}
"""Readers that are not CCID, so that their class does not give them away."""


def probe() -> Machine:
    """Look at everything that matters for cards."""
    greeting, readers = _greeting()
    configuration = _vpcd_configuration()
    return Machine(
        pcscd_build=_said("pcscd", "--version"),
        socket_exists=_SOCKET.exists(),
        socket_answers=_answers(_SOCKET),
        pyscard=pyscard_version(),
        libpcsclite=_package_version("libpcsclite1"),
        opensc=_first_line(_said("opensc-tool", "--info")),
        greeting=greeting,
        readers=readers,
        usb_readers=_usb_readers(),
        has_ccid_driver=(_DRIVERS / "ifd-ccid.bundle").exists(),
        vpcd_driver=any((_DRIVERS / "serial").glob("libifdvpcd.so*")),
        vpcd_ports=vpcd_ports(configuration),
        listening=listening_ports(_text("/proc/net/tcp")),
        was_rejected=_was_rejected(),
        is_local_session=_is_local_session(),
        hides_processes=hides_processes(_text("/proc/self/mounts")),
        in_container=Path("/.dockerenv").exists() or not Path("/run/systemd/system").exists(),
        user=getpass.getuser(),
    )


def _greeting() -> tuple[int | None, tuple[Reader, ...]]:
    scard = load_scard()
    if scard is None:
        return None, ()
    silence: tuple[int, tuple[Reader, ...]] = (_TIMED_OUT, ())
    in_ci = bool(os.environ.get("CI"))
    return within(_PATIENCE_S, lambda: greet(scard, in_ci=in_ci), silence)


def vpcd_ports(configuration: str) -> tuple[int, ...]:
    """Return the ports that a reader.conf names for vpcd, two slots a reader."""
    firsts = re.findall(r"^DEVICENAME\s+/dev/null:0x([0-9A-Fa-f]+)\s*$", configuration, re.M)
    return tuple(int(first, 16) + slot for first in firsts for slot in (0, 1))


def listening_ports(table: str) -> tuple[ListeningPort, ...]:
    """Return what listens, from the kernel's table of connections."""
    found = []
    for line in table.splitlines()[1:]:
        cells = line.split()
        if len(cells) > 3 and cells[3] == _LISTENING:
            address, _, port = cells[1].partition(":")
            # The kernel writes addresses backwards: 127.0.0.1 is 0100007F.
            found.append(ListeningPort(int(port, 16), address.endswith("7F")))
    return tuple(found)


def hides_processes(mounts: str) -> bool:
    """Say whether /proc is mounted so that a service cannot see other users' programs."""
    for line in mounts.splitlines():
        cells = line.split()
        if len(cells) > 3 and cells[1] == "/proc" and cells[2] == "proc":
            return re.search(r"hidepid=(1|2|4|noaccess|invisible|ptraceable)", cells[3]) is not None
    return False


def _vpcd_configuration() -> str:
    folder = _ROOM_READERS if _ROOM_READERS.is_dir() else _INSTALLED_READERS
    return _text(folder / "vpcd")


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_PATIENCE_S)
        try:
            line.connect(str(path))
        except OSError:
            return False
    return True


def _said(program: str, *words: str) -> str | None:
    """Return what a program writes; None when it is not here or takes too long."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        return None
    try:
        done = subprocess.run(
            [found, *words], capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (done.stdout + done.stderr).strip()


def _first_line(text: str | None) -> str | None:
    return text.partition("\n")[0] if text else None


def _package_version(package: str) -> str | None:
    told = _said("dpkg-query", "--show", "--showformat", "${Version}", package)
    if told and "no packages" not in told:
        return told
    library = sorted(Path("/usr/lib").glob("*/libpcsclite.so.1*"))
    return library[-1].name if library else None


def _was_rejected() -> bool | None:
    told = _said("journalctl", "--unit=pcscd", "--lines=200", "--no-pager", "--quiet")
    return None if told is None else "Rejected unauthorized PC/SC client" in told


def _is_local_session() -> bool | None:
    session = os.environ.get("XDG_SESSION_ID")
    if not session:
        return False if os.environ.get("SSH_CONNECTION") else None
    told = _said("loginctl", "show-session", session, "--property=Active", "--property=Remote")
    return None if told is None else "Active=yes" in told and "Remote=no" in told


def _usb_readers() -> tuple[UsbReader, ...]:
    found = []
    for device in sorted(Path("/sys/bus/usb/devices").glob("*")):
        vendor, product = (_text(device / name).strip() for name in ("idVendor", "idProduct"))
        if not vendor or not product:
            continue
        classes = [_text(one).strip() for one in device.glob("*/bInterfaceClass")]
        is_ccid = _CCID_CLASS in classes
        if is_ccid or (vendor, product) in _KNOWN_OTHERS:
            name = _text(device / "product").strip()
            found.append(UsbReader(int(vendor, 16), int(product, 16), name, is_ccid))
    return tuple(found)
