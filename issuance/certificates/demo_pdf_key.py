"""A stand-in for a municipality's signing certificate: made on the spot, trusted by nobody.

Its names say so: organisation ``RISAI-DEMO``. Assumption: which authority will certify municipal
keys for files is not settled; any P-256 certificate takes this one's place.
"""

import warnings
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from issuance.certificates.pdf_signing import PdfSigningKey

DEMO_ORGANISATION = "RISAI-DEMO"
VALID_FOR = timedelta(days=365)
BACKDATED = timedelta(days=1)
"""So that a demo's clock may stand a little behind."""


class DemoPdfKeyWarning(UserWarning):
    """A file is going to be signed with a key that proves nothing."""


class DemoPdfKey:
    """A demo municipality's key under its own demo authority; warns when made."""

    def __init__(self, municipality_name: str, *, now: datetime) -> None:
        warnings.warn(
            "files are signed with a demo key made on the spot", DemoPdfKeyWarning, stacklevel=2
        )
        authority_key = generate_private_key(SECP256R1())
        authority_name = _name(f"{municipality_name} demo file authority")
        self.authority = (
            _unsigned(authority_name, authority_name, authority_key.public_key(), now)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .sign(authority_key, SHA256())
        )
        """The certificate to pin in a trust list."""
        key = generate_private_key(SECP256R1())
        issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
        certificate = (
            _unsigned(_name(f"{municipality_name} demo"), authority_name, key.public_key(), now)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
            .add_extension(issuer_id, critical=False)
            .sign(authority_key, SHA256())
        )
        self.signing_key = PdfSigningKey(key, certificate, (self.authority,))

    @property
    def pinned_certificate(self) -> bytes:
        """DER of the demo authority, for the trust list."""
        return self.authority.public_bytes(Encoding.DER)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEMO_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
