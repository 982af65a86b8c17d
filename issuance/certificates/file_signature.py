"""Checks the municipality's signature in a PDF: whole file, unchanged, under a pinned certificate.

Nothing is fetched: the chain must lead to a certificate of the trust list with what is in the file.
Source: [ETSI-PADES].
"""

from collections.abc import Iterable
from enum import Enum
from io import BytesIO

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import UnacceptableSignerError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext


class FileSignature(Enum):
    """What the signature in a file is worth."""

    GOOD = "good"
    ABSENT = "absent"
    BROKEN = "broken"
    """A byte was changed, something was added, or the structure is wrong."""
    UNTRUSTED = "untrusted"
    """The signature fits, but not under a certificate that the trust list pins."""


def check_file_signature(pdf: bytes, pinned: Iterable[bytes]) -> FileSignature:
    """Return what the signature is worth for the owner of the pinned DER certificates."""
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if not signatures:
            return FileSignature.ABSENT
        if len(signatures) > 1:
            return FileSignature.BROKEN
        context = ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(der) for der in pinned],
            allow_fetching=False,
            moment=signatures[0].self_reported_timestamp,
        )
        status = validate_pdf_signature(signatures[0], context)
    except (PdfError, SignatureValidationError, UnacceptableSignerError, ValueError):
        return FileSignature.BROKEN
    if not _covers_everything(status):
        return FileSignature.BROKEN
    return FileSignature.GOOD if status.trusted else FileSignature.UNTRUSTED


def _covers_everything(status: PdfSignatureStatus) -> bool:
    return (
        status.intact
        and status.valid
        and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and status.modification_level == ModificationLevel.NONE
    )
