"""What docs/CARD.md says works with the card: the calls, and what each must say to count.

``{module}`` is OpenSC's PKCS#11 module, ``{in}`` a file to sign, ``{out}`` where a result goes.
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.third_party.desk import AUTH_PIN, SIGN_PIN, Desk
from tests.third_party.programs import find_pkcs11_module

TEXT = "届出の内容に相違ありません。\n".encode()
_AUTH = f"--token-label 'JPKI (User Authentication PIN)' --login --pin {AUTH_PIN}"
_SIGN = f"--token-label 'JPKI (Digital Signature PIN)' --login --pin {SIGN_PIN}"
_PKCS11 = "pkcs11-tool --module {module}"


@dataclass(frozen=True, slots=True)
class Call:
    """One thing a program can do with the card."""

    words: str
    """As the page shows it."""
    command: str
    wanted: str = ""
    """A regular expression that must be in what it says."""


def _signing(mechanism: str, key: str, number: str, login: str) -> Call:
    return Call(
        f"pkcs11-tool --login --sign --mechanism {mechanism} ({key} key)",
        f"{_PKCS11} {login} --sign --id {number} --mechanism {mechanism} "
        "--input-file {in} --output-file {out}",
    )


_HASHED = ("SHA1", "SHA256", "SHA384", "SHA512")
_MECHANISMS = ("RSA-PKCS", *(f"{name}-RSA-PKCS" for name in _HASHED))
CALLS = (
    Call("opensc-tool --list-readers", "opensc-tool --list-readers", "0 +Yes"),
    Call("opensc-tool --atr", "opensc-tool --reader 0 --atr", "^3b:"),
    Call("opensc-tool --name", "opensc-tool --reader 0 --name", "^jpki$"),
    Call("pcsc_scan -t 1", "pcsc_scan -t 1", "JUKICARD|JPKI"),
    Call("pkcs15-tool --dump", "pkcs15-tool --reader 0 --dump", "Digital Signature Key"),
    Call("pkcs15-tool --list-pins", "pkcs15-tool --reader 0 --list-pins", "Tries left"),
    Call(
        "pkcs15-tool --list-certificates", "pkcs15-tool --reader 0 --list-certificates", "Path +: 0"
    ),
    Call(
        "pkcs15-tool --read-certificate 1",
        "pkcs15-tool --reader 0 --read-certificate 1 --output {out}",
    ),
    Call(
        "pkcs15-tool --verify-pin --auth-id 02 --read-certificate 2",
        f"pkcs15-tool --reader 0 --verify-pin --auth-id 02 --pin {SIGN_PIN} "
        "--read-certificate 2 --output {out}",
    ),
    Call("pkcs11-tool --list-slots", f"{_PKCS11} --list-slots", "Digital Signature PIN"),
    Call("pkcs11-tool --list-objects", f"{_PKCS11} --list-objects", "Certificate Object"),
    Call("pkcs11-tool --list-mechanisms", f"{_PKCS11} --list-mechanisms", "SHA512-RSA-PKCS"),
    Call(
        "pkcs11-tool --login --list-objects (authentication PIN)",
        f"{_PKCS11} {_AUTH} --list-objects",
        "Private Key Object",
    ),
    Call(
        "pkcs11-tool --login --list-objects (signature PIN)",
        f"{_PKCS11} {_SIGN} --list-objects",
        "Private Key Object",
    ),
    *(_signing(one, "authentication", "01", _AUTH) for one in _MECHANISMS),
    *(_signing(one, "signature", "02", _SIGN) for one in _MECHANISMS),
    Call("ssh-keygen -D opensc-pkcs11.so", "ssh-keygen -D {module}", "User Authentication Public"),
)


def count_apdus(desk: Desk, call: Call, folder: Path) -> int | None:
    """Make the call on a freshly powered card; return its APDUs, None when it did not work."""
    desk.power_cycle()
    text, out = folder / "in", folder / "out"
    text.write_bytes(TEXT)
    out.unlink(missing_ok=True)
    places = {"{module}": str(find_pkcs11_module()), "{in}": str(text), "{out}": str(out)}
    said = desk.run(*(places.get(word, word) for word in shlex.split(call.command)))
    if "{out}" in call.command and not out.exists():
        return None
    # pcsc_scan ends itself when its time is over, and calls that no success.
    done = said.code == 0 or call.command.startswith("pcsc_scan")
    done = done and re.search(call.wanted, said.text, re.MULTILINE) is not None
    return len(desk.asked()) if done else None
