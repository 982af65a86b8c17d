"""What the card gave: its certificate, unverified, and its signature over the challenge."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardProof:
    """A proof of possession and PIN. The gateway verifies it; the kiosk does not judge."""

    unverified_certificate: bytes
    """DER of EF 000A."""
    signature: bytes
    """256 bytes, PKCS#1 v1.5 over the authentication digest."""
