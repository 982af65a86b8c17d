"""COMPUTE DIGITAL SIGNATURE: what the card does with the data, by P1.

| P1 | data            | the card                                          |
|----|-----------------|---------------------------------------------------|
| 00 | 1–245 bytes     | signs them verbatim, PKCS#1 v1.5 type 1 padding   |
| 01 | 1–245 bytes     | hashes (SHA-256) and signs the bare hash          |
| 02 | 32-byte hash    | adds the DigestInfo                               |
| 03 | 1–245 bytes     | hashes and adds the DigestInfo                    |
| 04 | 32-byte hash    | PSS                                               |
| 05 | 1–245 bytes     | hashes, PSS                                       |

Source: [CARD 8.4].
"""

from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo, Prehashed

from cardsim.apdu import WRONG_LENGTH, WRONG_P1_P2

_KEY_BYTES = 256
_MAX_DATA_BYTES = _KEY_BYTES - 11
_SHA256 = Prehashed(hashes.SHA256())
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)


class SignatureRefusedError(ValueError):
    """The data cannot be signed so; carries the status word to answer."""

    def __init__(self, status_word: int) -> None:
        super().__init__(f"not signed, answered {status_word:04X}")
        self.status_word = status_word


def sign(key: RSAPrivateKey, p1: int, data: bytes) -> bytes:
    """Return the 256-byte signature over ``data`` in the manner that P1 asks for.

    Raises: SignatureRefusedError.
    """
    if p1 > 5:
        raise SignatureRefusedError(WRONG_P1_P2)
    if not 1 <= len(data) <= _MAX_DATA_BYTES or (p1 in (2, 4) and len(data) != 32):
        raise SignatureRefusedError(WRONG_LENGTH)
    if p1 == 0:
        return _sign_verbatim(key, data)
    digest = data if p1 in (2, 4) else sha256(data).digest()
    if p1 == 1:
        return _sign_verbatim(key, digest)
    if p1 in (2, 3):
        return key.sign(digest, padding.PKCS1v15(), _SHA256)
    return key.sign(digest, _PSS, _SHA256)


def _sign_verbatim(key: RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(data, padding.PKCS1v15(), NoDigestInfo())
