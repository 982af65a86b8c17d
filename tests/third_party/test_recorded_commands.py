"""OpenSC sends our card what it was recorded to send, and takes no more of it than that.

The recordings were made with OpenSC 0.23 and another card. Only commands are compared; how many
blocks a certificate takes depends on its length, so the blocks after the first are one step.
"""

import re
from pathlib import Path

import pytest

from tests.third_party.calls import CALLS, count_apdus
from tests.third_party.desk import AUTH_PIN, SIGN_PIN, Desk

pytestmark = pytest.mark.pcsc

ROOT = Path(__file__).resolve().parents[2]
RECORDED_WITH = "0.23.0"

SELECT_JPKI = "00A4040C0AD392F000260100000001"
QUERY = "00200080"
HEADER, BLOCKS = "00B0000004", "00B0…"
SIGN_COMMAND = "802A0080…"
AUTH_PIN_FILE, SIGN_PIN_FILE = "0018", "001B"
AUTH_CERTIFICATE, SIGN_CERTIFICATE, AUTH_AUTHORITY, SIGN_AUTHORITY = "000A", "0001", "000B", "0002"


def select(file: str) -> str:
    return f"00A4020C02{file}"


def ask(file: str) -> tuple[str, str]:
    """How many tries are left?"""
    return select(file), QUERY


def read(file: str) -> tuple[str, str, str]:
    """Read a certificate to its end."""
    return select(file), HEADER, BLOCKS


def refused(file: str) -> tuple[str, str]:
    """Try to read a certificate whose PIN is not there."""
    return select(file), HEADER


def verify(file: str, name: str) -> tuple[str, str]:
    """Present a PIN; the recorder keeps only its name."""
    length = {"auth": len(AUTH_PIN), "sign": len(SIGN_PIN)}[name]
    return select(file), f"{QUERY}{length:02X}{{{name}}}"


BIND = (SELECT_JPKI, *ask(AUTH_PIN_FILE), *ask(SIGN_PIN_FILE))
TOKEN = (
    *BIND,
    *read(AUTH_CERTIFICATE),
    *refused(SIGN_CERTIFICATE),
    *read(AUTH_CERTIFICATE),
    *read(AUTH_AUTHORITY),
    *read(SIGN_AUTHORITY),
)
LOGIN_TWICE = (
    *verify(SIGN_PIN_FILE, "sign"),
    *ask(SIGN_PIN_FILE),
    *verify(SIGN_PIN_FILE, "sign"),
)
RECORDED = {
    "opensc-tool --name": (),
    "pkcs15-tool --dump": (
        *BIND,
        *read(AUTH_CERTIFICATE),
        *refused(SIGN_CERTIFICATE),
        *read(AUTH_AUTHORITY),
        *read(SIGN_AUTHORITY),
    ),
    "pkcs15-tool --read-certificate 1": (*BIND, *read(AUTH_CERTIFICATE)),
    "pkcs15-tool --verify-pin --auth-id 02 --read-certificate 2": (
        *BIND,
        *verify(SIGN_PIN_FILE, "sign"),
        *read(SIGN_CERTIFICATE),
    ),
    "pkcs11-tool --list-slots": (*TOKEN, *ask(AUTH_PIN_FILE), *ask(SIGN_PIN_FILE)),
    "pkcs11-tool --login --sign --mechanism SHA256-RSA-PKCS (signature key)": (
        *TOKEN,
        *ask(AUTH_PIN_FILE),
        *(*ask(SIGN_PIN_FILE), *ask(SIGN_PIN_FILE), *ask(SIGN_PIN_FILE)),
        *LOGIN_TWICE,
        select("001A"),
        SIGN_COMMAND,
    ),
}
"""After the probes; the sign certificate is refused because the card was powered off before."""


def probes() -> tuple[str, ...]:
    """Return what OpenSC asks every card before it knows which it is."""
    lines = (ROOT / "tests" / "vectors" / "probes.txt").read_text(encoding="ascii").splitlines()
    commands = tuple(line.split()[0] for line in lines if not line.startswith("#"))
    return commands[: commands.index(SELECT_JPKI)]


def steps(desk: Desk) -> tuple[str, ...]:
    """Return what reached the card, blocks of a file as one step."""
    found: list[str] = []
    for exchange in desk.asked():
        step = re.sub(r"^802A0080.*", SIGN_COMMAND, exchange.command)
        if step.startswith("00B0") and step != HEADER:
            step = BLOCKS
        if step != BLOCKS or found[-1] != BLOCKS:
            found.append(step)
    return tuple(found)


@pytest.mark.parametrize("words", RECORDED)
def test_the_recorded_commands_are_sent(
    desk: Desk, interface: str, tmp_path: Path, words: str
) -> None:
    version = desk.run("opensc-tool", "--info").text.splitlines()[0]
    if RECORDED_WITH not in version:
        pytest.skip(f"recorded with OpenSC {RECORDED_WITH}, this is {version}")
    call = next(one for one in CALLS if one.words == words)
    assert count_apdus(desk, call, tmp_path) is not None
    # The contactless ATR is not in OpenSC's table; so the driver selects the application to see.
    found_by = (SELECT_JPKI,) if interface == "contactless" else ()
    assert steps(desk) == (*probes(), *found_by, *RECORDED[words])
