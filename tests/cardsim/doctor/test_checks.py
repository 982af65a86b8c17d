"""Every finding of the doctor, from the machine that causes it, with the line that mends it."""

from dataclasses import replace

import pytest

from cardsim.doctor.checks import examine
from cardsim.doctor.model import Finding, Level, ListeningPort, Machine, Reader, UsbReader
from cardsim.doctor.report import as_json, as_text, is_well

CONTACT = bytes.fromhex("3BE000FF8131FE4514")
CONTACTLESS = bytes.fromhex("3B888001000005E0B381A1007F")
VIRTUAL = Reader("Virtual PCD 00 00", has_card=True, atr=CONTACT)
HEALTHY = Machine(
    pcscd_build="pcsc-lite version 1.9.9.\nEnabled features: Linux serial usb",
    socket_exists=True,
    socket_answers=True,
    pyscard="2.3.1",
    libpcsclite="1.9.9-2",
    opensc="OpenSC 0.23.0",
    greeting=0,
    readers=(VIRTUAL,),
    has_ccid_driver=True,
    vpcd_driver=True,
    vpcd_ports=(35963, 35964),
    listening=(ListeningPort(35963, True), ListeningPort(35964, True)),
    user="clerk",
)
POLKIT = replace(HEALTHY, pcscd_build="pcsc-lite version 2.3.0.\nEnabled features: usb polkit")
DOWN = replace(HEALTHY, socket_answers=False, greeting=0x8010001D, readers=(), listening=())


def of(machine: Machine, subject: str) -> list[Finding]:
    return [finding for finding in examine(machine) if finding.subject.startswith(subject)]


def test_healthy_machine_has_nothing_to_mend() -> None:
    findings = examine(HEALTHY)
    assert {finding.level for finding in findings} == {Level.OK}
    assert all(not finding.mend for finding in findings)
    assert is_well(findings)


CASES: list[tuple[str, Machine, str, Level, str, str]] = [
    (
        "pcscd is not installed",
        replace(DOWN, pcscd_build=None),
        "pcscd",
        Level.FAIL,
        "not installed",
        "apt-get install pcscd",
    ),
    ("pcscd does not run", DOWN, "pcscd", Level.FAIL, "does not run", "systemctl enable --now"),
    (
        "no systemd",
        replace(DOWN, in_container=True),
        "pcscd",
        Level.FAIL,
        "does not run",
        "pcscd --foreground",
    ),
    ("left-over socket", DOWN, "socket", Level.FAIL, "nobody answers", "rm -f"),
    (
        "no socket",
        replace(DOWN, socket_exists=False),
        "socket",
        Level.FAIL,
        "missing",
        "pcscd.socket",
    ),
    (
        "no pyscard",
        replace(HEALTHY, pyscard=None, greeting=None, readers=()),
        "pyscard",
        Level.FAIL,
        "not installed",
        "make pcsc",
    ),
    (
        "rejected",
        replace(POLKIT, greeting=0x8010006A, readers=()),
        "access",
        Level.FAIL,
        "Rejected unauthorized PC/SC client”: clerk may not",
        "--polkit-rule GROUP",
    ),
    (
        "rejected over SSH",
        replace(POLKIT, greeting=0x80100027, readers=(), is_local_session=False),
        "access",
        Level.FAIL,
        "does not sit at this machine",
        "rules.d",
    ),
    (
        "strange answer",
        replace(HEALTHY, greeting=0x80100001, readers=()),
        "access",
        Level.FAIL,
        "80100001",
        "systemctl restart pcscd",
    ),
    (
        "no answer",
        replace(HEALTHY, greeting=0x8010000A, readers=(), in_container=True),
        "access",
        Level.FAIL,
        "8010000A",
        "pcscd --foreground",
    ),
    (
        "polkit in the journal",
        replace(POLKIT, was_rejected=True),
        "polkit",
        Level.WARN,
        "Rejected unauthorized PC/SC client",
        "--polkit-rule",
    ),
    (
        "polkit over SSH",
        replace(POLKIT, is_local_session=False),
        "polkit",
        Level.WARN,
        "not a session at the machine",
        "--polkit-rule",
    ),
    (
        "polkit in a container",
        replace(POLKIT, in_container=True),
        "polkit",
        Level.WARN,
        "refuses everybody",
        "--disable-polkit",
    ),
    (
        "hidepid",
        replace(POLKIT, hides_processes=True),
        "hidepid",
        Level.WARN,
        "cannot tell who asks",
        "hidepid=0",
    ),
    (
        "no reader",
        replace(HEALTHY, readers=()),
        "readers",
        Level.FAIL,
        "no reader",
        "plug a reader in",
    ),
    (
        "silent card",
        replace(HEALTHY, readers=(Reader("ACME 00 00", has_card=True),)),
        "reader “ACME",
        Level.FAIL,
        "does not answer",
        "turn the card over",
    ),
    (
        "short commands",
        replace(HEALTHY, readers=(Reader("ACME 00 00", has_card=False, most_bytes=256),)),
        "reader “ACME 00 00”, commands",
        Level.WARN,
        "short commands only",
        "another reader",
    ),
    (
        "no driver for CCID",
        replace(HEALTHY, has_ccid_driver=False, usb_readers=(UsbReader(0x1234, 1, "ACME", True),)),
        "USB 1234:0001",
        Level.FAIL,
        "driver is missing",
        "apt-get install libccid",
    ),
    (
        "not CCID",
        replace(HEALTHY, usb_readers=(UsbReader(0x054C, 0x06C3, "RC-S380/P", False),)),
        "USB 054c:06c3",
        Level.WARN,
        "does not speak CCID",
        "READERS.md",
    ),
    (
        "no virtual reader",
        replace(HEALTHY, vpcd_driver=False, vpcd_ports=()),
        "virtual reader",
        Level.WARN,
        "not installed",
        "apt-get install vsmartcard-vpcd",
    ),
    (
        "virtual reader does not listen",
        replace(HEALTHY, listening=()),
        "virtual reader",
        Level.FAIL,
        "does not listen",
        "systemctl restart pcscd",
    ),
    (
        "no opensc",
        replace(HEALTHY, opensc=None),
        "version of opensc",
        Level.WARN,
        "not installed",
        "apt-get install opensc",
    ),
]


@pytest.mark.parametrize(
    ("machine", "subject", "level", "says", "mend"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_what_is_wrong_is_said_with_its_remedy(
    machine: Machine, subject: str, level: Level, says: str, mend: str
) -> None:
    finding = of(machine, subject)[0]
    assert finding.level is level
    assert says in finding.says
    assert mend in finding.mend
    assert is_well(examine(machine)) is all(f.level is not Level.FAIL for f in examine(machine))


def test_virtual_reader_on_every_address_is_a_warning_beside_its_ports() -> None:
    everywhere = tuple(ListeningPort(number, False) for number in (35963, 35964))
    found = of(replace(HEALTHY, listening=everywhere), "virtual reader")
    assert [finding.level for finding in found] == [Level.OK, Level.WARN]
    assert "tcp dport 35963-35964 drop" in found[1].mend


def test_what_follows_from_another_trouble_is_not_said_again() -> None:
    assert of(DOWN, "access") == of(DOWN, "reader") == of(DOWN, "virtual reader") == []


def test_polkit_is_told_where_it_decides() -> None:
    assert "those who sit here" in of(POLKIT, "polkit")[0].says
    assert "does not ask it" in of(HEALTHY, "polkit")[0].says


@pytest.mark.parametrize(
    ("reader", "kind"),
    [
        (VIRTUAL, "virtual"),
        (Reader("ACME 00 00", True, CONTACT), "contact,"),
        (Reader("ACME 00 00", True, CONTACTLESS), "contactless,"),
        (Reader("ACME PICC 00 00", False), "contactless,"),
        (Reader("ACME 00 00", False), "contact,"),
    ],
)
def test_contact_or_contactless_is_told(reader: Reader, kind: str) -> None:
    assert of(replace(HEALTHY, readers=(reader,)), "reader")[0].says.startswith(kind)


@pytest.mark.parametrize(("most_bytes", "says"), [(65536, "65536 bytes"), (None, "does not tell")])
def test_length_of_commands_is_told(most_bytes: int | None, says: str) -> None:
    reader = Reader("ACME 00 00", has_card=False, most_bytes=most_bytes)
    finding = of(replace(HEALTHY, readers=(reader,)), "reader")[1]
    assert (finding.level, says in finding.says) == (Level.OK, True)


@pytest.mark.parametrize(
    ("usb", "says"),
    [
        (UsbReader(0x054C, 0x0DC9, "RC-S300/P", True), "RC-S300"),
        (UsbReader(0x1234, 0x0001, "", True), "the general driver serves it"),
    ],
)
def test_usable_usb_readers_are_named(usb: UsbReader, says: str) -> None:
    finding = of(replace(HEALTHY, usb_readers=(usb,)), "USB")[0]
    assert (finding.level, says in finding.says) == (Level.OK, True)


def test_report_puts_the_remedy_under_its_line() -> None:
    lines = as_text(examine(DOWN)).splitlines()
    assert lines[0].startswith("FAIL  pcscd: ")
    assert lines[1].startswith("      mend: ")


def test_report_for_programs_has_a_verdict() -> None:
    assert '"well": false' in as_json(examine(DOWN), None)
    assert '"well": true' in as_json(examine(HEALTHY), None)
