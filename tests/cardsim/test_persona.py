"""Persona files: complete, invented, and refused with a useful sentence when they are wrong."""

import pytest

from cardsim.errors import PersonaFileError
from cardsim.persona import CertificateState, Persona, load_personas, parse_persona

SOUND = """
number = 1
title_ja = "a"
title_en = "a"
shows_ja = "a"
shows_en = "a"
name = "見本　花子"
kana = "みほん　はなこ"
birth_date = 1980-02-03
sex = "2"
address = "見本県見本市"
municipality_code = "990019"
resident_id = "0000000001"
"""


def test_a_file_with_the_required_keys_is_a_persona() -> None:
    persona = parse_persona("x", SOUND)
    assert (persona.id, persona.auth_pin, persona.linked) == ("x", "1234", True)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("= 1", "not TOML"),
        (SOUND.replace('name = "見本　花子"\n', ""), "name is missing"),
        (SOUND + "height = 3\n", "height is unknown"),
        (SOUND + 'linked = "yes"\n', "linked must be a bool"),
        (SOUND + 'certificate = "lost"\n', "certificate must be one of"),
    ],
)
def test_a_wrong_file_says_what_to_mend(text: str, word: str) -> None:
    with pytest.raises(PersonaFileError, match=word):
        parse_persona("x", text)


def test_all_personas_of_the_issue_are_there(personas: dict[str, Persona]) -> None:
    assert set(personas) >= {
        *("resident", "several-households", "expired", "revoked", "not-yet-valid"),
        *("pin-locked", "one-try-left", "under-15", "moved-out", "dv-protected"),
        *("unknown-serial", "variant-kanji", "renewed"),
    }


def test_numbers_and_resident_ids_are_their_own() -> None:
    found = load_personas()
    assert [persona.number for persona in found] == list(range(1, len(found) + 1))
    assert len({persona.resident_id for persona in found}) == len(found)


def test_variant_kanji_are_kept_code_point_by_code_point(personas: dict[str, Persona]) -> None:
    persona = personas["variant-kanji"]
    assert "髙﨑" in persona.name
    assert "𠮷" in persona.name
    assert "葛\U000e0100" in persona.address
    assert "辻\U000e0100" in persona.address


def test_only_the_child_has_no_certificate(personas: dict[str, Persona]) -> None:
    without = [p.id for p in personas.values() if p.certificate is CertificateState.NONE]
    assert without == ["under-15"]
