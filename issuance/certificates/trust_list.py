"""Who may sign codes, and which codes are void: two signed lists that travel without a network.

    trust list       { 1: sequence, 2: made at, 3: next update,
                       4: [[key id, issuer, public key, not before, not after, disabled,
                            PDF certificate (DER) or empty] …] }
    revocation list  { 1: sequence, 2: made at, 3: next update, 4: issuer, 5: salt,
                       6: [[revocation id, revoked at] …] }

Both are COSE_Sign1 messages: the trust list by the anchor, a revocation list by its issuer's key.
A revocation id is the first 8 bytes of HMAC-SHA-256(salt, certificate id): meaningless to others.
Times are seconds since 1970. Source: [HCERT]; short ids after SMART Health Cards [KONBINI 2.6].
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from issuance.certificates import cose
from issuance.certificates.cose import CodeSigner, NotReadableError
from issuance.errors import CodeError

TRUST_TYPE = "risai-trust+cbor"
REVOCATION_TYPE = "risai-revoked+cbor"


class ListRolledBackError(CodeError):
    """The list is older than one that was seen before."""


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One signing key of one municipality."""

    key_id: bytes
    issuer: str
    """``JP-`` and the municipality code."""
    public_key: bytes
    not_before: datetime
    not_after: datetime
    disabled: bool
    pdf_certificate: bytes
    """DER of the certificate that signs this municipality's PDFs; may be empty."""


@dataclass(frozen=True, slots=True)
class TrustList:
    """All keys that a verifier believes."""

    sequence: int
    made_at: datetime
    next_update: datetime
    entries: tuple[TrustEntry, ...]

    def find(self, key_id: bytes) -> TrustEntry | None:
        """Return the enabled entry of a key id."""
        return next((e for e in self.entries if e.key_id == key_id and not e.disabled), None)


@dataclass(frozen=True, slots=True)
class RevocationList:
    """The void certificates of one municipality."""

    sequence: int
    made_at: datetime
    next_update: datetime
    issuer: str
    salt: bytes
    revoked: tuple[tuple[bytes, datetime], ...]

    def holds(self, certificate_id: bytes) -> bool:
        """Say whether a certificate was voided."""
        wanted = revocation_id(self.salt, certificate_id)
        return any(known == wanted for known, _at in self.revoked)


def revocation_id(salt: bytes, certificate_id: bytes) -> bytes:
    """Return the short id under which a certificate stands in the list."""
    return hmac.digest(salt, certificate_id, "sha256")[:8]


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def write_trust_list(trust: TrustList, anchor: CodeSigner) -> bytes:
    """Return the signed bytes of a trust list."""
    entries = [
        [
            entry.key_id,
            entry.issuer,
            entry.public_key,
            _seconds(entry.not_before),
            _seconds(entry.not_after),
            entry.disabled,
            entry.pdf_certificate,
        ]
        for entry in trust.entries
    ]
    body = {
        1: trust.sequence,
        2: _seconds(trust.made_at),
        3: _seconds(trust.next_update),
        4: entries,
    }
    return cose.sign(cose.encode(body), anchor, content_type=TRUST_TYPE)


def read_trust_list(raw: bytes, *, anchor_key: bytes, lowest_sequence: int = 0) -> TrustList:
    """Return the list once the anchor's signature verifies it.

    Raises: NotReadableError, UnknownKeyError, ForgedError, ListRolledBackError.
    """
    anchor_id = cose.key_id_of(anchor_key)
    message = cose.parse(raw, content_type=TRUST_TYPE)
    body = cose.decode(message.verify(lambda key_id: anchor_key if key_id == anchor_id else None))
    try:
        entries = tuple(_entry(*fields) for fields in body[4])
        trust = TrustList(int(body[1]), _moment(body[2]), _moment(body[3]), entries)
    except (KeyError, TypeError, ValueError) as error:
        raise NotReadableError("not a trust list") from error
    if trust.sequence < lowest_sequence:
        raise ListRolledBackError("the trust list is older than one seen before")
    return trust


def _entry(*fields: Any) -> TrustEntry:
    key_id, issuer, public_key, not_before, not_after, disabled, certificate = fields
    return TrustEntry(
        key_id,
        issuer,
        public_key,
        _moment(not_before),
        _moment(not_after),
        bool(disabled),
        certificate,
    )


def write_revocation_list(revocations: RevocationList, signer: CodeSigner) -> bytes:
    """Return the signed bytes of a revocation list."""
    body = {
        1: revocations.sequence,
        2: _seconds(revocations.made_at),
        3: _seconds(revocations.next_update),
        4: revocations.issuer,
        5: revocations.salt,
        6: [[short_id, _seconds(at)] for short_id, at in sorted(revocations.revoked)],
    }
    return cose.sign(cose.encode(body), signer, content_type=REVOCATION_TYPE)


def read_revocation_list(
    raw: bytes, trust: TrustList, *, lowest_sequence: int = 0
) -> RevocationList:
    """Return the list once a trusted key of its own issuer verifies it.

    Raises: NotReadableError, UnknownKeyError, ForgedError, ListRolledBackError.
    """
    message = cose.parse(raw, content_type=REVOCATION_TYPE)
    entry = trust.find(message.key_id)
    body = cose.decode(message.verify(lambda _key_id: entry.public_key if entry else None))
    try:
        revoked = tuple((short_id, _moment(at)) for short_id, at in body[6])
        found = RevocationList(
            int(body[1]), _moment(body[2]), _moment(body[3]), body[4], body[5], revoked
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NotReadableError("not a revocation list") from error
    if entry is None or found.issuer != entry.issuer:
        raise cose.ForgedError("the list is signed by another issuer's key")
    if found.sequence < lowest_sequence:
        raise ListRolledBackError("the revocation list is older than one seen before")
    return found
