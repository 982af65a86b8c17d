"""Who signs with which key: a signing key with its id, and a ring of known public keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPSignatureKeyResolver


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key under the id by which the other side knows it."""

    key_id: str
    private_key: Ed25519PrivateKey

    @classmethod
    def generate(cls, key_id: str) -> "SigningKey":
        """Return a fresh key under ``key_id``."""
        return cls(key_id, Ed25519PrivateKey.generate())

    @property
    def public_bytes(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.private_key.public_key().public_bytes_raw()


class KeyRing(HTTPSignatureKeyResolver):
    """The keys a side signs with and the public keys of those it listens to."""

    def __init__(
        self, *, own: SigningKey | None = None, known: Mapping[str, bytes] | None = None
    ) -> None:
        self._own = own
        self._known = {
            key_id: Ed25519PublicKey.from_public_bytes(raw) for key_id, raw in (known or {}).items()
        }

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        """Return our own key; KeyError when asked for another's."""
        if self._own is None or self._own.key_id != key_id:
            raise KeyError(key_id)
        return self._own.private_key

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        """Return the public key known under ``key_id``; KeyError when unknown."""
        return self._known[key_id]
