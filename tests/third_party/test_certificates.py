"""OpenSC's pkcs15-tool lists what is on the card and reads its certificates."""

import re
from pathlib import Path

import pytest

from tests.third_party.desk import AUTH_PIN, SIGN_PIN, Desk

pytestmark = pytest.mark.pcsc

OBJECTS = (
    "PIN [User Authentication PIN]",
    "PIN [Digital Signature PIN]",
    "Private RSA Key [User Authentication Key]",
    "Private RSA Key [Digital Signature Key]",
    "Public RSA Key [User Authentication Public Key]",
    "Public RSA Key [Digital Signature Public Key]",
    "X.509 Certificate [User Authentication Certificate]",
    "X.509 Certificate [Digital Signature Certificate]",
    "X.509 Certificate [User Authentication Certificate CA]",
    "X.509 Certificate [Digital Signature Certificate CA]",
)


def pkcs15(desk: Desk, *options: str) -> str:
    """Run pkcs15-tool to its good end and return what it said."""
    said = desk.run("pkcs15-tool", "--reader", "0", *options)
    assert said.code == 0, said.text
    return said.text


def read(desk: Desk, number: str, file: Path, *options: str) -> Path:
    """Have a certificate read into a file and return the file."""
    pkcs15(desk, *options, "--read-certificate", number, "--output", str(file))
    return file


def test_the_dump_shows_every_object(desk: Desk) -> None:
    shown = pkcs15(desk, "--dump")
    assert shown.startswith("PKCS#15 Card [JPKI]:")
    assert tuple(re.findall(r"^[A-Z].* \[.*\]$", shown, re.MULTILINE)) == OBJECTS


def test_four_certificates_are_listed(desk: Desk) -> None:
    shown = pkcs15(desk, "--list-certificates")
    assert [line for line in shown.splitlines() if line.startswith("X.509")] == list(OBJECTS[6:])
    assert re.findall(r"Path\s+: (\w+)", shown) == ["000a", "0001", "000b", "0002"]


def test_both_pins_are_listed_with_their_counters(desk: Desk) -> None:
    shown = pkcs15(desk, "--list-pins")
    assert re.findall(r"Tries left\s+: (\d+)", shown) == ["3", "5"]
    assert re.findall(r"min_len:(\d+), max_len:(\d+)", shown) == [("4", "4"), ("6", "16")]


@pytest.mark.parametrize(
    ("holder", "issuer", "options"),
    [
        pytest.param("1", "3", (), id="authentication"),
        pytest.param(
            "2", "4", ("--verify-pin", "--auth-id", "02", "--pin", SIGN_PIN), id="signature"
        ),
    ],
)
def test_the_certificate_was_issued_by_the_one_beside_it(
    desk: Desk, tmp_path: Path, holder: str, issuer: str, options: tuple[str, ...]
) -> None:
    certificate = read(desk, holder, tmp_path / "holder.pem", *options)
    authority = read(desk, issuer, tmp_path / "authority.pem")
    checked = desk.run("openssl", "verify", "-CAfile", str(authority), str(certificate))
    assert checked.code == 0, checked.text


def test_the_signature_certificate_stays_closed_without_its_pin(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "certificate.pem"
    said = desk.run(
        "pkcs15-tool", "--reader", "0", "--read-certificate", "2", "--output", str(file)
    )
    assert said.code != 0
    assert not file.exists()


def test_the_authentication_pin_does_not_open_it_either(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "certificate.pem"
    wrong = ("--verify-pin", "--auth-id", "01", "--pin", AUTH_PIN)
    said = desk.run(
        "pkcs15-tool", "--reader", "0", *wrong, "--read-certificate", "2", "--output", str(file)
    )
    assert said.code != 0
    assert not file.exists()
