"""What the core needs from outside itself: paper, seal, clock and chance."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from issuance.certificates.content import CertificateContent, Subject

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""

RandomBytes = Callable[[int], bytes]
"""Returns that many unpredictable bytes."""


@dataclass(frozen=True, slots=True)
class PressedDocument:
    """One signed document together with what it is about.

    ``subject`` and ``record_version`` come out of the rendering and nowhere else: whoever binds
    the document to a session must read them here.
    """

    pdf: bytes
    pages: int
    certificate_number: str
    subject: Subject
    record_version: int


class DocumentPress(Protocol):
    """Makes signed documents out of contents; safe to use from several threads."""

    def check_printable(self, content: CertificateContent) -> None:
        """Refuse what the form or the font cannot show. Raises: certificates.errors.PaperError."""

    def count_pages(self, content: CertificateContent) -> int:
        """Return how many pages the document will have."""

    def press(
        self, content: CertificateContent, *, signed_at: datetime, is_test: bool = False
    ) -> PressedDocument:
        """Render and sign one document in one call; a test's is marked on every page."""


class Sealer(Protocol):
    """Seals bytes so that only the holder of one X25519 key opens them."""

    def __call__(self, plaintext: bytes, public_key: bytes, info: bytes) -> bytes:
        """Return enc ‖ ciphertext (HPKE, base mode)."""
