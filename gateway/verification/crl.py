"""Step 7 without OCSP: the authority's revocation list, if a fresh one is at hand.

The real authority's lists come over a channel of their own, not from a public address; so the
gateway does not fetch any, it is given them. Source: [KONBINI], [RFC5280 5, 6.3].
Assumption: only complete lists exist, no delta and no indirect ones; a list with any critical
extension is therefore refused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import SignatureAlgorithmOID

from gateway.verification.errors import (
    RevocationFault,
    RevocationUnknownError,
    RevokedError,
    RevokedReason,
)
from gateway.verification.parsing import PARSE_ERRORS
from gateway.verification.policy import PinnedAuthority
from gateway.verification.revocation import GoodStatus

MAX_CRL_AGE = timedelta(hours=24)
"""Assumption: lists are made daily; an older one is not used even if it says it may be."""


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list that was found to be the authority's own; its age is judged at every use."""

    issuer_key_id: bytes
    this_update: datetime
    next_update: datetime
    crl: x509.CertificateRevocationList


def read_crl(crl_der: bytes, issuer: PinnedAuthority) -> RevocationList:
    """Return the revocation list (DER) after checking that ``issuer``'s key signed it.

    Raises: RevocationUnknownError.
    """
    try:
        crl = x509.load_der_x509_crl(crl_der)
        has_critical = any(extension.critical for extension in crl.extensions)
        issuer_name = crl.issuer
    except PARSE_ERRORS as cause:
        raise RevocationUnknownError(RevocationFault.UNREADABLE) from cause
    if issuer_name != issuer.certificate.subject:
        raise RevocationUnknownError(RevocationFault.WRONG_ISSUER)
    if not _is_signed_by(crl, issuer):
        raise RevocationUnknownError(RevocationFault.SIGNATURE)
    if has_critical:
        raise RevocationUnknownError(RevocationFault.CRITICAL_EXTENSION)
    if crl.next_update_utc is None:
        raise RevocationUnknownError(RevocationFault.NEXT_UPDATE_PAST)
    return RevocationList(issuer.issuer_key_id, crl.last_update_utc, crl.next_update_utc, crl)


def check_crl(
    revocation_list: RevocationList, *, issuer: PinnedAuthority, serial: int, now: datetime
) -> GoodStatus:
    """Return when the list spoke, if it is fresh, ``issuer``'s, and does not name the certificate.

    No skew is granted: the fall-back is narrower than the way it stands in for.
    Raises: RevokedError, RevocationUnknownError.
    """
    if revocation_list.issuer_key_id != issuer.issuer_key_id:
        raise RevocationUnknownError(RevocationFault.WRONG_ISSUER)
    if now < revocation_list.this_update:
        raise RevocationUnknownError(RevocationFault.THIS_UPDATE_FUTURE)
    if now > revocation_list.this_update + MAX_CRL_AGE:
        raise RevocationUnknownError(RevocationFault.THIS_UPDATE_OLD)
    if now > revocation_list.next_update:
        raise RevocationUnknownError(RevocationFault.NEXT_UPDATE_PAST)
    if revocation_list.crl.get_revoked_certificate_by_serial_number(serial) is not None:
        raise RevokedError(RevokedReason.REVOKED)
    return GoodStatus(revocation_list.this_update, revocation_list.next_update)


def _is_signed_by(crl: x509.CertificateRevocationList, issuer: PinnedAuthority) -> bool:
    if crl.signature_algorithm_oid != SignatureAlgorithmOID.RSA_WITH_SHA256:
        return False
    try:
        return crl.is_signature_valid(issuer.public_key)
    except PARSE_ERRORS:
        return False
