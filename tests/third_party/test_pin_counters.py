"""Wrong PINs count down before the eyes of every program, and stay counted without power."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.third_party.desk import ATRS, AUTH_PIN, SIGN_PIN, Desk
from tests.third_party.served import ServedCard

pytestmark = pytest.mark.pcsc

WRONG_PIN, WRONG_SIGN_PIN = "0000", "WRONG1"
Reader = Desk | ServedCard
FLAGS = ("", "user PIN count low", "final user PIN try", "user PIN locked")
"""What PKCS#11 says of a token after so many wrong PINs of three."""


@pytest.fixture(params=sorted(ATRS))
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedCard]:
    card = ServedCard(tmp_path, str(request.param))
    card.start()
    yield card
    card.stop()


def tries_left(reader: Reader) -> list[str]:
    """Return the counters as pkcs15-tool lists them: authentication, signature."""
    shown = reader.run("pkcs15-tool", "--reader", "0", "--list-pins").text
    return re.findall(r"Tries left\s+: (\d+)", shown)


def flags(served: ServedCard, pkcs11: Path) -> list[str]:
    """Return what PKCS#11 says of the authentication token's PIN."""
    shown = served.run("pkcs11-tool", "--module", str(pkcs11), "--list-slots").text
    first = re.findall(r"token flags\s+: (.*)", shown)[0]
    return [flag for flag in first.split(", ") if flag in FLAGS]


def log_in(served: ServedCard, pkcs11: Path, pin: str) -> str:
    """Log in to the authentication token and return what pkcs11-tool said."""
    options = ("--token-label", "JPKI (User Authentication PIN)", "--login", "--pin", pin)
    return served.run("pkcs11-tool", "--module", str(pkcs11), *options, "--list-objects").text


def verify_sign_pin(reader: Reader, pin: str) -> str:
    """Present the signature PIN and return what pkcs15-tool said."""
    options = ("--verify-pin", "--auth-id", "02", "--pin", pin)
    return reader.run("pkcs15-tool", "--reader", "0", *options).text


def test_three_wrong_pins_block_the_card_until_it_is_unblocked(
    served: ServedCard, pkcs11: Path
) -> None:
    """One life of a PIN, because each step needs the one before."""
    for wrong in (1, 2, 3):
        assert "CKR_PIN_INCORRECT" in log_in(served, pkcs11, WRONG_PIN)
        assert tries_left(served) == [str(3 - wrong), "5"]
        assert flags(served, pkcs11) == [FLAGS[wrong]]

    # Blocked, the right PIN does not help. The card says 6984, and OpenSC has no name for it.
    assert "CKR_GENERAL_ERROR" in log_in(served, pkcs11, AUTH_PIN)
    pin = ("--verify-pin", "--auth-id", "01", "--pin", AUTH_PIN)
    refused = served.run("pkcs15-tool", "--reader", "0", *pin)
    assert (refused.code != 0, refused.text) == (
        True,
        "Operation failed: Reference data not usable\n",
    )

    served.power_cycle()
    assert tries_left(served) == ["0", "5"]
    served.stop()
    served.start()
    assert tries_left(served) == ["0", "5"]
    assert flags(served, pkcs11) == ["user PIN locked"]

    unblocked = served.control("unblock", "auth")
    assert unblocked.code == 0, unblocked.text
    assert tries_left(served) == ["3", "5"]
    assert "Private Key Object" in log_in(served, pkcs11, AUTH_PIN)


def test_the_right_pin_restores_the_counter_and_lower_case_is_wrong(desk: Desk) -> None:
    """Programs fold a signature PIN to upper case; a card compares bytes."""
    assert "PIN code or key incorrect" in verify_sign_pin(desk, WRONG_SIGN_PIN)
    assert tries_left(desk) == ["3", "4"]
    assert "PIN code or key incorrect" in verify_sign_pin(desk, SIGN_PIN.lower())
    assert tries_left(desk) == ["3", "3"]
    assert "incorrect" not in verify_sign_pin(desk, SIGN_PIN)
    assert tries_left(desk) == ["3", "5"]
