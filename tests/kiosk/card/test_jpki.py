"""The kiosk's commands stand in the recorded exchanges that the simulator is held to as well."""

from pathlib import Path

import pytest

from kiosk.card import jpki

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def recorded() -> set[str]:
    lines = [line for path in VECTORS.glob("*.txt") for line in path.read_text().splitlines()]
    return {line.split(" ", 1)[0] for line in lines if not line.startswith("#")}


@pytest.mark.parametrize(
    "command",
    [
        jpki.select_application(),
        jpki.select_file(jpki.FILE_AUTHENTICATION_CERTIFICATE),
        jpki.select_file(jpki.FILE_AUTHENTICATION_KEY),
        jpki.select_file(jpki.FILE_AUTHENTICATION_PIN),
        jpki.ask_tries(),
        jpki.present_pin(b"1234"),
        jpki.read_at(0, 4),
        jpki.read_at(0, 256),
        jpki.read_at(256, 256),
        jpki.sign_digest_info(bytes(range(32))),
    ],
    ids=lambda command: command.hex().upper()[:20],
)
def test_command_is_one_that_published_clients_send(command: bytes) -> None:
    assert command.hex().upper() in recorded()


def test_token_file_is_read_as_published_clients_read_it() -> None:
    select, read = jpki.select_file(jpki.FILE_TOKEN), jpki.read_at(0, jpki.TOKEN_LABEL_BYTES)
    assert (select.hex().upper(), read.hex().upper()) == ("00A4020C020006", "00B0000020")
