"""OpenSSH takes the card for a key: it lists it, and its agent signs with it."""

from pathlib import Path

import pytest

from tests.third_party.desk import AUTH_PIN, Desk

pytestmark = pytest.mark.pcsc

SIGN_WITH_THE_AGENT = """
set -e
export SSH_ASKPASS="$PWD/askpass" SSH_ASKPASS_REQUIRE=force
ssh-add -s "$1"
ssh-add -L | head -n 1 >key.pub
ssh-keygen -Y sign -f key.pub -n file text
echo "resident $(cut -d ' ' -f 1,2 key.pub)" >allowed
ssh-keygen -Y verify -f allowed -I resident -n file -s text.sig <text
"""
"""Nothing here knows the private key but the card: ssh-keygen signs with what the agent has."""


def test_the_listed_key_is_that_of_the_authentication_certificate(
    desk: Desk, pkcs11: Path, tmp_path: Path
) -> None:
    offered = desk.run("ssh-keygen", "-D", str(pkcs11))
    assert offered.code == 0, offered.text
    certificate = tmp_path / "certificate.pem"
    public = tmp_path / "public.pem"
    desk.run("pkcs15-tool", "--reader", "0", "--read-certificate", "1", "-o", str(certificate))
    shown = desk.run("openssl", "x509", "-in", str(certificate), "-noout", "-pubkey")
    public.write_text(shown.text, encoding="ascii")
    wanted = desk.run("ssh-keygen", "-i", "-m", "PKCS8", "-f", str(public)).text.split()[:2]
    lines = [line.split(maxsplit=2) for line in offered.text.splitlines()]
    assert [*wanted, "User Authentication Public Key"] in lines


def test_the_agent_signs_with_the_card(desk: Desk, pkcs11: Path, tmp_path: Path) -> None:
    askpass = tmp_path / "askpass"
    askpass.write_text(f"#!/bin/sh\necho {AUTH_PIN}\n", encoding="ascii")
    askpass.chmod(0o700)
    (tmp_path / "text").write_text("届出\n", encoding="utf-8")
    script = f'cd "{tmp_path}"\n{SIGN_WITH_THE_AGENT}'
    said = desk.run("ssh-agent", "sh", "-c", script, "sign", str(pkcs11))
    assert said.code == 0, said.text
    assert 'Good "file" signature for resident' in said.text
    commands = [exchange.words for exchange in desk.asked()]
    assert sum(words.startswith("SIGN → 256 bytes") for words in commands) == 1
