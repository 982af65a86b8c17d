"""Persona files: complete, invented, and refused with a useful sentence when they are wrong."""

from pathlib import Path

import pytest

from cardsim.card import Card
from cardsim.errors import PersonaFileError
from cardsim.persona import CertificateState, Persona, load_personas, parse_persona
from cardsim.pins import MemoryStore
from cardsim.pki.authority import DemoAuthority
from tests.cardsim.conftest import NOW

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
        (SOUND + 'linked = "yes"\n', "linked must be true or false"),
        (SOUND + 'certificate = "lost"\n', "certificate must be one of"),
        (SOUND + "certificate = 1\n", "certificate must be one of"),
        (SOUND + 'auth_pin = "12345"\n', "auth_pin must be 4 digits"),
        (SOUND + 'auth_pin = "１２３４"\n', "auth_pin must be 4 digits"),
        (SOUND + "profile_pin = 1234\n", "profile_pin must be 4 digits"),
        (SOUND + 'sign_pin = "abc123"\n', "sign_pin must be 6 to 16"),
        (SOUND + 'sign_pin = "ABCDEF"\n', "sign_pin must be 6 to 16"),
        (SOUND + 'sign_pin = "AB-123"\n', "sign_pin must be 6 to 16"),
        (SOUND + "sign_pin = 123456\n", "sign_pin must be 6 to 16"),
        (SOUND + "auth_tries_left = 4\n", "auth_tries_left must be a number from 0 to 3"),
        (SOUND + "auth_tries_left = true\n", "auth_tries_left must be a number"),
        (SOUND + "sign_tries_left = -1\n", "sign_tries_left must be a number from 0 to 5"),
        (SOUND + "profile_tries_left = 9\n", "profile_tries_left must be a number"),
        (SOUND + "contactless = 1\n", "contactless must be true or false"),
        (SOUND.replace("number = 1", "number = 0"), "number must be a number from 1"),
        (SOUND.replace('kana = "みほん　はなこ"', 'kana = " "'), "kana must be a text"),
        (SOUND.replace("1980-02-03", '"1980-02-03"'), "birth_date must be a day"),
        (SOUND.replace("1980-02-03", "1980-02-03T00:00:00"), "birth_date must be a day"),
        (SOUND.replace('sex = "2"', 'sex = "f"'), "sex must be"),
        (SOUND.replace('"990019"', '"990018"'), "municipality_code must be 6 digits"),
        (SOUND.replace('"990019"', '"99001"'), "municipality_code must be 6 digits"),
        (SOUND.replace('"990019"', "990019"), "municipality_code must be 6 digits"),
        (SOUND.replace('"0000000001"', '"1"'), "resident_id must be 10 digits"),
    ],
)
def test_a_wrong_file_says_what_to_mend(text: str, word: str) -> None:
    with pytest.raises(PersonaFileError, match=word):
        parse_persona("x", text)


def test_two_personas_with_one_number_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(SOUND, encoding="utf-8")
    with pytest.raises(PersonaFileError, match=r"b\.toml: number 1 is that of a\.toml"):
        load_personas(tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(SOUND.encode("shift_jis"))
    with pytest.raises(PersonaFileError, match="save it as UTF-8"):
        load_personas(tmp_path)


def test_a_folder_is_read_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND.replace("number = 1", "number = 2"), encoding="utf-8")
    (tmp_path / "b.toml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a persona", encoding="utf-8")
    assert [persona.id for persona in load_personas(tmp_path)] == ["b", "a"]


@pytest.mark.parametrize(
    ("persona_id", "pin", "tries"),
    [("resident", "auth", 3), ("pin-locked", "auth", 0), ("one-try-left", "auth", 1)],
)
def test_counters_begin_as_the_file_says(
    authority: DemoAuthority,
    personas: dict[str, Persona],
    persona_id: str,
    pin: str,
    tries: int,
) -> None:
    card = Card(authority.issue_card(personas[persona_id], NOW), MemoryStore())
    assert (card.tries_left(pin), card.tries_left("sign")) == (tries, 5)


def test_resident_ids_follow_the_order_of_the_personas() -> None:
    assert [int(persona.resident_id) for persona in load_personas()] == list(range(1, 14))


def test_the_child_is_under_fifteen_and_the_others_are_not(personas: dict[str, Persona]) -> None:
    children = [p.id for p in personas.values() if p.birth_date.year > NOW.year - 15]
    assert children == ["under-15"]


def test_only_the_unknown_serial_is_not_linked(personas: dict[str, Persona]) -> None:
    assert [p.id for p in personas.values() if not p.linked] == ["unknown-serial"]


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
