"""The electronic original: a PAdES signature over the whole PDF.

The signer certificate of a demo is made here under a demo name; a municipality brings its own.
Source: [ETSI-PADES].
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

_DAY = timedelta(days=1)
_FIELD = "Signature"
_ROOM_BYTES = 8192
"""Room for the CMS in the file; ours needs about 3 kB."""


class DemoPdfKeyWarning(UserWarning):
    """A demo key signs; the paper is a specimen."""


@dataclass(frozen=True, slots=True)
class PdfKey:
    """The municipality's P-256 key with its certificate and the chain above it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()


def make_demo_pdf_key(
    municipality: str, now: datetime, *, key: ec.EllipticCurvePrivateKey | None = None
) -> PdfKey:
    """Return a self-signed demo key, and warn: its signatures are worth nothing in law."""
    warnings.warn("a demo key signs the PDF", DemoPdfKeyWarning, stacklevel=2)
    private_key = key if key is not None else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "RISAI-DEMO"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{municipality}（デモ）"),
        ]
    )
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder(name, name, private_key.public_key(), 1)
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 3650 * _DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(private_key, hashes.SHA256())
    )
    return PdfKey(private_key, certificate)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


class _LoadedKeySigner(signers.Signer):  # type: ignore[misc]  # the library ships no types
    """A signer that keeps its key loaded; parsing it anew for each sheet costs 70 ms."""

    def __init__(self, pdf_key: PdfKey) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple([_asn1(certificate) for certificate in pdf_key.chain])
        super().__init__(
            signing_cert=_asn1(pdf_key.certificate),
            cert_registry=registry,
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._key = pdf_key.key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class PdfSigner:
    """Signs PDFs of one municipality."""

    def __init__(self, pdf_key: PdfKey) -> None:
        self._signer = _LoadedKeySigner(pdf_key)
        self.certificate = pdf_key.certificate

    def sign(self, pdf: bytes, signed_at: datetime) -> bytes:
        """Return the PDF with a certifying PAdES B-B signature that allows no change."""
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        metadata = signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            subfilter=fields.SigSeedSubFilter.PADES,
        )
        signer = signers.PdfSigner(metadata, signer=self._signer)
        output = signer.sign_pdf(writer, bytes_reserved=_ROOM_BYTES)
        return bytes(output.getvalue())


def certificates_of(signer_certificates: Sequence[bytes]) -> list[asn1_x509.Certificate]:
    """Return DER certificates in the form that the validator takes."""
    return [asn1_x509.Certificate.load(der) for der in signer_certificates]
