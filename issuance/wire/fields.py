"""Field types of the wire bodies: bytes as text, ids, codes; everything bounded."""

import base64
import binascii
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer


def _decode(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64") from error


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


Bytes = Annotated[
    bytes,
    BeforeValidator(_decode),
    PlainSerializer(_encode, return_type=str, when_used="json"),
]
"""Bytes that travel as base64 (RFC 4648 section 4, padded)."""

Digest = Annotated[Bytes, Field(min_length=32, max_length=32)]
"""A SHA-256 digest, or any other 32 bytes."""

SessionId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""128 random bits in lower-case hexadecimal."""

MunicipalityCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
"""全国地方公共団体コード with its check digit."""

OpaqueId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A random reference that means something to its maker only."""


class WireBody(BaseModel):
    """A body on the wire: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=4096)
