"""What goes into the verification of a card holder, and what comes out of it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UnverifiedProof:
    """What a kiosk sent on behalf of a card; nothing in it is true until it is verified.

    It holds only what the gateway cannot know by itself: no challenge, no session, no time.
    Source: [WEB-EID].
    """

    unverified_certificate: bytes = field(repr=False)
    """Authentication certificate, DER."""
    signature: bytes = field(repr=False)
    """The card's PKCS#1 v1.5 signature over the authentication digest."""


@dataclass(frozen=True, slots=True)
class ConsumedChallenge:
    """A challenge that the session store found under this very session and has just used up.

    Only the store makes one: in its own committed write, before verification begins, so that no
    outcome of the verification makes the challenge usable again.
    """

    value: bytes = field(repr=False)
    """256 random bits."""
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class ProofContext:
    """What the gateway itself knows about the session that the card must have signed for."""

    origin: str
    challenge: ConsumedChallenge | None
    """``None`` when the store had nothing to use up: never issued, another's, or used before."""
    kiosk_id: str
    session_key: bytes
    """The kiosk's one-time X25519 public key, 32 bytes."""
    session_end: datetime


@dataclass(frozen=True, slots=True)
class VerifiedCardHolder:
    """The certificate whose card, opened with its PIN, has just signed for this session."""

    issuer_key_id: bytes
    """SHA-256 of the issuing authority's SubjectPublicKeyInfo (DER), 32 bytes."""
    serial: int = field(repr=False)
    not_valid_after: datetime
    policy: str
    """Policy OID under which the certificate was issued, dotted."""
