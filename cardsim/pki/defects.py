"""Authentication certificates with exactly one defect each, for those who must refuse them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from cardsim.pki import certificates
from cardsim.pki.authority import DemoAuthority
from cardsim.pki.certificates import Issuer, auth_builder, auth_certificate, key_usage, policies

_DAY = timedelta(days=1)
_YEAR = 365 * _DAY
SERIAL = 0x5EED
Defect = Callable[[DemoAuthority, RSAPrivateKey, datetime], x509.Certificate]


def _builder(
    authority: DemoAuthority, key: RSAPrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return auth_builder(
        authority.auth_issuer,
        key.public_key(),
        serial=SERIAL,
        not_before=now - _DAY,
        not_after=now + _YEAR,
    )


def sound(authority: DemoAuthority, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    """Return a certificate without a defect, to compare with."""
    return auth_certificate(
        authority.auth_issuer,
        key.public_key(),
        serial=SERIAL,
        not_before=now - _DAY,
        not_after=now + _YEAR,
    )


def expired(authority: DemoAuthority, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    """Return a certificate that ended a second ago."""
    return auth_certificate(
        authority.auth_issuer,
        key.public_key(),
        serial=SERIAL,
        not_before=now - _YEAR,
        not_after=now - timedelta(seconds=1),
    )


def not_yet_valid(authority: DemoAuthority, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    """Return a certificate that begins tomorrow."""
    return auth_certificate(
        authority.auth_issuer,
        key.public_key(),
        serial=SERIAL,
        not_before=now + _DAY,
        not_after=now + _YEAR,
    )


def ends_within_session(
    authority: DemoAuthority, key: RSAPrivateKey, now: datetime
) -> x509.Certificate:
    """Return a certificate that ends in a minute, before the session does."""
    return auth_certificate(
        authority.auth_issuer,
        key.public_key(),
        serial=SERIAL,
        not_before=now - _DAY,
        not_after=now + timedelta(minutes=1),
    )


def namesake_issuer(
    authority: DemoAuthority, key: RSAPrivateKey, now: datetime
) -> x509.Certificate:
    """Return a certificate of an authority with the same name and another key."""
    name = authority.auth_issuer.certificate.subject
    stranger = Issuer(key, certificates.ca_certificate(key, name, serial=1, now=now))
    return auth_certificate(
        stranger, key.public_key(), serial=SERIAL, not_before=now - _DAY, not_after=now + _YEAR
    )


def bad_signature(authority: DemoAuthority, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    """Return a certificate with one bit of the authority's signature turned."""
    raw = sound(authority, key, now).public_bytes(Encoding.DER)
    return x509.load_der_x509_certificate(raw[:-1] + bytes((raw[-1] ^ 1,)))


def sign_purpose(authority: DemoAuthority, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    """Return a certificate whose policy is that of signature certificates."""
    return (
        _builder(authority, key, now)
        .add_extension(key_usage(signature=True), critical=True)
        .add_extension(policies(certificates.SIGN_POLICY), critical=True)
        .sign(authority.auth_issuer.key, hashes.SHA256())
    )


def no_policy(authority: DemoAuthority, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    """Return a certificate without certificatePolicies."""
    return (
        _builder(authority, key, now)
        .add_extension(key_usage(signature=True), critical=True)
        .sign(authority.auth_issuer.key, hashes.SHA256())
    )


def no_key_usage(authority: DemoAuthority, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    """Return a certificate without keyUsage."""
    return (
        _builder(authority, key, now)
        .add_extension(policies(certificates.AUTH_POLICY), critical=True)
        .sign(authority.auth_issuer.key, hashes.SHA256())
    )


def non_repudiation(
    authority: DemoAuthority, key: RSAPrivateKey, now: datetime
) -> x509.Certificate:
    """Return a certificate that may also be used for signing contracts."""
    return (
        _builder(authority, key, now)
        .add_extension(key_usage(signature=True, commitment=True), critical=True)
        .add_extension(policies(certificates.AUTH_POLICY), critical=True)
        .sign(authority.auth_issuer.key, hashes.SHA256())
    )


def is_an_authority(
    authority: DemoAuthority, key: RSAPrivateKey, now: datetime
) -> x509.Certificate:
    """Return a certificate that calls itself an authority."""
    return (
        _builder(authority, key, now)
        .add_extension(key_usage(signature=True), critical=True)
        .add_extension(policies(certificates.AUTH_POLICY), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority.auth_issuer.key, hashes.SHA256())
    )


def unknown_critical_extension(
    authority: DemoAuthority, key: RSAPrivateKey, now: datetime
) -> x509.Certificate:
    """Return a certificate with a critical extension that nobody knows."""
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    return (
        _builder(authority, key, now)
        .add_extension(key_usage(signature=True), critical=True)
        .add_extension(policies(certificates.AUTH_POLICY), critical=True)
        .add_extension(strange, critical=True)
        .sign(authority.auth_issuer.key, hashes.SHA256())
    )


def too_long(authority: DemoAuthority, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    """Return a sound certificate of more than 4,096 bytes."""
    ballast = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.6"), bytes(4096))
    return (
        _builder(authority, key, now)
        .add_extension(key_usage(signature=True), critical=True)
        .add_extension(policies(certificates.AUTH_POLICY), critical=True)
        .add_extension(ballast, critical=False)
        .sign(authority.auth_issuer.key, hashes.SHA256())
    )
