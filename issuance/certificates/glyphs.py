"""Which characters the paper's font can print, variation sequences included.

A missing glyph blocks the issue; a box is never printed.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pylopdf_fonts_jp
from fontTools.ttLib import TTFont

from issuance.certificates.content import CertificateContent
from issuance.errors import ContentTooLongError, UnprintableCharacterError

FONT_FAMILY = "Noto Serif JP"
_LAYOUT_CHARACTERS = "\u3000 "
NAME_LIMIT = 60
TEXT_LIMIT = 120
MEMBER_LIMIT = 40


def font_folder() -> Path:
    """Return the folder that holds the paper's font."""
    return pylopdf_fonts_jp.serif_path().parent


@cache
def _coverage() -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Return the covered code points and the covered (base, selector) pairs."""
    font = TTFont(pylopdf_fonts_jp.serif_path(), lazy=True)
    single: set[int] = set()
    sequences: set[tuple[int, int]] = set()
    for table in font["cmap"].tables:
        if table.format == 14:
            for selector, pairs in table.uvsDict.items():
                sequences |= {(base, selector) for base, _glyph in pairs}
        elif table.isUnicode():
            single |= set(table.cmap)
    font.close()
    return frozenset(single), frozenset(sequences)


def _is_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def missing_glyphs(text: str) -> Iterator[str]:
    """Yield the code points, as ``U+845B U+E0100``, of everything the font cannot print."""
    single, sequences = _coverage()
    codes = [ord(character) for character in text]
    for index, code in enumerate(codes):
        if _is_selector(code):
            base = codes[index - 1] if index else 0
            if (base, code) not in sequences:
                yield f"U+{base:04X} U+{code:04X}"
        elif chr(code) not in _LAYOUT_CHARACTERS and code not in single:
            yield f"U+{code:04X}"


def check_printable(content: CertificateContent) -> None:
    """Refuse content that cannot be printed as it stands.

    Raises: UnprintableCharacterError, ContentTooLongError; both name the field only.
    """
    if len(content.members) > MEMBER_LIMIT:
        raise ContentTooLongError("members", MEMBER_LIMIT)
    for field, text, limit in _printed_fields(content):
        if len(text) > limit:
            raise ContentTooLongError(field, limit)
        for code_points in missing_glyphs(text):
            raise UnprintableCharacterError(field, code_points)


def _printed_fields(content: CertificateContent) -> Iterator[tuple[str, str, int]]:
    yield "householder_address", content.householder_address, TEXT_LIMIT
    yield "householder_name", content.householder_name, NAME_LIMIT
    for member in content.members:
        yield "member_name", member.name, NAME_LIMIT
        yield "member_relation", member.relation, NAME_LIMIT
    yield "disaster_name", content.disaster_name, TEXT_LIMIT
    yield "house_location", content.house_location, TEXT_LIMIT
    yield "extra_2", content.extra_2, TEXT_LIMIT
    yield "extra_3", content.extra_3, TEXT_LIMIT
    yield "issuer_title", content.issuer.title, NAME_LIMIT
    yield "issuer_name", content.issuer.name, NAME_LIMIT
