"""The program ``kiosk`` from the command line: the machine is what opens without a command."""

import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from kiosk import bare_machine
from kiosk.__main__ import app

RUNNER = CliRunner()


def run(*words: str) -> tuple[int, str]:
    """Return exit status and everything that was written, on one line."""
    result = RUNNER.invoke(app, list(words), env={"COLUMNS": "200", "NO_COLOR": "1"})
    return result.exit_code, " ".join(result.output.replace("│", " ").split())


def write_key(folder: Path) -> Path:
    """Write a kiosk's key as the machine reads it."""
    path = folder / "kiosk.pem"
    path.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def test_a_machine_alone_says_what_it_needs() -> None:
    status, words = run()
    assert status == 2
    assert "--gateway: missing" in words
    assert "risai demo" in words


def test_a_reader_that_is_not_here_is_refused_with_its_remedy() -> None:
    status, words = run("--reader", "sim")
    assert status == 2
    assert "risai demo" in words


def test_reader_over_pcsc_says_how_to_get_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    names = ("--gateway", "http://127.0.0.1:9", "--gateway-key", "g=" + "00" * 32)
    key = str(write_key(tmp_path))
    status, words = run(*names, "--kiosk-id", "k-1", "--key", key, "--reader", "pcsc")
    assert status == 2
    assert "make pcsc" in words


def test_options_without_a_command_open_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[dict[str, object]] = []
    monkeypatch.setattr(bare_machine, "open_machine", lambda _parts, **look: opened.append(look))
    key = write_key(tmp_path)
    names = ("--gateway", "http://127.0.0.1:9", "--gateway-key", "g=" + "00" * 32)
    status, words = run(
        *names, "--kiosk-id", "k-1", "--key", str(key), "--output", str(tmp_path), "--english"
    )
    assert status == 0, words
    assert opened == [{"english": True, "large": False, "contrast": False}]
