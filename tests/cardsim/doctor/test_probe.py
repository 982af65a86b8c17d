"""What the doctor makes of the kernel's and other programs' tables."""

import threading

import pytest

from cardsim.doctor.model import ListeningPort
from cardsim.doctor.pcsc import tagged, within
from cardsim.doctor.polkit import polkit_rule
from cardsim.doctor.probe import hides_processes, listening_ports, probe, vpcd_ports
from cardsim.errors import BadGroupError, ReaderRefusedError

TABLE = """  sl  local_address rem_address   st tx_queue
   0: 00000000:8C7B 00000000:0000 0A 00000000:00000000
   1: 0100007F:8C7C 00000000:0000 0A 00000000:00000000
   2: 0100007F:9999 0100007F:8C7B 01 00000000:00000000
"""


def test_ports_come_from_the_configuration_two_slots_a_reader() -> None:
    text = "FRIENDLYNAME x\nDEVICENAME   /dev/null:0x8C7B\n\nDEVICENAME /dev/null:0x8C7D\n"
    assert vpcd_ports(text) == (35963, 35964, 35965, 35966)
    assert vpcd_ports("# DEVICENAME /dev/null:0x8C7B") == ()


def test_only_what_listens_is_a_listening_port() -> None:
    assert listening_ports(TABLE) == (ListeningPort(0x8C7B, False), ListeningPort(0x8C7C, True))
    assert listening_ports("") == ()


@pytest.mark.parametrize(
    ("options", "hides"),
    [("rw,nosuid", False), ("rw,hidepid=2", True), ("rw,hidepid=invisible", True)],
)
def test_hidden_processes_are_seen(options: str, hides: bool) -> None:
    assert hides_processes(f"sysfs /sys sysfs rw 0 0\nproc /proc proc {options} 0 0\n") is hides


def test_values_are_found_by_their_tag_and_a_cut_one_is_left_out() -> None:
    assert tagged(bytes.fromhex("12044233000A0A0400000100")) == {
        0x12: bytes.fromhex("4233000A"),
        0x0A: bytes.fromhex("00000100"),
    }
    assert tagged(bytes.fromhex("0102FF")) == {}


def test_what_takes_too_long_is_not_waited_for() -> None:
    until = threading.Event()
    assert within(0.01, lambda: "late" if until.wait(5.0) else "", "nothing") == "nothing"
    until.set()
    assert within(5.0, lambda: "soon", "nothing") == "soon"


def test_refusal_comes_through() -> None:
    def refuse() -> None:
        raise ReaderRefusedError("no")

    with pytest.raises(ReaderRefusedError):
        within(5.0, refuse, None)


def test_any_machine_can_be_looked_at() -> None:
    assert probe().user


def test_rule_is_for_one_group_only() -> None:
    rule = polkit_rule("kiosk")
    assert 'isInGroup("kiosk")' in rule
    assert "access_pcsc" in rule
    assert "access_card" in rule


@pytest.mark.parametrize("group", ["", "Kiosk", 'a"; return', "a b", "x" * 33])
def test_what_is_no_group_makes_no_rule(group: str) -> None:
    with pytest.raises(BadGroupError):
        polkit_rule(group)
