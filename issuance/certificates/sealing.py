"""Seals a document to one kiosk session, so that nobody in between can read it.

The sealed bytes open only with the private half of the session's one-time key and only under the
same ``info``, which names session, order, person and document. Source: [RFC9180] base mode.
"""

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
PUBLIC_KEY_BYTES = 32


def seal(plaintext: bytes, public_key: bytes, info: bytes) -> bytes:
    """Return enc ‖ ciphertext for the holder of an X25519 key (32 bytes).

    The seal does not say who made it; the signed manifest does.
    Raises: ValueError when the key is not 32 bytes long or is a point nobody can use.
    """
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise ValueError("a session key is 32 bytes long")
    return SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public_key), info=info)
