"""Exchanges in words for people, PINs blacked out.

A trace is shown, filed with bug reports and replayed; a PIN must not be in it.
"""

from cardsim.apdu import BadApduError, Command, parse_command
from cardsim.jpki import JPKI_AID
from cardsim.profile import PROFILE_AID

_INSTRUCTIONS = {
    0xA4: "SELECT",
    0x20: "VERIFY",
    0x24: "CHANGE PIN",
    0xB0: "READ BINARY",
    0x84: "GET CHALLENGE",
    0x2A: "SIGN",
}
_PIN_INSTRUCTIONS = (0x20, 0x24)
_APPLICATIONS = {JPKI_AID: "JPKI", PROFILE_AID: "input assistance"}
_STATUS = {
    0x9000: "done",
    0x6700: "wrong length",
    0x6982: "PIN needed",
    0x6984: "PIN blocked",
    0x6986: "no current file",
    0x6A82: "not found",
    0x6B00: "past the end",
    0x6D00: "unknown instruction",
}


def redact(raw: bytes) -> str:
    """Return the command in hexadecimal with PIN digits replaced by ``••``."""
    if len(raw) > 5 and raw[1] in _PIN_INSTRUCTIONS:
        return raw[:5].hex().upper() + "••" * (len(raw) - 5)
    return raw.hex().upper()


def describe(raw: bytes, response: bytes) -> str:
    """Return one line: what was asked and what the card said."""
    try:
        asked = _describe_command(parse_command(raw))
    except BadApduError:
        asked = "not a command"
    status = int.from_bytes(response[-2:], "big")
    data = f"{len(response) - 2} bytes, " if len(response) > 2 else ""
    return f"{asked} → {data}{status:04X} {_describe_status(status)}"


def _describe_command(command: Command) -> str:
    name = _INSTRUCTIONS.get(command.ins, f"INS {command.ins:02X}")
    if command.ins == 0xA4 and command.p1 == 0x04:
        target = _APPLICATIONS.get(command.data, command.data.hex().upper())
        return f"{name} application {target}"
    if command.ins == 0xA4:
        return f"{name} file {command.data.hex().upper()}"
    if command.ins == 0x20 and not command.data:
        return f"{name} (tries left?)"
    return name


def _describe_status(status: int) -> str:
    if status & 0xFFF0 == 0x63C0:
        return f"{status & 0xF} tries left"
    return _STATUS.get(status, "")
