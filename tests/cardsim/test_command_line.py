"""The command line shows personas and exchanges, and refuses what it does not know."""

import pytest
from typer.testing import CliRunner, Result

from cardsim.__main__ import app
from cardsim.persona import Persona, load_personas


def run(*arguments: str) -> Result:
    """Run ``cardsim`` with these arguments."""
    return CliRunner().invoke(app, list(arguments))


def test_the_list_names_every_persona_in_both_languages() -> None:
    result = run("personas")
    assert result.exit_code == 0
    for persona in load_personas():
        for words in (persona.id, persona.title_ja, persona.title_en, persona.shows_en):
            assert words in result.output


@pytest.mark.parametrize("persona", load_personas(), ids=lambda persona: persona.id)
def test_a_persona_is_shown_whole(persona: Persona) -> None:
    result = run("show", persona.id)
    assert result.exit_code == 0
    for words in (persona.name, persona.address, persona.resident_id, persona.auth_pin):
        assert words in result.output
    assert f"{persona.auth_tries_left} tries left" in result.output
    assert persona.certificate.value in result.output


def test_an_exchange_is_printed_without_the_pin() -> None:
    result = run(
        "apdu", "resident", "00A4040C0AD392F000260100000001", "00A4020C020018", "002000800431323335"
    )
    assert result.exit_code == 0
    assert "ATR 3BE000FF8131FE4514" in result.output
    assert "SELECT application JPKI → 9000 done" in result.output
    assert "VERIFY → 63C2 2 tries left" in result.output
    assert "0020008004••••••••" in result.output
    assert "31323335" not in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "nobody"), "no persona nobody"),
        (("apdu", "nobody", "00"), "no persona nobody"),
        (("apdu", "resident", "0G"), "hexadecimal"),
    ],
)
def test_what_is_not_known_is_refused(arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.output
