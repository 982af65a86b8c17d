"""Steps 1 to 6: what the certificate itself must be, decided from its bytes alone.

Source: [JPKI-PROFILE], [RFC5280 4.2, 6.1], [RISAI-PROTOCOL 3].
Assumption: an extended key usage is not known of real certificates; where one is present it must
name client authentication.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import (
    ExtendedKeyUsageOID,
    ExtensionOID,
    SignatureAlgorithmOID,
)

from gateway.verification.errors import (
    AuthorityNotValidError,
    CertificateEndsTooSoonError,
    CertificateExpiredError,
    CertificateNotYetValidError,
    CertificateSignatureError,
    CertificateUnreadableError,
    PurposeFault,
    UnknownCriticalExtensionError,
    UntrustedIssuerError,
    WrongPurposeError,
)
from gateway.verification.parsing import PARSE_ERRORS
from gateway.verification.policy import PinnedAuthority
from gateway.wire.bodies import MAX_CERTIFICATE_BYTES

MAX_SERIAL_BITS = 160
"""Source: [RFC5280 4.1.2.2]."""

ExtensionT = TypeVar("ExtensionT", bound=x509.ExtensionType)

_DIGITAL_SIGNATURE_ONLY = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
_UNDERSTOOD_WHEN_CRITICAL = frozenset(
    {
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
    }
)


def read_certificate(unverified_certificate: bytes) -> x509.Certificate:
    """Step 1: return the one certificate that the bytes are; nothing in it is checked yet.

    Raises: CertificateUnreadableError.
    """
    if len(unverified_certificate) > MAX_CERTIFICATE_BYTES:
        raise CertificateUnreadableError("the certificate is longer than any card's")
    try:
        certificate = x509.load_der_x509_certificate(unverified_certificate)
        _ = certificate.extensions, certificate.issuer  # Parsed late by the library.
    except PARSE_ERRORS as cause:
        raise CertificateUnreadableError("not exactly one certificate in DER") from cause
    serial = certificate.serial_number
    if serial <= 0 or serial.bit_length() > MAX_SERIAL_BITS:
        raise CertificateUnreadableError("the serial number is none that may be issued")
    return certificate


def find_issuer(
    certificate: x509.Certificate, authorities: Iterable[PinnedAuthority]
) -> PinnedAuthority:
    """Step 2: return the pinned authority whose *key* the certificate names as its issuer.

    The name must agree too, but never decides. A certificate that names no key is given to the
    pinned authority whose key made its signature.
    Raises: UntrustedIssuerError.
    """
    named = [pinned for pinned in authorities if pinned.certificate.subject == certificate.issuer]
    key_identifier = _authority_key_identifier(certificate)
    for pinned in named:
        if key_identifier is None:
            if _is_signed_by(certificate, pinned):
                return pinned
        elif pinned.key_identifier == key_identifier:
            return pinned
    raise UntrustedIssuerError("no pinned authority's key issued the certificate")


def check_signature(certificate: x509.Certificate, issuer: PinnedAuthority) -> None:
    """Step 3: the issuer's RSA signature with SHA-256 covers the certificate.

    Raises: CertificateSignatureError.
    """
    if certificate.signature_algorithm_oid != SignatureAlgorithmOID.RSA_WITH_SHA256:
        raise CertificateSignatureError("the certificate is not signed with RSA and SHA-256")
    if not _is_signed_by(certificate, issuer):
        raise CertificateSignatureError("the authority's signature does not hold")


def check_validity(
    certificate: x509.Certificate,
    issuer: PinnedAuthority,
    *,
    now: datetime,
    session_end: datetime,
) -> None:
    """Step 4: certificate and issuer are valid now, the certificate until the session's end.

    The first and the last second belong to the period (RFC 5280, 4.1.2.5); no skew is granted.
    Only the issuer's own period matters, not that of other pinned authorities.
    Raises: CertificateNotYetValidError, CertificateExpiredError, CertificateEndsTooSoonError,
    AuthorityNotValidError.
    """
    if now < certificate.not_valid_before_utc:
        raise CertificateNotYetValidError("the certificate is not valid yet")
    if now > certificate.not_valid_after_utc:
        raise CertificateExpiredError("the certificate has expired")
    if session_end > certificate.not_valid_after_utc:
        raise CertificateEndsTooSoonError("the certificate expires during the session")
    authority = issuer.certificate
    if not authority.not_valid_before_utc <= now <= authority.not_valid_after_utc:
        raise AuthorityNotValidError("the authority is outside its period of validity")


def check_purpose(certificate: x509.Certificate, accepted_policies: frozenset[str]) -> str:
    """Step 5: return the policy OID; the certificate authenticates a person and does nothing else.

    Raises: WrongPurposeError.
    """
    extensions = certificate.extensions
    basic = _find(extensions, x509.BasicConstraints)
    if basic is not None and basic.value.ca:
        raise WrongPurposeError(PurposeFault.AUTHORITY)
    _check_key_usage(extensions)
    extended = _find(extensions, x509.ExtendedKeyUsage)
    if extended is not None and ExtendedKeyUsageOID.CLIENT_AUTH not in extended.value:
        raise WrongPurposeError(PurposeFault.EXTENDED_KEY_USAGE)
    return _accepted_policy(extensions, accepted_policies)


def check_critical_extensions(certificate: x509.Certificate) -> None:
    """Step 6: every critical extension is one that the steps above have looked into.

    Raises: UnknownCriticalExtensionError.
    """
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD_WHEN_CRITICAL:
            raise UnknownCriticalExtensionError("a critical extension is not understood")


def _check_key_usage(extensions: x509.Extensions) -> None:
    found = _find(extensions, x509.KeyUsage)
    if found is None:
        raise WrongPurposeError(PurposeFault.KEY_USAGE_MISSING)
    if not found.critical:
        raise WrongPurposeError(PurposeFault.KEY_USAGE_NOT_CRITICAL)
    if found.value != _DIGITAL_SIGNATURE_ONLY:
        raise WrongPurposeError(PurposeFault.KEY_USAGE)


def _accepted_policy(extensions: x509.Extensions, accepted: frozenset[str]) -> str:
    found = _find(extensions, x509.CertificatePolicies)
    if found is None:
        raise WrongPurposeError(PurposeFault.POLICY_MISSING)
    policies: list[str] = [policy.policy_identifier.dotted_string for policy in found.value]
    if not policies:
        raise WrongPurposeError(PurposeFault.POLICY_MISSING)
    if not accepted.issuperset(policies):
        raise WrongPurposeError(PurposeFault.POLICY)
    return policies[0]


def _authority_key_identifier(certificate: x509.Certificate) -> bytes | None:
    found = _find(certificate.extensions, x509.AuthorityKeyIdentifier)
    return None if found is None else found.value.key_identifier


def _is_signed_by(certificate: x509.Certificate, issuer: PinnedAuthority) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer.certificate)
    except (InvalidSignature, *PARSE_ERRORS):
        return False
    return True


def _find(extensions: x509.Extensions, kind: type[ExtensionT]) -> x509.Extension[ExtensionT] | None:
    try:
        return extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None
