"""The real press: renders on paper, signs the PDF, and knows beforehand how many pages it takes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from issuance.certificates.content import CertificateContent
from issuance.certificates.paper_code import CodeSigner, canonical_text
from issuance.certificates.render import (
    MEMBERS_ON_FIRST_SHEET,
    PaperRenderer,
    RenderedCertificate,
    render,
)
from issuance.ports import PressedDocument

PdfSigning = Callable[[bytes, datetime], bytes]
"""Signs a PDF as the municipality at that moment."""

SHORT_ADDRESS = 34
SHORT_NAME = 12
"""Characters that surely fit beside the other words on the first sheet; a test draws the bounds."""

REMEMBERED = 4096
"""Page counts kept; each is a digest and a number."""


@dataclass(frozen=True, slots=True)
class MunicipalPress:
    """Makes the municipality's documents; safe to use from several threads."""

    paper: PaperRenderer
    code_signer: CodeSigner
    sign_pdf: PdfSigning
    is_specimen: bool
    """True puts 見本 / SPECIMEN across every page."""
    _pages: dict[bytes, int] = field(default_factory=dict)

    def check_printable(self, content: CertificateContent) -> None:
        """Refuse what the font cannot show. Raises: UnprintableCharacterError."""
        self.paper.check_printable(content)

    def count_pages(self, content: CertificateContent) -> int:
        """Return how many pages the document will have.

        Short records are known to fit one sheet; others are set once and remembered, which is safe
        because the count depends on the words and on nothing else.
        Raises: certificates.errors.PaperError when the record cannot be set at all.
        """
        if fits_one_sheet(content):
            return 1
        key = sha256(canonical_text(content)).digest()
        known = self._pages.get(key)
        if known is None:
            known = self._render(content).pages
            if len(self._pages) >= REMEMBERED:
                self._pages.clear()
            self._pages[key] = known
        return known

    def press(
        self, content: CertificateContent, *, signed_at: datetime, is_test: bool = False
    ) -> PressedDocument:
        """Render and sign one document in one call; a test's bears 試験 / TEST on every page.

        Raises: certificates.errors.PaperError.
        """
        rendered = self._render(content, is_test=is_test)
        return PressedDocument(
            pdf=self.sign_pdf(rendered.pdf, signed_at),
            pages=rendered.pages,
            certificate_number=rendered.certificate_number,
            subject=rendered.subject,
            record_version=rendered.record_version,
        )

    def _render(self, content: CertificateContent, *, is_test: bool = False) -> RenderedCertificate:
        return render(
            content,
            paper=self.paper,
            code_signer=self.code_signer,
            specimen=self.is_specimen,
            is_test=is_test,
        )


def fits_one_sheet(content: CertificateContent) -> bool:
    """Tell whether the record is so short that it surely fits one sheet."""
    addresses = (content.householder_address, content.house_location)
    names = (
        content.householder_name,
        content.disaster_name,
        *(word for member in content.members for word in (member.name, member.relation)),
    )
    return (
        len(content.members) <= MEMBERS_ON_FIRST_SHEET
        and content.extra_2 is None
        and content.extra_3 is None
        and all(len(address) <= SHORT_ADDRESS for address in addresses)
        and all(len(name) <= SHORT_NAME for name in names)
    )
