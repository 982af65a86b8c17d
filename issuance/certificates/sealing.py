"""Sealing: what the kiosk's one-time key alone can open.

HPKE base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM [RFC9180].
"""

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def seal(plaintext: bytes, *, session_key: bytes, info: bytes) -> bytes:
    """Return the ciphertext for the holder of ``session_key`` (32 bytes) under ``info``."""
    return _SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(session_key), info=info)
