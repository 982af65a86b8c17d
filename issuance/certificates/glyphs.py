"""Whether the font can print a text: a character without a glyph blocks, it never prints a box.

A Japanese name may hold ideographic variation sequences: a base character and an invisible selector
that together choose one shape. The font must know the sequence itself, or another shape than the
register's would be printed. Source: [DOMAIN 6.7].
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from issuance.certificates.content import CertificateContent
from issuance.certificates.errors import UnprintableCharacterError

_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_VARIATION_FORMAT = 14


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """One character, or one variation sequence, that the font does not have."""

    character: str
    code_points: tuple[int, ...]
    position: int
    """Index in the text, in code points, from 0."""


@dataclass(frozen=True, slots=True)
class FontCoverage:
    """Every character and every variation sequence that one font can print."""

    characters: frozenset[int]
    sequences: frozenset[tuple[int, int]]
    """Pairs of base character and selector."""

    def find_missing(self, text: str) -> tuple[MissingGlyph, ...]:
        """Return what of the text cannot be printed, in order."""
        return tuple(
            MissingGlyph("".join(map(chr, points)), points, position)
            for position, points in _clusters(text)
            if not self._has(points)
        )

    def _has(self, points: tuple[int, ...]) -> bool:
        base = points[0]
        if len(points) > 1:
            return (base, points[1]) in self.sequences
        return base in self.characters and not _is_invisible(base)


@cache
def load_coverage(font_file: Path) -> FontCoverage:
    """Read what a font can print; takes some tenths of a second, so once per process."""
    with TTFont(font_file, lazy=True) as font:
        characters = frozenset(font.getBestCmap())
        sequences = frozenset(
            (base, selector)
            for table in font["cmap"].tables
            if table.format == _VARIATION_FORMAT
            for selector, pairs in table.uvsDict.items()
            for base, _glyph in pairs
        )
    return FontCoverage(characters, sequences)


def check_printable(content: CertificateContent, coverage: FontCoverage) -> None:
    """Check every printed word of a certificate.

    Raises: UnprintableCharacterError with the field and the code point, never the name.
    """
    for field, text in _printed_texts(content):
        for missing in coverage.find_missing(text):
            raise UnprintableCharacterError(field, missing.code_points, missing.position)


def _printed_texts(content: CertificateContent) -> Iterator[tuple[str, str]]:
    yield "municipality_name", content.municipality_name
    yield "issuer_title", content.issuer_title
    yield "issuer_name", content.issuer_name
    yield "certificate_number", content.certificate_number
    yield "householder_address", content.householder_address
    yield "householder_name", content.householder_name
    for index, member in enumerate(content.members, start=1):
        yield f"members[{index}].name", member.name
        yield f"members[{index}].relation", member.relation
    yield "disaster_name", content.disaster_name
    yield "house_location", content.house_location
    yield "extra_2", content.extra_2 or ""
    yield "extra_3", content.extra_3 or ""


def _clusters(text: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield each character with its selector, if one follows, and where it stands."""
    position = 0
    while position < len(text):
        points: tuple[int, ...] = (ord(text[position]),)
        following = text[position + 1 : position + 2]
        if following and _is_selector(ord(following)) and not _is_selector(points[0]):
            points = (points[0], ord(following))
        yield position, points
        position += len(points)


def _is_selector(point: int) -> bool:
    return any(point in block for block in _SELECTORS)


def _is_invisible(point: int) -> bool:
    """Tell whether a character is for machines only: control, format, private, surrogate."""
    return unicodedata.category(chr(point)).startswith("C") or _is_selector(point)
