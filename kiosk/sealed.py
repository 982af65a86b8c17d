"""The one-time key of a session: it lives in memory only and opens what was sealed to it.

HPKE base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
Source: [RFC9180], [RISAI-PROTOCOL 2].
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from issuance.wire.recipes import catalogue_info, document_info
from kiosk.errors import IntegrityError

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class SessionKey:
    """A fresh X25519 key for one session."""

    def __init__(self) -> None:
        self._key: X25519PrivateKey | None = X25519PrivateKey.generate()
        self.public_bytes: bytes = self._key.public_key().public_bytes_raw()
        """Raw public key, 32 bytes."""

    def open_catalogue(self, sealed: bytes, *, session_id: str, bind: bytes) -> bytes:
        """Return the readable half of the catalogue (JSON, UTF-8). Raises: IntegrityError."""
        return self.open(sealed, catalogue_info(session_id=session_id, bind=bind))

    def open_document(
        self, sealed: bytes, *, session_id: str, order: bytes, bind: bytes, pdf_digest: bytes
    ) -> bytes:
        """Return the document that was sealed for this session, order and person.

        Raises: IntegrityError.
        """
        info = document_info(session_id=session_id, order=order, bind=bind, pdf_digest=pdf_digest)
        return self.open(sealed, info)

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return what was sealed to this key under ``info``.

        Raises: IntegrityError when it was meant for another session, order or person.
        """
        if self._key is None:
            raise IntegrityError("the session's key is gone")
        try:
            return _SUITE.decrypt(sealed, self._key, info=info)
        except InvalidTag as error:
            raise IntegrityError("not sealed to this session") from error

    def destroy(self) -> None:
        """Drop the private key; nothing sealed to it can be opened any more."""
        self._key = None
