"""Variant kanji of names print as they are; what the font lacks blocks the issue."""

from dataclasses import replace

import pytest

from issuance.certificates.content import CertificateContent, HouseholdMember
from issuance.certificates.errors import UnprintableCharacterError
from issuance.certificates.render import PaperRenderer, render
from tests.issuance.certificates.paper import CONTENT, KATSURAGI, SIGNER, TSUJI

PRIVATE_USE = "\ue000"
UNKNOWN_SEQUENCE = "葛\U000e01ef"


@pytest.mark.parametrize("text", ["髙﨑", KATSURAGI, TSUJI, "𠮷", "邉\U000e0101", "A-1 １号室　①"])
def test_name_characters_are_covered(paper: PaperRenderer, text: str) -> None:
    assert paper.coverage.find_missing(text) == ()


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (PRIVATE_USE, (0xE000,)),
        (UNKNOWN_SEQUENCE, (0x845B, 0xE01EF)),
        ("\U000e0100", (0xE0100,)),
        ("\n", (0x0A,)),
        ("\u200b", (0x200B,)),
        ("\u202e", (0x202E,)),
        ("\ud800", (0xD800,)),
        ("\U0002ffff", (0x2FFFF,)),
    ],
)
def test_other_characters_are_missing(
    paper: PaperRenderer, text: str, points: tuple[int, ...]
) -> None:
    (missing,) = paper.coverage.find_missing(text)
    assert (missing.code_points, missing.position) == (points, 0)


def test_missing_sequence_is_one_missing_character(paper: PaperRenderer) -> None:
    (missing,) = paper.coverage.find_missing(f"髙{UNKNOWN_SEQUENCE}子")
    assert missing.character == UNKNOWN_SEQUENCE


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (replace(CONTENT, municipality_name=PRIVATE_USE), "municipality_name"),
        (replace(CONTENT, issuer_title=PRIVATE_USE), "issuer_title"),
        (replace(CONTENT, issuer_name=PRIVATE_USE), "issuer_name"),
        (replace(CONTENT, certificate_number=PRIVATE_USE), "certificate_number"),
        (replace(CONTENT, householder_address=PRIVATE_USE), "householder_address"),
        (replace(CONTENT, householder_name=PRIVATE_USE), "householder_name"),
        (replace(CONTENT, members=(HouseholdMember(PRIVATE_USE, "子"),)), "members[1].name"),
        (replace(CONTENT, members=(HouseholdMember("子", PRIVATE_USE),)), "members[1].relation"),
        (replace(CONTENT, disaster_name=PRIVATE_USE), "disaster_name"),
        (replace(CONTENT, house_location=PRIVATE_USE), "house_location"),
        (replace(CONTENT, extra_2=PRIVATE_USE), "extra_2"),
        (replace(CONTENT, extra_3=PRIVATE_USE), "extra_3"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_missing_glyph_in_any_field_blocks_and_names_the_field(
    paper: PaperRenderer, content: CertificateContent, field: str
) -> None:
    with pytest.raises(UnprintableCharacterError, match=r"U\+E000") as caught:
        render(content, paper=paper, code_signer=SIGNER, specimen=True)
    assert caught.value.field == field


def test_refusal_does_not_tell_the_name(paper: PaperRenderer) -> None:
    content = replace(CONTENT, householder_name="髙﨑" + PRIVATE_USE)
    with pytest.raises(UnprintableCharacterError) as caught:
        paper.check_printable(content)
    assert "髙" not in str(caught.value)
