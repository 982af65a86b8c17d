"""COSE_Sign1 with Ed25519, strict: one form to write, and nothing but that form is read.

    tag 18 [ protected {1: -8, 4: key id, 16: type}, {}, payload, signature ]

The unprotected header is empty; the algorithm comes from the trust list, never from the message.
Source: [RFC9052], [HCERT].
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from issuance.errors import CodeError

EDDSA = -8
_DOMAIN = b"jp.example.risai/v1"
_SIGN1_TAG = 18
_MAX_DEPTH = 8


class NotReadableError(CodeError):
    """The bytes are not of our form."""


class UnknownKeyError(CodeError):
    """No key is known under the message's key id."""


class ForgedError(CodeError):
    """The signature does not cover these bytes."""


@dataclass(frozen=True, slots=True)
class CodeSigner:
    """The key that signs codes and lists; its id is the start of its public key's digest."""

    private_key: Ed25519PrivateKey

    @property
    def key_id(self) -> bytes:
        """First 8 bytes of the SHA-256 of the raw public key."""
        return key_id_of(self.private_key.public_key().public_bytes_raw())


def key_id_of(public_key: bytes) -> bytes:
    """Return the key id of a raw Ed25519 public key."""
    return sha256(public_key).digest()[:8]


def encode(value: Any) -> bytes:
    """Return deterministic CBOR."""
    return cbor2.dumps(value, canonical=True)


def decode(raw: bytes) -> Any:
    """Return the value of deterministic CBOR. Raises: NotReadableError for any other bytes."""
    try:
        value = cbor2.loads(
            raw, allow_duplicate_keys=False, allow_indefinite=False, max_depth=_MAX_DEPTH
        )
        again = encode(value)
    except (cbor2.CBORError, ValueError, TypeError, RecursionError) as error:
        raise NotReadableError("not CBOR") from error
    if again != raw:
        raise NotReadableError("not deterministic CBOR")
    return value


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return encode(["Signature1", protected, _DOMAIN, payload])


def sign(payload: bytes, signer: CodeSigner, *, content_type: str) -> bytes:
    """Return the signed message over ``payload``."""
    protected = encode({1: EDDSA, 4: signer.key_id, 16: content_type})
    signature = signer.private_key.sign(_to_be_signed(protected, payload))
    return encode(cbor2.CBORTag(_SIGN1_TAG, [protected, {}, payload, signature]))


@dataclass(frozen=True, slots=True)
class UnverifiedMessage:
    """A message of the right form whose signature nobody has checked yet."""

    key_id: bytes
    payload: bytes
    signature: bytes
    to_be_signed: bytes

    def verify(self, find_key: Callable[[bytes], bytes | None]) -> bytes:
        """Return the payload once the key that ``find_key`` gives for the key id verifies it.

        Raises: UnknownKeyError, ForgedError.
        """
        public_key = find_key(self.key_id)
        if public_key is None:
            raise UnknownKeyError("the key is in no trust list")
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, self.to_be_signed)
        except InvalidSignature as error:
            raise ForgedError("the signature does not fit") from error
        return self.payload


def parse(message: bytes, *, content_type: str) -> UnverifiedMessage:
    """Return the parts of a message of our form. Raises: NotReadableError."""
    outer = decode(message)
    if not isinstance(outer, cbor2.CBORTag) or outer.tag != _SIGN1_TAG:
        raise NotReadableError("not a COSE_Sign1")
    parts = outer.value
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise NotReadableError("not four parts")
    protected, unprotected, payload, signature = parts
    if unprotected != {} or not all(isinstance(p, bytes) for p in (protected, payload, signature)):
        raise NotReadableError("parts of the wrong type")
    headers = decode(protected)
    if not isinstance(headers, dict) or set(headers) != {1, 4, 16}:
        raise NotReadableError("headers missing or too many")
    if headers[1] != EDDSA or headers[16] != content_type or not isinstance(headers[4], bytes):
        raise NotReadableError("headers of another kind")
    return UnverifiedMessage(headers[4], payload, signature, _to_be_signed(protected, payload))
