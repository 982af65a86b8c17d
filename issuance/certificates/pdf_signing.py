"""The municipality's signature in the file (PAdES B-B): whoever changes a byte breaks it.

The signature certifies the whole file and allows no later change. Key and certificate are loaded
once; parsing the key again for every sheet costs several sheets' time.
Source: [ETSI-PADES] baseline B-B; performance facts.
"""

from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup

from issuance.certificates.cms_form import DIGEST, CmsForm
from issuance.certificates.errors import PdfSignatureError

FIELD_NAME = "IssuerSignature"
RESERVED_BYTES = 8192
"""Room for the signature in the file, as hexadecimal digits; ours takes about 4,000."""


@dataclass(frozen=True, slots=True)
class PdfSigningKey:
    """A municipality's P-256 key for files, with its certificate and those above it."""

    key: EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    """Certificates between this one and the pinned one, the pinned one included."""

    def __post_init__(self) -> None:
        if not isinstance(self.key.curve, SECP256R1):
            raise ValueError("files are signed with a P-256 key")
        if self.key.public_key() != self.certificate.public_key():
            raise ValueError("the certificate belongs to another key")


class PdfSigner:
    """Signs files as one municipality; keeps its key loaded; safe to use from several threads."""

    def __init__(self, key: PdfSigningKey) -> None:
        self._key = key.key
        self._form = CmsForm.of(key.certificate, key.chain)

    def sign(self, pdf: bytes, signed_at: datetime) -> bytes:
        """Return the signed file; the same as :func:`sign_pdf`."""
        return sign_pdf(pdf, self, signed_at)

    def make_signature(self, digest: bytes) -> bytes:
        """Return the detached CMS structure (DER) over the SHA-256 digest of a file."""
        attributes = self._form.attributes(digest)
        return self._form.fill(attributes, self._key.sign(attributes, ECDSA(SHA256())))


def sign_pdf(pdf: bytes, signer: PdfSigner, signed_at: datetime) -> bytes:
    """Return the file with one certifying signature that covers every byte of it.

    ``signed_at`` is written into the file as the signer's claim. Raises: PdfSignatureError.
    """
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        embedding = PdfCMSEmbedder().write_cms(FIELD_NAME, writer)
        next(embedding)
        placeholder = signers.SignatureObject(
            timestamp=signed_at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=RESERVED_BYTES
        )
        certify = SigMDPSetup(md_algorithm=DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
        embedding.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=certify))
        prepared, output = embedding.send(SigIOSetup(md_algorithm=DIGEST))
        embedding.send(signer.make_signature(prepared.document_digest))
    except (PdfError, ValueError) as error:
        raise PdfSignatureError("the file could not be signed") from error
    return bytes(output.getvalue())
