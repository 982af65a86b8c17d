"""Signatures made through PKCS#11 hold, says openssl, for the certificate the same client read."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.third_party.desk import AUTH_PIN, SIGN_PIN, Desk

pytestmark = pytest.mark.pcsc


@dataclass(frozen=True, slots=True)
class Key:
    """A key as PKCS#11 calls it."""

    token: str
    number: str
    pin: str

    @property
    def login(self) -> tuple[str, ...]:
        """Options that choose its token and log in."""
        return ("--token-label", f"JPKI ({self.token})", "--login", "--pin", self.pin)


AUTHENTICATION = Key("User Authentication PIN", "01", AUTH_PIN)
SIGNATURE = Key("Digital Signature PIN", "02", SIGN_PIN)
KEYS = [
    pytest.param(AUTHENTICATION, id="authentication"),
    pytest.param(SIGNATURE, id="signature"),
]
HASHES = ("SHA1", "SHA256", "SHA384", "SHA512")
TEXT = "届出の内容に相違ありません。\n".encode()


def pkcs11_tool(desk: Desk, module: Path, *options: str) -> str:
    """Run pkcs11-tool to its good end and return what it said."""
    said = desk.run("pkcs11-tool", "--module", str(module), *options)
    assert said.code == 0, said.text
    return said.text


def public_key_of(desk: Desk, module: Path, key: Key, folder: Path) -> Path:
    """Have the key's certificate read over PKCS#11 and return its public key as openssl says."""
    certificate, public = folder / "certificate.der", folder / "public.pem"
    options = ("--read-object", "--type", "cert", "--id", key.number)
    pkcs11_tool(desk, module, *key.login, *options, "--output-file", str(certificate))
    said = desk.run(
        "openssl", "x509", "-inform", "DER", "-in", str(certificate), "-noout", "-pubkey"
    )
    assert said.code == 0, said.text
    public.write_text(said.text, encoding="ascii")
    return public


def sign(desk: Desk, module: Path, key: Key, mechanism: str, folder: Path) -> tuple[Path, Path]:
    """Have a text signed; return the text and its signature."""
    text, signature = folder / "text", folder / "signature"
    text.write_bytes(TEXT)
    pkcs11_tool(
        desk,
        module,
        *key.login,
        *("--sign", "--id", key.number, "--mechanism", mechanism),
        *("--input-file", str(text), "--output-file", str(signature)),
    )
    return text, signature


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", HASHES)
def test_a_signature_over_a_hash_holds(
    desk: Desk, pkcs11: Path, tmp_path: Path, key: Key, name: str
) -> None:
    public = public_key_of(desk, pkcs11, key, tmp_path)
    desk.power_cycle()
    text, signature = sign(desk, pkcs11, key, f"{name}-RSA-PKCS", tmp_path)
    checked = desk.run(
        *("openssl", "dgst", f"-{name.lower()}", "-verify", str(public)),
        *("-signature", str(signature), str(text)),
    )
    assert checked.text.strip() == "Verified OK"


@pytest.mark.parametrize("key", KEYS)
def test_plain_rsa_signs_the_very_bytes(desk: Desk, pkcs11: Path, tmp_path: Path, key: Key) -> None:
    public = public_key_of(desk, pkcs11, key, tmp_path)
    desk.power_cycle()
    text, signature = sign(desk, pkcs11, key, "RSA-PKCS", tmp_path)
    checked = desk.run(
        *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(public)),
        *("-in", str(text), "-sigfile", str(signature)),
    )
    assert checked.text.strip() == "Signature Verified Successfully"


def test_another_text_does_not_fit_the_signature(desk: Desk, pkcs11: Path, tmp_path: Path) -> None:
    """So that the check above is one."""
    public = public_key_of(desk, pkcs11, AUTHENTICATION, tmp_path)
    text, signature = sign(desk, pkcs11, AUTHENTICATION, "SHA256-RSA-PKCS", tmp_path)
    text.write_bytes(TEXT + b".")
    checked = desk.run(
        *("openssl", "dgst", "-sha256", "-verify", str(public)),
        *("-signature", str(signature), str(text)),
    )
    assert checked.code != 0


def test_each_pin_is_a_token_of_its_own(desk: Desk, pkcs11: Path) -> None:
    shown = pkcs11_tool(desk, pkcs11, "--list-slots")
    assert re.findall(r"token label\s+: (.*)", shown) == [
        "JPKI (User Authentication PIN)",
        "JPKI (Digital Signature PIN)",
    ]
    assert "locked" not in shown


def test_without_a_login_no_private_key_is_listed(desk: Desk, pkcs11: Path) -> None:
    shown = pkcs11_tool(desk, pkcs11, "--list-objects")
    assert "Private Key Object" not in shown
    assert shown.count("Certificate Object") == 3


@pytest.mark.parametrize("key", KEYS)
def test_a_login_shows_the_key_that_the_pin_opens(desk: Desk, pkcs11: Path, key: Key) -> None:
    shown = pkcs11_tool(desk, pkcs11, *key.login, "--list-objects")
    private = shown.partition("Private Key Object")[2]
    assert re.search(r"ID:\s+(\w+)", private)[1] == key.number  # type: ignore[index]


def test_every_mechanism_used_here_is_offered(desk: Desk, pkcs11: Path) -> None:
    shown = pkcs11_tool(desk, pkcs11, "--list-mechanisms")
    offered = {line.split(",")[0].strip() for line in shown.splitlines() if "sign" in line}
    assert {"RSA-PKCS", *(f"{name}-RSA-PKCS" for name in HASHES)} <= offered
