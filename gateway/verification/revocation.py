"""Step 7, decided: whether one answer about revocation can be trusted, and what it says.

An OCSP response is accepted when all of this holds, in this order:

1. the responder says that it answers, and gives exactly one answer
2. the answer is about the very certificate that was asked for
3. it is signed by the authority, or by a certificate that the authority issued for OCSP
4. no critical extension demands what we do not understand
5. it is of now: thisUpdate neither in the future nor old, nextUpdate neither before it nor past
6. it repeats our nonce, unless it was asked for without one
7. it says *good*; revoked, suspended and unknown are all a no

Everything else raises: what is not known to be good is refused.
Source: [RFC6960 3.2, 4.2], [WEB-EID].
Assumption: a responder's certificate is not itself asked about; it is expected to be short-lived.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from gateway.verification.errors import (
    RevocationFault,
    RevocationUnknownError,
    RevokedError,
    RevokedReason,
)
from gateway.verification.parsing import PARSE_ERRORS
from gateway.verification.policy import MIN_AUTHORITY_KEY_BITS, PinnedAuthority


@dataclass(frozen=True, slots=True)
class FreshnessRules:
    """How old an OCSP answer may be, and how far the responder's clock may differ from ours.

    Source: [WEB-EID] for both defaults.
    """

    max_age: timedelta = timedelta(minutes=2)
    skew: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class GoodStatus:
    """The authority said that the certificate was good, and from when until when it said so."""

    this_update: datetime
    next_update: datetime | None
    """When newer information will be there; ``None`` when the responder always has it."""


def make_request(issuer: PinnedAuthority, serial: int, nonce: bytes) -> bytes:
    """Return the OCSP request (DER) for one certificate of ``issuer``, carrying ``nonce``."""
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        issuer.name_hash, issuer.key_hash, serial, SHA256()
    )
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    return request.public_bytes(Encoding.DER)


def check_response(
    response_der: bytes,
    *,
    issuer: PinnedAuthority,
    serial: int,
    nonce: bytes | None,
    now: datetime,
    rules: FreshnessRules,
) -> GoodStatus:
    """Return what the response says of the certificate when it can be trusted and is good.

    ``nonce`` is what was sent; ``None`` for an answer that was fetched ahead without one.
    Raises: RevokedError when it says anything but good, RevocationUnknownError for the rest.
    """
    response = _read(response_der)
    single = _single_response(response)
    _check_subject(single, issuer, serial)
    try:
        _check_signature(response, issuer, now)
        _check_extensions(response)
        _check_times(single, now, rules)
        if nonce is not None:
            _check_nonce(response, nonce)
    except PARSE_ERRORS as cause:
        raise RevocationUnknownError(RevocationFault.UNREADABLE) from cause
    if single.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        is_unknown = single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN
        raise RevokedError(RevokedReason.UNKNOWN if is_unknown else RevokedReason.REVOKED)
    return GoodStatus(single.this_update_utc, single.next_update_utc)


def _read(response_der: bytes) -> ocsp.OCSPResponse:
    try:
        response = ocsp.load_der_ocsp_response(response_der)
    except PARSE_ERRORS as cause:
        raise RevocationUnknownError(RevocationFault.UNREADABLE) from cause
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise RevocationUnknownError(RevocationFault.NOT_SUCCESSFUL)
    return response


def _single_response(response: ocsp.OCSPResponse) -> ocsp.OCSPSingleResponse:
    try:
        singles = list(response.responses)
    except PARSE_ERRORS as cause:
        raise RevocationUnknownError(RevocationFault.UNREADABLE) from cause
    if len(singles) != 1:
        raise RevocationUnknownError(RevocationFault.NOT_ONE_RESPONSE)
    return singles[0]


def _check_subject(single: ocsp.OCSPSingleResponse, issuer: PinnedAuthority, serial: int) -> None:
    """The CertID is the one that :func:`make_request` asked for, with the same SHA-256 digests."""
    try:
        is_asked = (
            single.issuer_name_hash == issuer.name_hash
            and single.issuer_key_hash == issuer.key_hash
            and single.serial_number == serial
        )
    except PARSE_ERRORS as cause:
        raise RevocationUnknownError(RevocationFault.WRONG_CERTIFICATE) from cause
    if not is_asked:
        raise RevocationUnknownError(RevocationFault.WRONG_CERTIFICATE)


def _check_signature(response: ocsp.OCSPResponse, issuer: PinnedAuthority, now: datetime) -> None:
    if response.signature_algorithm_oid != SignatureAlgorithmOID.RSA_WITH_SHA256:
        raise RevocationUnknownError(RevocationFault.SIGNATURE)
    key = _responder_key(response, issuer, now)
    try:
        key.verify(response.signature, response.tbs_response_bytes, PKCS1v15(), SHA256())
    except InvalidSignature as cause:
        raise RevocationUnknownError(RevocationFault.SIGNATURE) from cause


def _responder_key(
    response: ocsp.OCSPResponse, issuer: PinnedAuthority, now: datetime
) -> RSAPublicKey:
    """Return the key of the responder that the response names, once it is known to be appointed."""
    if _names(response, issuer.certificate):
        return issuer.public_key
    named = (found for found in response.certificates if _names(response, found))
    certificate = next(named, None)
    if certificate is None:
        raise RevocationUnknownError(RevocationFault.RESPONDER_UNTRUSTED)
    return _appointed_key(certificate, issuer, now)


def _names(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    """Whether the response's responder id is this certificate's, by name or by key hash."""
    if response.responder_name is not None:
        return response.responder_name == certificate.subject
    key_hash = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
    return response.responder_key_hash == key_hash


def _appointed_key(
    certificate: x509.Certificate, issuer: PinnedAuthority, now: datetime
) -> RSAPublicKey:
    """Return the key of a certificate that the authority itself issued for signing OCSP answers."""
    try:
        certificate.verify_directly_issued_by(issuer.certificate)
    except (InvalidSignature, *PARSE_ERRORS) as cause:
        raise RevocationUnknownError(RevocationFault.RESPONDER_UNTRUSTED) from cause
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_AUTHORITY_KEY_BITS:
        raise RevocationUnknownError(RevocationFault.RESPONDER_UNTRUSTED)
    if not _is_for_ocsp(certificate):
        raise RevocationUnknownError(RevocationFault.RESPONDER_PURPOSE)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise RevocationUnknownError(RevocationFault.RESPONDER_OUTSIDE_VALIDITY)
    return key


def _is_for_ocsp(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _check_extensions(response: ocsp.OCSPResponse) -> None:
    everything = (*response.extensions, *response.single_extensions)
    if any(
        extension.critical and not isinstance(extension.value, x509.OCSPNonce)
        for extension in everything
    ):
        raise RevocationUnknownError(RevocationFault.CRITICAL_EXTENSION)


def _check_times(single: ocsp.OCSPSingleResponse, now: datetime, rules: FreshnessRules) -> None:
    this_update, next_update = single.this_update_utc, single.next_update_utc
    if this_update > now + rules.skew:
        raise RevocationUnknownError(RevocationFault.THIS_UPDATE_FUTURE)
    if this_update < now - rules.max_age:
        raise RevocationUnknownError(RevocationFault.THIS_UPDATE_OLD)
    if next_update is None:
        return
    if next_update < this_update:
        raise RevocationUnknownError(RevocationFault.NEXT_UPDATE_BEFORE_THIS)
    if next_update < now - rules.skew:
        raise RevocationUnknownError(RevocationFault.NEXT_UPDATE_PAST)


def _check_nonce(response: ocsp.OCSPResponse, nonce: bytes) -> None:
    try:
        answered = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound as cause:
        raise RevocationUnknownError(RevocationFault.NONCE_MISSING) from cause
    if not compare_digest(answered, nonce):
        raise RevocationUnknownError(RevocationFault.NONCE_DIFFERS)
