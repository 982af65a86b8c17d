"""Which readers are there, and what is known of their like. Pure.

Source: [CARD 4], [PCSC-LITE]; notes on models: [READERS].
"""

from cardsim.doctor.model import Finding, Level, Machine, Reader, UsbReader

_SHORT_BYTES = 256
_SONY = 0x054C
_NOT_CCID = {
    (_SONY, 0x06C1): "RC-S380/S",
    (_SONY, 0x06C3): "RC-S380/P",
}
"""Readers that PC/SC cannot use, whatever is installed."""
_KNOWN_GOOD = {
    (_SONY, 0x0DC8): "RC-S300/S works through PC/SC, though the maker does not list Linux",
    (_SONY, 0x0DC9): "RC-S300/P works through PC/SC, though the maker does not list Linux",
}


def check_readers(machine: Machine) -> list[Finding]:
    """Every reader of PC/SC: card, kind of contact, length of commands."""
    if machine.greeting != 0:
        return []
    if not machine.readers:
        mend = "plug a reader in; or for simulated cards: sudo apt-get install vsmartcard-vpcd"
        return [Finding("readers", Level.FAIL, "pcscd knows no reader", mend)]
    return [finding for reader in machine.readers for finding in _about(reader)]


def _about(reader: Reader) -> list[Finding]:
    what = f"reader “{reader.name}”"
    kind = contact_of(reader)
    says = f"{kind}, a card lies there" if reader.has_card else f"{kind}, no card"
    if reader.has_card and not reader.atr:
        mend = "turn the card over, or lay it down again; a contact reader wants the chip first"
        return [Finding(what, Level.FAIL, f"{kind}, the card does not answer", mend)]
    return [Finding(what, Level.OK, says), _length(f"{what}, commands", reader)]


def contact_of(reader: Reader) -> str:
    """Say how the card is touched, from its own words or the reader's name."""
    if reader.is_virtual:
        return "virtual"
    if reader.atr.startswith(b"\x3b") and reader.atr[2:4] == b"\x80\x01":
        return "contactless"  # The reader made this answer up from what came over the air.
    if reader.atr:
        return "contact"
    hints = ("PICC", "CONTACTLESS", "NFC", " CL ", "RC-S")
    return "contactless" if any(hint in reader.name.upper() for hint in hints) else "contact"


def _length(what: str, reader: Reader) -> Finding:
    if reader.is_virtual:
        return Finding(what, Level.OK, "takes extended commands (64 KiB)")
    if reader.most_bytes is None:
        says = "does not tell whether it takes extended commands; the kiosk needs none"
        return Finding(what, Level.OK, says)
    if reader.most_bytes > _SHORT_BYTES:
        return Finding(what, Level.OK, f"takes extended commands ({reader.most_bytes} bytes)")
    says = "takes short commands only: enough for the kiosk, not for every other program"
    return Finding(what, Level.WARN, says, "use another reader for programs that need more")


def check_usb_readers(machine: Machine) -> list[Finding]:
    """What hangs on USB: will the general driver serve it?"""
    return [_usb(machine, one) for one in machine.usb_readers]


def _usb(machine: Machine, one: UsbReader) -> Finding:
    what = f"USB {one.vendor:04x}:{one.product:04x}"
    model = (one.vendor, one.product)
    if model in _NOT_CCID:
        says = f"{_NOT_CCID[model]} does not speak CCID, so PC/SC cannot use it"
        return Finding(what, Level.WARN, says, "use a CCID reader; see docs/READERS.md")
    if one.is_ccid and not machine.has_ccid_driver:
        says = f"{one.name or 'a CCID reader'}, but its driver is missing"
        mend = "sudo apt-get install libccid && sudo systemctl restart pcscd"
        return Finding(what, Level.FAIL, says, mend)
    if model in _KNOWN_GOOD:
        return Finding(what, Level.OK, _KNOWN_GOOD[model])
    return Finding(what, Level.OK, f"{one.name or 'a reader'}, CCID: the general driver serves it")
