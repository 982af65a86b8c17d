"""Small signed messages: deterministic CBOR under one Ed25519 signature (COSE_Sign1).

    COSE_Sign1 = 18([ protected: {1: alg, 4: key id, 16: kind}, {}, payload, signature ])

Everything stands in the protected header; the unprotected one must be empty. The algorithm in the
message must be the one that the reader already knows for the key; it never chooses.
Source: [RFC9052]; the external data and the strictness are ours, [KONBINI 2.3, 2.6].
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from issuance.certificates.errors import (
    CodeHeaderError,
    CodeSignatureError,
    CodeStructureError,
)

EDDSA = -8
"""COSE algorithm number of Ed25519. Source: [RFC9052]."""

EXTERNAL_DATA = b"jp.example.risai/v1"
"""Signed along but not carried: a signature made for another purpose never fits."""

ALGORITHM_LABEL, KEY_ID_LABEL, KIND_LABEL = 1, 4, 16
SIGN1_TAG = 18
KEY_ID_BYTES = 8
MAX_DEPTH = 8
_MAX_KIND_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class UnverifiedMessage:
    """A message that has the right form; nobody has checked who signed it."""

    key_id: bytes
    algorithm: int
    protected: bytes
    payload: bytes
    signature: bytes


def encode(value: object) -> bytes:
    """Return the one deterministic encoding of a value."""
    return cbor2.dumps(value, canonical=True)


def decode_strictly(data: bytes) -> Any:
    """Return the value of deterministic CBOR; ``Any`` because its types are checked by the caller.

    Raises: CodeStructureError for anything that would not be encoded to the same bytes again.
    """
    try:
        value = cbor2.loads(
            data, allow_duplicate_keys=False, allow_indefinite=False, max_depth=MAX_DEPTH
        )
        again = encode(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise CodeStructureError("not CBOR") from error
    if again != data:
        raise CodeStructureError("not deterministic CBOR")
    return value


def key_id(public_key: Ed25519PublicKey) -> bytes:
    """Return the 8 bytes by which a key is called: the start of its SPKI's SHA-256."""
    spki = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(spki).digest()[:KEY_ID_BYTES]


def sign(payload: bytes, key: Ed25519PrivateKey, kind: str) -> bytes:
    """Return the signed message; the same input gives the same bytes."""
    header = {
        ALGORITHM_LABEL: EDDSA,
        KEY_ID_LABEL: key_id(key.public_key()),
        KIND_LABEL: kind,
    }
    protected = encode(header)
    signature = key.sign(_signed_bytes(protected, payload))
    return encode(cbor2.CBORTag(SIGN1_TAG, [protected, {}, payload, signature]))


def parse(data: bytes, kind: str) -> UnverifiedMessage:
    """Take a message apart without believing it.

    Raises: CodeStructureError, CodeHeaderError.
    """
    message = decode_strictly(data)
    if type(message) is not cbor2.CBORTag or message.tag != SIGN1_TAG:
        raise CodeStructureError("not a COSE_Sign1 message")
    match message.value:
        case [bytes(protected), {**unprotected}, bytes(payload), bytes(signature)]:
            pass
        case _:
            raise CodeStructureError("not the four parts of a COSE_Sign1 message")
    if unprotected:
        raise CodeHeaderError("the unprotected header is not empty")
    header = decode_strictly(protected)
    if not _has_our_labels(header) or header[KIND_LABEL] != kind:
        raise CodeHeaderError("not the three protected headers of this kind of message")
    return UnverifiedMessage(
        header[KEY_ID_LABEL], header[ALGORITHM_LABEL], protected, payload, signature
    )


def verify(message: UnverifiedMessage, public_key: Ed25519PublicKey) -> None:
    """Check that this key signed this message. Raises: CodeSignatureError."""
    signed = _signed_bytes(message.protected, message.payload)
    try:
        public_key.verify(message.signature, signed)
    except InvalidSignature as error:
        raise CodeSignatureError("the signature does not fit the text") from error


def _signed_bytes(protected: bytes, payload: bytes) -> bytes:
    return encode(["Signature1", protected, EXTERNAL_DATA, payload])


def _has_our_labels(header: Any) -> bool:
    match header:
        case {1: int(algorithm), 4: bytes(key), 16: str(kind), **others}:
            labels_are_integers = all(type(label) is int for label in header)
            return (
                not others
                and labels_are_integers
                and type(algorithm) is int
                and len(key) == KEY_ID_BYTES
                and len(kind) <= _MAX_KIND_CHARACTERS
            )
    return False
