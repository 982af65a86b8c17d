"""Certificates whose issuer has a given organisation; invented, and signed by nobody known."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


def certificate_of(organisation: str | None) -> bytes:
    """Return the DER of a certificate from that organisation; None leaves the name out."""
    key = rsa.generate_private_key(65537, 2048)
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "JP")]
    if organisation is not None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    builder = (
        x509.CertificateBuilder()
        .issuer_name(x509.Name(parts))
        .subject_name(x509.Name(parts[:1]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)
