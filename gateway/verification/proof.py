"""Step 9: the card's signature, made for this session and nothing else."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.verification.errors import CardSignatureError, UnsupportedKeyError
from gateway.verification.parsing import PARSE_ERRORS

CARD_KEY_BITS = 2048
CARD_KEY_EXPONENT = 65537
"""Both from the published certificates. Source: [JPKI-PROFILE]."""

_DIGEST_GIVEN = Prehashed(SHA256())


def check_card_signature(certificate: x509.Certificate, signature: bytes, digest: bytes) -> None:
    """Step 9: the certificate's key signed ``digest`` (32 bytes) with PKCS#1 v1.5 and SHA-256.

    The card is given DigestInfo(SHA-256, digest) and signs it verbatim, so the digest is compared
    as it is and not hashed again.
    Raises: UnsupportedKeyError, CardSignatureError. Source: [PKCS1 8.2], [RISAI-PROTOCOL 2].
    """
    try:
        _card_key(certificate).verify(signature, digest, PKCS1v15(), _DIGEST_GIVEN)
    except InvalidSignature as cause:
        raise CardSignatureError("the card did not sign for this session") from cause


def _card_key(certificate: x509.Certificate) -> RSAPublicKey:
    try:
        key = certificate.public_key()
    except PARSE_ERRORS as cause:
        raise UnsupportedKeyError("the certificate's key cannot be read") from cause
    if not isinstance(key, RSAPublicKey) or key.key_size != CARD_KEY_BITS:
        raise UnsupportedKeyError("the certificate's key is not RSA with 2048 bits")
    if key.public_numbers().e != CARD_KEY_EXPONENT:
        raise UnsupportedKeyError("the certificate's key has an unusual exponent")
    return key
