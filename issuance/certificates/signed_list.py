"""What trust list and revocation list have in common: one signer, whole seconds, strict form."""

from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from issuance.certificates import cose
from issuance.certificates.errors import (
    CodeHeaderError,
    CodeSignatureError,
    CodeStructureError,
    ListSignatureError,
    MalformedListError,
)

LATEST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z, the last moment that a date can hold."""


def open_list(data: bytes, anchor: Ed25519PublicKey, kind: str) -> Any:
    """Return the payload of a list that the anchor signed; its fields are not checked yet.

    Raises: MalformedListError, ListSignatureError.
    """
    try:
        message = cose.parse(data, kind)
    except (CodeStructureError, CodeHeaderError) as error:
        raise MalformedListError("not a signed list of this kind") from error
    if message.key_id != cose.key_id(anchor) or message.algorithm != cose.EDDSA:
        raise ListSignatureError("the list names another signer than the trust anchor")
    try:
        cose.verify(message, anchor)
    except CodeSignatureError as error:
        raise ListSignatureError("the trust anchor did not sign this list") from error
    try:
        return cose.decode_strictly(message.payload)
    except CodeStructureError as error:
        raise MalformedListError("the list is signed but not deterministic CBOR") from error


def write_moment(moment: datetime) -> int:
    """Return whole seconds since 1970."""
    return int(moment.timestamp())


def read_moment(seconds: object) -> datetime:
    """Return the moment of whole seconds since 1970. Raises: MalformedListError."""
    if type(seconds) is not int or not 0 <= seconds <= LATEST_SECOND:
        raise MalformedListError("a moment is not in whole seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)
