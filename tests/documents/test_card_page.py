"""docs/CARD.md names the files and commands that the card has, and no others."""

import re
from pathlib import Path

from cardsim import jpki, profile
from cardsim.files import Application
from cardsim.pki.authority import make_rsa_key

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "CARD.md").read_text(encoding="utf-8")


def documented_files(application: Application) -> set[int]:
    """Return the file ids of the table behind the application's name."""
    behind = PAGE.partition(f"`{application.aid.hex().upper()}`")[2]
    table = behind.partition("\n\n")[2].partition("\n\n")[0]
    return {int(number, 16) for number in re.findall(r"^\| ([0-9A-F]{4}) \|", table, re.MULTILINE)}


def test_the_files_of_the_personal_authentication_application() -> None:
    key = make_rsa_key()
    application = jpki.application(
        auth_key=key,
        auth_certificate=b"1",
        auth_ca_certificate=b"2",
        sign_key=key,
        sign_certificate=b"3",
        sign_ca_certificate=b"4",
    )
    assert documented_files(application) == set(application.files)


def test_the_files_of_the_input_assistance_application() -> None:
    application = profile.application(b"1")
    assert documented_files(application) == set(application.files)
