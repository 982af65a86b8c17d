"""Makes the sheet: the same content always gives the same bytes, and says whom it is about.

One compiler is kept per process, because making one costs several sheets' time.
Nothing is read but the template and the font beside the program; no clock, no chance, no network.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from hashlib import sha256
from math import ceil, isqrt
from pathlib import Path
from queue import LifoQueue

import typst

from issuance.certificates import paper_code
from issuance.certificates.code_square import CodeSquare, code_edge_mm, draw_code
from issuance.certificates.content import (
    CERTIFICATE_ID_BYTES,
    CertificateContent,
    DamageClass,
    Subject,
)
from issuance.certificates.eras import format_date
from issuance.certificates.errors import LayoutError
from issuance.certificates.glyphs import FontCoverage, check_printable, load_coverage
from issuance.certificates.paper_code import CodeSigner
from issuance.fonts import serif_font_file

MEMBERS_ON_FIRST_SHEET = 6
"""More members than these continue on a sheet of their own (別紙)."""

COMPILERS = 2
"""How many sheets are set at once at most. Assumption: as many as a small server has processors."""

_LAYOUT = Path(__file__).parent / "layout"
_TEMPLATE = _LAYOUT / "certificate.typ"
_PAGE = re.compile(rb"/Type\s*/Page\b")
_SHORT_ID_BYTES = 8
_TYPICAL_NUMBER = "739184-2058-6420917-35"
_TYPICAL_ID = sha256(b"").digest()[:CERTIFICATE_ID_BYTES]
_LENGTH_SLACK = 16
"""Characters by which two numbers' codes may differ; measured: at most 8."""
_SEAL_ENDINGS = ("之印", "印")


@dataclass(frozen=True, slots=True)
class RenderedCertificate:
    """One unsigned document and what it is about.

    ``subject`` and ``record_version`` are copied from the content that was drawn: whoever binds the
    document to a session takes them from here.
    """

    pdf: bytes
    pages: int
    sha256: bytes
    subject: Subject
    record_version: int
    certificate_number: str
    code_texts: tuple[str, ...]
    """The text of the signed code of every sheet."""

    @property
    def code_text(self) -> str:
        """The text of the first sheet's code."""
        return self.code_texts[0]


@dataclass(frozen=True, slots=True)
class Foot:
    """The codes at the foot of the sheets, and the room kept for them."""

    squares: tuple[CodeSquare, ...]
    edge_mm: float


class PaperRenderer:
    """The kept compilers with their font; safe to use from several threads.

    A compiler sets one sheet at a time and leaves the interpreter free meanwhile, so a second one
    lets a second processor work.
    """

    def __init__(self) -> None:
        """Load font and template; some tenths of a second."""
        font_file = serif_font_file()
        self.coverage: FontCoverage = load_coverage(font_file)
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(font_file.parent)],
        )
        self._idle: LifoQueue[typst.Compiler] = LifoQueue()
        for _ in range(COMPILERS):
            self._idle.put(typst.Compiler(str(_TEMPLATE), root=str(_LAYOUT), font_paths=fonts))

    def warm(self) -> None:
        """Set one empty sheet, so that the first resident does not wait for the font."""
        square = draw_code(paper_code.PREFIX)
        self._compile(json.dumps(_blank(square)), datetime(1970, 1, 1, tzinfo=UTC))

    def _compile(self, words: str, moment: datetime) -> object:
        compiler = self._idle.get()
        try:
            return compiler.compile(
                format="pdf", sys_inputs={"certificate": words}, timestamp=moment
            )
        finally:
            self._idle.put(compiler)

    def check_printable(self, content: CertificateContent) -> None:
        """Refuse what the font cannot show. Raises: UnprintableCharacterError."""
        check_printable(content, self.coverage)

    def set_pages(
        self, content: CertificateContent, foot: "Foot", *, specimen: bool, is_test: bool = False
    ) -> bytes:
        """Return the PDF with one square a sheet. Raises: LayoutError."""
        marks = {"specimen": specimen, "test": is_test}
        words = json.dumps(_words(content, foot) | marks, ensure_ascii=False)
        moment = datetime.combine(content.issued_on, time(), UTC)
        try:
            pdf = self._compile(words, moment)
        except typst.TypstError as error:
            raise LayoutError("the sheet could not be set") from error
        if not isinstance(pdf, bytes):
            raise LayoutError("the sheet could not be set as one file")
        return pdf


def render(
    content: CertificateContent,
    *,
    paper: PaperRenderer,
    code_signer: CodeSigner,
    specimen: bool,
    is_test: bool = False,
) -> RenderedCertificate:
    """Return the document of one copy; pure: the same input gives the same bytes.

    Raises: UnprintableCharacterError, CodeTooLongError, CodeTooLargeError, KeyNotUsableError,
    LayoutError.
    """
    paper.check_printable(content)
    room_mm = _room_for_code_mm(content, code_signer)
    for sheets in _likely_sheets(content):
        texts = _code_texts(content, code_signer, sheets)
        squares = tuple(draw_code(text) for text in texts)
        edge_mm = max(room_mm, *(square.edge_mm for square in squares))
        foot = Foot(squares, edge_mm)
        pdf = paper.set_pages(content, foot, specimen=specimen, is_test=is_test)
        if count_pages(pdf) == sheets:
            return RenderedCertificate(
                pdf=pdf,
                pages=sheets,
                sha256=sha256(pdf).digest(),
                subject=content.subject,
                record_version=content.record_version,
                certificate_number=content.certificate_number,
                code_texts=texts,
            )
    raise LayoutError("the certificate needs more sheets than are foreseen")


def count_pages(pdf: bytes) -> int:
    """Return how many pages a document of ours has."""
    return len(_PAGE.findall(pdf))


def _likely_sheets(content: CertificateContent) -> Iterator[int]:
    """Yield how many sheets the document may need, the likeliest first."""
    first = 1 if len(content.members) <= MEMBERS_ON_FIRST_SHEET else 2
    yield from range(first, first + 6)


def _code_texts(content: CertificateContent, signer: CodeSigner, sheets: int) -> tuple[str, ...]:
    return tuple(
        paper_code.encode(paper_code.fields_of(content, sheet=sheet, sheets=sheets), signer)
        for sheet in range(1, sheets + 1)
    )


def _room_for_code_mm(content: CertificateContent, signer: CodeSigner) -> float:
    """Return how large the code of this record gets under any number on any day.

    Numbers compress a little differently, so without this a record near the end of a page could
    take one sheet under one number and two under another.
    """
    stand_in = replace(content, certificate_number=_TYPICAL_NUMBER, certificate_id=_TYPICAL_ID)
    text = paper_code.encode(paper_code.fields_of(stand_in, sheet=1, sheets=1), signer)
    return code_edge_mm(len(text) + _LENGTH_SLACK)


def _words(content: CertificateContent, foot: Foot) -> dict[str, object]:
    return {
        "number": content.certificate_number,
        "short_id": _short_id(content.certificate_id),
        "print_number": content.print_number,
        "municipality_name": content.municipality_name,
        "householder_address": content.householder_address,
        "householder_name": content.householder_name,
        "members": [{"name": who.name, "relation": who.relation} for who in content.members],
        "members_on_first_sheet": MEMBERS_ON_FIRST_SHEET,
        "cause": content.cause,
        "house_location": content.house_location,
        "damage_labels": [damage.label for damage in DamageClass],
        "damage_index": int(content.damage_class),
        "extra_2": content.extra_2,
        "extra_3": content.extra_3,
        "issued_on": format_date(content.issued_on),
        "issuer_title": content.issuer_title,
        "issuer_name": content.issuer_name,
        "seal_columns": _seal_columns(content.issuer_title),
        "codes": [square.svg for square in foot.squares],
        "code_edge_mm": foot.edge_mm,
    }


def _short_id(certificate_id: bytes) -> str:
    """Return the first 8 bytes for people: four groups of four hexadecimal digits."""
    return certificate_id[:_SHORT_ID_BYTES].hex("-", 2).upper()


def _seal_columns(title: str) -> list[list[str]]:
    """Return the seal's characters in columns of nearly the same length, as a seal cutter would."""
    words = max((title + ending for ending in _SEAL_ENDINGS), key=_fills_square)
    columns = isqrt(len(words) - 1) + 1
    rows = ceil(len(words) / columns)
    return [list(words[start : start + rows]) for start in range(0, len(words), rows)]


def _fills_square(words: str) -> bool:
    """Tell whether the characters fill whole columns."""
    columns = isqrt(len(words) - 1) + 1
    return len(words) % ceil(len(words) / columns) == 0


def _blank(square: CodeSquare) -> dict[str, object]:
    """Return the words of a sheet that says nothing."""
    texts = (
        "number", "short_id", "municipality_name", "householder_address", "householder_name",
        "cause", "house_location", "issued_on", "issuer_title", "issuer_name",
    )  # fmt: skip
    return dict.fromkeys(texts, "") | {
        "print_number": 1,
        "members": [],
        "members_on_first_sheet": MEMBERS_ON_FIRST_SHEET,
        "damage_labels": [damage.label for damage in DamageClass],
        "damage_index": 0,
        "extra_2": None,
        "extra_3": None,
        "seal_columns": [["印"]],
        "codes": [square.svg],
        "code_edge_mm": square.edge_mm,
        "specimen": True,
        "test": True,
    }
