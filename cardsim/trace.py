"""Exchanges in words for people, PINs blacked out.

A trace is shown, filed with bug reports and replayed; a PIN must not be in it, not even one that
was sent in a malformed command.
"""

from cardsim import apdu
from cardsim.apdu import BadApduError, Command, parse_command
from cardsim.jpki import JPKI_AID
from cardsim.profile import PROFILE_AID

_VERIFY = 0x20
_INSTRUCTIONS = {
    0xA4: "SELECT",
    _VERIFY: "VERIFY",
    0x24: "CHANGE PIN",
    0xB0: "READ BINARY",
    0x84: "GET CHALLENGE",
    0x2A: "SIGN",
}
_PIN_INSTRUCTIONS = (_VERIFY, 0x21, 0x24, 0x2C, 0x32)
"""Every instruction whose data may hold a PIN, in this or another application."""
_APPLICATIONS = {JPKI_AID: "JPKI", PROFILE_AID: "input assistance"}
_STATUS = {
    apdu.DONE: "done",
    apdu.MEMORY_FAILURE: "memory failure",
    apdu.WRONG_LENGTH: "wrong length",
    apdu.CHANNEL_NOT_SUPPORTED: "no such logical channel",
    apdu.SECURE_MESSAGING_NOT_SUPPORTED: "no secure messaging",
    apdu.WRONG_FILE_TYPE: "wrong kind of file",
    apdu.SECURITY_STATUS_NOT_SATISFIED: "PIN needed",
    apdu.PIN_BLOCKED: "PIN blocked",
    apdu.CONDITIONS_NOT_SATISFIED: "not under these conditions",
    apdu.NO_CURRENT_EF: "no current file",
    apdu.WRONG_DATA: "wrong data",
    apdu.FILE_NOT_FOUND: "not found",
    apdu.WRONG_P1_P2: "wrong P1 or P2",
    apdu.REFERENCE_NOT_FOUND: "no such reference",
    apdu.OFFSET_OUTSIDE_FILE: "past the end",
    apdu.INS_NOT_SUPPORTED: "unknown instruction",
    apdu.CLA_NOT_SUPPORTED: "unknown class",
    apdu.FAILURE: "failure",
}


def redact(raw: bytes) -> str:
    """Return the command in hexadecimal with everything that may be a PIN replaced by ``••``."""
    if len(raw) < 2 or raw[1] not in _PIN_INSTRUCTIONS:
        return raw.hex().upper()
    shown = _shown_bytes(raw)
    return raw[:shown].hex().upper() + "••" * (len(raw) - shown)


def _shown_bytes(raw: bytes) -> int:
    """Return how many bytes of a PIN command are header and length, and so may be shown."""
    try:
        command = parse_command(raw)
    except BadApduError:
        return 4
    if not command.data:
        return len(raw)
    return 7 if command.extended else 5


def describe(raw: bytes, response: bytes) -> str:
    """Return one line: what was asked and what the card said."""
    try:
        asked = _describe_command(parse_command(raw))
    except BadApduError:
        asked = "not a command"
    status = int.from_bytes(response[-2:], "big")
    data = f"{len(response) - 2} bytes, " if len(response) > 2 else ""
    return f"{asked} → {data}{status:04X} {_describe_status(status)}".rstrip()


def _describe_command(command: Command) -> str:
    name = _INSTRUCTIONS.get(command.ins, f"INS {command.ins:02X}")
    if command.ins == 0xA4 and command.p1 == 0x04:
        target = _APPLICATIONS.get(command.data, command.data.hex().upper())
        return f"{name} application {target}"
    if command.ins == 0xA4:
        return f"{name} file {command.data.hex().upper()}".rstrip()
    if command.ins == 0xB0 and not command.p1 & 0x80:
        return f"{name} from {command.p1 << 8 | command.p2}"
    if command.ins == _VERIFY and not command.data:
        return f"{name} (tries left?)"
    return name


def _describe_status(status: int) -> str:
    if status & 0xFFF0 == apdu.VERIFY_FAILED:
        return f"{status & 0xF} tries left"
    return _STATUS.get(status, "")
