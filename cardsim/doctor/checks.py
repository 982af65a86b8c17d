"""What is well and what is not, and the line that mends it. Pure: facts in, findings out.

Source: [CARD 2, 3, 10], [PCSC-LITE].
"""

from collections.abc import Callable

from cardsim.doctor.model import Finding, Level, Machine
from cardsim.doctor.reader_checks import check_readers, check_usb_readers

_NO_SERVICE = (0x8010001D, 0x8010001E)
_NO_ACCESS = (0x8010006A, 0x80100027)
_ROOM = "tools/pcsc_room.sh COMMAND runs it in a room of its own"


def examine(machine: Machine) -> tuple[Finding, ...]:
    """Return everything that was looked at, in the order in which it is best mended."""
    checks: tuple[Callable[[Machine], list[Finding]], ...] = (
        check_service,
        check_socket,
        check_pyscard,
        check_access,
        check_polkit,
        check_usb_readers,
        check_readers,
        check_virtual_reader,
        check_versions,
    )
    return tuple(finding for check in checks for finding in check(machine))


def check_service(machine: Machine) -> list[Finding]:
    """Is pcscd installed, and does it run?"""
    if machine.pcscd_build is None:
        return [
            Finding("pcscd", Level.FAIL, "is not installed", "sudo apt-get install pcscd"),
        ]
    if machine.socket_answers:
        return [Finding("pcscd", Level.OK, "runs")]
    return [Finding("pcscd", Level.FAIL, "does not run", _start(machine))]


def _start(machine: Machine) -> str:
    if machine.in_container:
        return "pcscd --foreground &  # without systemd; or: tools/pcsc_room.sh COMMAND"
    return "sudo systemctl enable --now pcscd.socket"


def _restart(machine: Machine) -> str:
    if machine.in_container:
        return 'kill "$(cat /run/pcscd/pcscd.pid)"; pcscd --foreground &'
    return "sudo systemctl restart pcscd"


def check_socket(machine: Machine) -> list[Finding]:
    """Is there a way to it that leads somewhere?"""
    if machine.socket_answers:
        return [Finding("socket", Level.OK, "/run/pcscd/pcscd.comm answers")]
    if machine.socket_exists:
        return [
            Finding(
                "socket",
                Level.FAIL,
                "/run/pcscd/pcscd.comm is there, but nobody answers",
                f"sudo rm -f /run/pcscd/pcscd.comm /run/pcscd/pcscd.pid; {_start(machine)}",
            )
        ]
    return [Finding("socket", Level.FAIL, "/run/pcscd/pcscd.comm is missing", _start(machine))]


def check_pyscard(machine: Machine) -> list[Finding]:
    """Can our own programs talk to it?"""
    if machine.pyscard is not None:
        return [Finding("pyscard", Level.OK, machine.pyscard)]
    return [
        Finding(
            "pyscard",
            Level.FAIL,
            "is not installed, so our programs see no readers",
            "sudo apt-get install libpcsclite-dev gcc && make pcsc",
        )
    ]


def check_access(machine: Machine) -> list[Finding]:
    """Does pcscd let this user in?"""
    result = machine.greeting
    if result is None or result in _NO_SERVICE:
        return []  # The lines before say why.
    if result == 0:
        return [Finding("access", Level.OK, f"pcscd lets {machine.user or 'this user'} in")]
    if result in _NO_ACCESS:
        return [Finding("access", Level.FAIL, _rejected(machine), _polkit_mend())]
    says = f"pcscd answers with {result:08X}"
    return [Finding("access", Level.FAIL, says, _restart(machine))]


def _rejected(machine: Machine) -> str:
    told = "“Rejected unauthorized PC/SC client”"
    who = machine.user or "this user"
    if machine.is_local_session is False:
        return f"{told}: {who} does not sit at this machine (SSH, service, container)"
    return f"{told}: {who} may not use cards"


def _polkit_mend() -> str:
    return (
        "cardsim doctor --polkit-rule GROUP | "
        "sudo tee /etc/polkit-1/rules.d/50-pcsc.rules && sudo systemctl restart polkit"
    )


def check_polkit(machine: Machine) -> list[Finding]:
    """Who decides about access, and is somebody likely to be refused?"""
    if machine.pcscd_build is None:
        return []
    if not machine.has_polkit:
        return [Finding("polkit", Level.OK, "this pcscd does not ask it: every user may use cards")]
    found = [Finding("polkit", Level.OK, "decides who may use cards: those who sit here")]
    if machine.was_rejected:
        says = "the journal says “Rejected unauthorized PC/SC client”"
        found = [Finding("polkit", Level.WARN, says, _polkit_mend())]
    elif machine.is_local_session is False:
        says = "decides who may use cards, and this is not a session at the machine itself"
        found = [Finding("polkit", Level.WARN, says, _polkit_mend())]
    if machine.in_container:
        says = "a container has none to ask, so pcscd refuses everybody"
        found = [Finding("polkit", Level.WARN, says, "pcscd --foreground --disable-polkit &")]
    if machine.hides_processes:
        says = "/proc is mounted with hidepid, so pcscd cannot tell who asks"
        mend = "sudo mount -o remount,hidepid=0 /proc  # or give pcscd the group of gid="
        found.append(Finding("hidepid", Level.WARN, says, mend))
    return found


def check_virtual_reader(machine: Machine) -> list[Finding]:
    """Can simulated cards be put in, and by whom?"""
    if not machine.vpcd_driver or not machine.vpcd_ports:
        says = "vsmartcard-vpcd is not installed: no place for simulated cards"
        mend = f"sudo apt-get install vsmartcard-vpcd; {_restart(machine)}"
        return [Finding("virtual reader", Level.WARN, says, mend)]
    if not machine.socket_answers:
        return []  # It listens when pcscd runs.
    heard = {port.number: port for port in machine.listening}
    wanted = [port for port in machine.vpcd_ports if port in heard]
    ports = ", ".join(str(port) for port in machine.vpcd_ports)
    if not wanted:
        says = f"is installed, but does not listen (ports {ports})"
        return [Finding("virtual reader", Level.FAIL, says, _restart(machine))]
    found = [Finding("virtual reader", Level.OK, f"waits for cards on ports {ports}")]
    if any(not heard[port].is_loopback for port in wanted):
        says = "listens on every address: who reaches this machine may put a card in"
        mend = (
            "sudo nft add rule inet filter input iifname '!=' lo "
            f"tcp dport {wanted[0]}-{wanted[-1]} drop  # or: {_ROOM}"
        )
        found.append(Finding("virtual reader", Level.WARN, says, mend))
    return found


def check_versions(machine: Machine) -> list[Finding]:
    """Which editions are these? For reports."""
    editions = (
        ("pcscd", (machine.pcscd_build or "").partition("\n")[0], "sudo apt-get install pcscd"),
        ("libpcsclite", machine.libpcsclite, "sudo apt-get install libpcsclite1"),
        ("pyscard", machine.pyscard, "make pcsc"),
        ("opensc", machine.opensc, "sudo apt-get install opensc  # to compare with"),
    )
    return [
        Finding(f"version of {name}", Level.OK, version)
        if version
        else Finding(f"version of {name}", Level.WARN, "not installed", mend)
        for name, version, mend in editions
    ]
