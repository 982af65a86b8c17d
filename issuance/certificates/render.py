"""From content to paper in one pure call: same input, same bytes.

The value that comes back carries PDF, subject, record version and digest together; nothing is
looked up again between rendering and sealing [adr/0003].
"""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pypdfium2
import typst

from issuance.certificates.content import CertificateContent, DamageClass, Subject
from issuance.certificates.cose import CodeSigner
from issuance.certificates.eras import era_date
from issuance.certificates.glyphs import check_printable, font_folder
from issuance.certificates.matrix import draw_code
from issuance.certificates.paper_code import write_code
from issuance.errors import ContentTooLongError

MEMBERS_ON_FIRST_PAGE = 6
_GROUND_WORDS = "罹災証明書　複写に注意　COPY"
_SEAL_ROWS = 3


@dataclass(frozen=True, slots=True)
class RenderedCertificate:
    """One copy as it will be signed and sealed, with everything that must stay with it."""

    pdf: bytes
    pages: int
    subject: Subject
    record_version: int
    certificate_number: str
    certificate_id: bytes
    codes: tuple[str, ...]
    """Text of the code on each page."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of the PDF before it is signed."""
        return sha256(self.pdf).digest()


def page_count(content: CertificateContent) -> int:
    """Return how many pages the content takes; known before anything is rendered."""
    return 1 if len(content.members) <= MEMBERS_ON_FIRST_PAGE else 2


class PaperRenderer:
    """The typesetter, kept for the life of the process because making one is slow."""

    def __init__(self) -> None:
        template = Path(__file__).with_name("layout") / "certificate.typ"
        self._lock = threading.Lock()
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(font_folder())],
        )
        self._compiler = typst.Compiler(input=template, root=template.parent, font_paths=fonts)

    def typeset(self, data: dict[str, Any], moment: datetime) -> bytes:
        """Return the PDF of the form filled with ``data``, dated ``moment``."""
        inputs = {"certificate": json.dumps(data, ensure_ascii=False)}
        with self._lock:
            pdf = self._compiler.compile(
                format="pdf", sys_inputs=inputs, timestamp=moment, pdf_tags=False
            )
        if not isinstance(pdf, bytes):
            raise TypeError("the typesetter returned no PDF")
        return pdf


def render(
    content: CertificateContent,
    *,
    issued_at: datetime,
    paper: PaperRenderer,
    code_signer: CodeSigner,
    specimen: bool,
) -> RenderedCertificate:
    """Lay out one copy. Pure: no clock, no look-up, no randomness.

    Raises: UnprintableCharacterError, ContentTooLongError.
    """
    check_printable(content)
    sheets = page_count(content)
    codes = tuple(
        write_code(content, code_signer, issued_at=issued_at, sheet=number, sheets=sheets)
        for number in range(1, sheets + 1)
    )
    data = _form_data(content, codes, specimen=specimen)
    pdf = paper.typeset(data, issued_at.astimezone(UTC))
    pages = _count_pages(pdf)
    if pages != sheets:
        raise ContentTooLongError("page", sheets)
    return RenderedCertificate(
        pdf=pdf,
        pages=pages,
        subject=content.subject,
        record_version=content.record_version,
        certificate_number=content.certificate_number,
        certificate_id=content.certificate_id,
        codes=codes,
    )


def _count_pages(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def _form_data(
    content: CertificateContent, codes: tuple[str, ...], *, specimen: bool
) -> dict[str, Any]:
    pictures = [draw_code(code) for code in codes]
    short_id = content.certificate_id.hex().upper()[:12]
    return {
        "ground": _GROUND_WORDS,
        "specimen": specimen,
        "number": content.certificate_number,
        "sheets": len(codes),
        "short_id": f"{short_id[:4]}-{short_id[4:8]}-{short_id[8:]}",
        "householder_address": content.householder_address,
        "householder_name": content.householder_name,
        "members": [{"name": m.name, "relation": m.relation} for m in content.members],
        "members_apart": len(codes) > 1,
        "cause": f"{era_date(content.damaged_on)}の{content.disaster_name}による",
        "house_location": content.house_location,
        "classes": [
            {"words": known.japanese, "on": known is content.damage_class} for known in DamageClass
        ],
        "extra_2": content.extra_2,
        "extra_3": content.extra_3,
        "issued_on": era_date(content.issued_on),
        "issuer_title": content.issuer.title,
        "issuer_name": content.issuer.name,
        "seal_columns": seal_columns(content.issuer.title),
        "codes": [picture.svg for picture in pictures],
        "code_mm": max(picture.side_mm for picture in pictures),
        "code_note": "発行番号（印刷） " + str(content.print_number),
    }


def seal_columns(title: str) -> list[list[str]]:
    """Return the characters of a seal in columns, read from the right: 見本市長之印."""
    words = title + ("之印" if len(title) % _SEAL_ROWS == 1 else "印")
    columns = [list(words[i : i + _SEAL_ROWS]) for i in range(0, len(words), _SEAL_ROWS)]
    return list(reversed(columns))
