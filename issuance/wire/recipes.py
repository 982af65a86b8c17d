"""The exact bytes behind every promise that binds person, order and document.

All three systems compute these; whoever differs by one byte is refused.
Every field is hashed before fields are joined, so no two different inputs give the same bytes.

    H(x)             = SHA-256(x), 32 bytes
    authentication = H("RISAI-AUTH-v1" ‖ H(origin) ‖ H(challenge) ‖ H(kiosk id) ‖ H(session key))
    bind           = H("RISAI-BIND-v1" ‖ H(session id) ‖ H(issuer key id) ‖ H(serial)
                       ‖ H(session key))
    order digest   = H("RISAI-ORDER-v1" ‖ deterministic CBOR of the order)
    document info  = "RISAI-SEAL-v1"      ‖ H(session id) ‖ order digest ‖ bind ‖ H(PDF)
    catalogue info = "RISAI-CATALOGUE-v1" ‖ H(session id) ‖ bind
    manifest msg   = "RISAI-MANIFEST-v1"  ‖ manifest bytes

The session key is the kiosk's one-time X25519 public key (32 bytes).
Text is UTF-8; a serial number is its big-endian bytes without leading zeros.
Source: [RISAI-PROTOCOL 2]; the origin and challenge under the signature follow [WEB-EID].
"""

from hashlib import sha256

import cbor2

AUTHENTICATION_LABEL = b"RISAI-AUTH-v1"
BIND_LABEL = b"RISAI-BIND-v1"
ORDER_LABEL = b"RISAI-ORDER-v1"
DOCUMENT_INFO_LABEL = b"RISAI-SEAL-v1"
CATALOGUE_INFO_LABEL = b"RISAI-CATALOGUE-v1"
MANIFEST_LABEL = b"RISAI-MANIFEST-v1"
DIGEST_BYTES = 32


def _hash(data: bytes) -> bytes:
    return sha256(data).digest()


def authentication_digest(
    *, origin: str, challenge: bytes, kiosk_id: str, session_key: bytes
) -> bytes:
    """Return the 32 bytes that the card signs (inside a SHA-256 DigestInfo)."""
    fields = (origin.encode(), challenge, kiosk_id.encode(), session_key)
    return _hash(AUTHENTICATION_LABEL + b"".join(_hash(field) for field in fields))


def serial_bytes(serial: int) -> bytes:
    """Return a certificate serial number as big-endian bytes without leading zeros."""
    return serial.to_bytes(max(1, (serial.bit_length() + 7) // 8), "big")


def binding(*, session_id: str, issuer_key_id: bytes, serial: int, session_key: bytes) -> bytes:
    """Return the 32 bytes that tie one card certificate to one session."""
    fields = (session_id.encode(), issuer_key_id, serial_bytes(serial), session_key)
    return _hash(BIND_LABEL + b"".join(_hash(field) for field in fields))


def order_digest(
    *,
    session_id: str,
    municipality_code: str,
    document_type: str,
    entry_id: str,
    copies: int,
    record_version: int,
) -> bytes:
    """Return the 32 bytes that name exactly one order."""
    order = [session_id, municipality_code, document_type, entry_id, copies, record_version]
    return _hash(ORDER_LABEL + cbor2.dumps(order, canonical=True))


def document_info(*, session_id: str, order: bytes, bind: bytes, pdf_digest: bytes) -> bytes:
    """Return the HPKE ``info`` under which one PDF is sealed.

    Raises: ValueError when a digest is not 32 bytes long.
    """
    _check_digests(order, bind, pdf_digest)
    return DOCUMENT_INFO_LABEL + _hash(session_id.encode()) + order + bind + pdf_digest


def catalogue_info(*, session_id: str, bind: bytes) -> bytes:
    """Return the HPKE ``info`` under which the catalogue's readable part is sealed.

    Raises: ValueError when the binding is not 32 bytes long.
    """
    _check_digests(bind)
    return CATALOGUE_INFO_LABEL + _hash(session_id.encode()) + bind


def _check_digests(*digests: bytes) -> None:
    if any(len(digest) != DIGEST_BYTES for digest in digests):
        raise ValueError("a digest is 32 bytes long")
