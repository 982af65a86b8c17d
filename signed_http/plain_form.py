"""The one spelling in which our own programs write signatures, written and read without detours.

RFC 9421 lets the same signature be spelled in many ways; a message in any other spelling goes to
the library. Reading this one with a single expression takes a fifth of the time, and eleven signed
exchanges make a sheet. The tests hold both readings together, message by message.

    Content-Digest:   sha-256=:<44 characters>:
    Signature-Input:  risai=(<components>);created=<s>;keyid="…";alg="ed25519"[;nonce="…"];tag="…"
    Signature:        risai=:<88 characters>:

Source: [RFC9421 2.5, 3], [RFC9530 2].
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

LABEL = "risai"
_WORD = r"[!#-\[\]-~]{1,200}"
"""Characters of a quoted string that need no escape, and no space."""
_URL = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?/[A-Za-z0-9._~/-]*")
_METHOD = re.compile(r"[A-Z]{1,10}")
_VALUE = re.compile(r"[!-~]{1,200}")
_DIGEST = re.compile(r"sha-256=:[A-Za-z0-9+/]{43}=:")
_SIGNATURE = re.compile(rf"{LABEL}=(:[A-Za-z0-9+/]{{86}}==:)")
_INPUT = re.compile(
    rf"{LABEL}=(?P<params>(?P<components>\([^()]*\));created=(?P<created>[0-9]{{1,12}})"
    rf';keyid="(?P<key_id>{_WORD})";alg="ed25519"(?:;nonce="(?P<nonce>{_WORD})")?'
    r';tag="(?P<tag>[a-z-]{1,30})")'
)
_GET_COMPONENTS = '("@method" "@target-uri" "content-digest")'
_COMPONENTS = '("@method" "@target-uri" "content-digest" "idempotency-key")'
_ANSWER_COMPONENTS = f'("@status" "content-digest" "signature";key="{LABEL}";req)'


@dataclass(frozen=True, slots=True)
class PlainSignature:
    """A signature as it was read; nothing of it is checked but the digest of the body."""

    key_id: str
    nonce: str | None
    created: int
    """Seconds since 1970."""
    base: bytes
    """What was signed."""
    signature: bytes
    """64 bytes, Ed25519."""
    body_fits: bool
    """Whether the digest that is covered is that of the body."""


def content_digest(body: bytes) -> str:
    """Return the Content-Digest of a body."""
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


def request_lines(method: str, url: str, headers: Any) -> tuple[str, list[str]] | None:
    """Return covered components and their lines; None when something has no plain spelling."""
    digest, key = headers.get("content-digest"), headers.get("idempotency-key")
    if not (_METHOD.fullmatch(method) and _URL.fullmatch(url) and _fits(_DIGEST, digest)):
        return None
    lines = [f'"@method": {method}', f'"@target-uri": {url}', f'"content-digest": {digest}']
    if method == "GET":
        return _GET_COMPONENTS, lines
    if not _fits(_VALUE, key):
        return None
    return _COMPONENTS, [*lines, f'"idempotency-key": {key}']


def answer_lines(status: int, headers: Any, asked: Any) -> tuple[str, list[str]] | None:
    """Return the same for an answer; ``asked`` are the headers of its request."""
    digest, signature = headers.get("content-digest"), _signature_of(asked)
    if not _fits(_DIGEST, digest) or signature is None:
        return None
    covered = f'"signature";key="{LABEL}";req: {signature}'
    return _ANSWER_COMPONENTS, [f'"@status": {status}', f'"content-digest": {digest}', covered]


def write_params(
    components: str, *, key_id: str, nonce: str | None, tag: str, now: datetime
) -> str | None:
    """Return the signature's parameters; None when they have no plain spelling."""
    said = f';nonce="{nonce}"' if nonce is not None else ""
    created = int(now.timestamp())
    params = f'{components};created={created};keyid="{key_id}";alg="ed25519"{said};tag="{tag}"'
    return params if _INPUT.fullmatch(f"{LABEL}={params}") else None


def signature_base(lines: Iterable[str], params: str) -> bytes:
    """Return what is signed."""
    return "\n".join((*lines, f'"@signature-params": {params}')).encode("ascii")


def read(
    covered: tuple[str, list[str]] | None, headers: Any, body: bytes, *, tag: str
) -> PlainSignature | None:
    """Return the signature over ``covered``; None when it is spelled in another way."""
    spelled, signature = headers.get("signature-input"), _signature_of(headers)
    found = _INPUT.fullmatch(spelled) if isinstance(spelled, str) else None
    if covered is None or found is None or signature is None:
        return None
    components, lines = covered
    if found["components"] != components or found["tag"] != tag:
        return None
    return PlainSignature(
        key_id=found["key_id"],
        nonce=found["nonce"],
        created=int(found["created"]),
        base=signature_base(lines, found["params"]),
        signature=b64decode(signature[1:-1], validate=True),
        body_fits=headers["content-digest"] == content_digest(body),
    )


def _signature_of(headers: Any) -> str | None:
    value = headers.get("signature")
    found = _SIGNATURE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def _fits(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
