"""The profile of signed messages: what every request and every response must cover.

One mechanism for kiosks, for the gateway towards a municipality, and for other integrators:
RFC 9421 signatures with Ed25519 over RFC 9530 content digests.

A response covers its request's method, target, body digest and *signature*, so the answers to two
byte-identical requests cannot change places.

Source: [RFC9421], [RFC9530].
Assumption: the age limit and the clock skew are ours.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature as UnfitSignature
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.structures import (
    CaseInsensitiveDict,
    PreparedSignature,
    VerifyResult,
)

from signed_http.errors import (
    ResponseUnboundError,
    SignatureMissingError,
    SignatureRefusedError,
)
from signed_http.keys import KeyRing, SigningKey
from signed_http.plain_form import (
    LABEL,
    PlainSignature,
    answer_lines,
    content_digest,
    read,
    request_lines,
    signature_base,
    write_params,
)

REQUEST_TAG = "risai-req"
RESPONSE_TAG = "risai-res"
MAX_AGE = timedelta(seconds=30)
"""Older signatures are refused; a nonce must be remembered at least this long plus the skew."""
CLOCK_SKEW = timedelta(seconds=5)
IDEMPOTENCY_HEADER = "idempotency-key"
_SIGNER = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
"""Prepares what is signed; it holds no key."""

_REQUEST_COMPONENTS = ("@method", "@target-uri", "content-digest")
_RESPONSE_COMPONENTS = ("@status", "content-digest", f'"signature";key="{LABEL}";req')
"""The request's signature stands for all of it: method, target, digest, idempotency key, nonce."""


@dataclass(slots=True)
class WireRequest:
    """A request as the signature sees it."""

    method: str
    url: str
    headers: Any
    """A mapping that is looked up without regard to case (:func:`wire_headers`)."""
    body: bytes


@dataclass(slots=True)
class WireResponse:
    """A response as the signature sees it, with the request it answers."""

    status_code: int
    headers: Any
    """A mapping that is looked up without regard to case (:func:`wire_headers`)."""
    body: bytes
    request: WireRequest


@dataclass(frozen=True, slots=True)
class VerifiedSender:
    """Who signed a request, and the nonce that makes it single."""

    key_id: str
    nonce: str


def wire_headers(headers: Iterable[tuple[str, str]]) -> Any:
    """Return ``headers`` as the library wants them: looked up without regard to case."""
    found: Any = CaseInsensitiveDict  # The library's class is untyped.
    return found(headers)


def _request_components(request: WireRequest) -> tuple[str, ...]:
    if request.method == "GET":
        return _REQUEST_COMPONENTS
    return (*_REQUEST_COMPONENTS, IDEMPOTENCY_HEADER)


def sign_request(request: WireRequest, key: SigningKey, *, nonce: str, now: datetime) -> None:
    """Add Content-Digest, Signature-Input and Signature to ``request``'s headers."""
    request.headers["Content-Digest"] = content_digest(request.body)
    covered = request_lines(request.method, request.url, request.headers)
    if _signed_plainly(request.headers, covered, key, nonce=nonce, tag=REQUEST_TAG, now=now):
        return
    prepared = _SIGNER.prepare(
        request,
        key_id=key.key_id,
        created=now,
        nonce=nonce,
        label=LABEL,
        tag=REQUEST_TAG,
        covered_component_ids=_request_components(request),
        body=request.body,
        use_existing_digest=True,
    )
    _put_signature(request.headers, prepared, key)


def _signed_plainly(
    headers: Any,
    covered: tuple[str, list[str]] | None,
    key: SigningKey,
    *,
    nonce: str | None,
    tag: str,
    now: datetime,
) -> bool:
    """Sign in the plain spelling; say whether the message has one."""
    if covered is None:
        return False
    components, lines = covered
    params = write_params(components, key_id=key.key_id, nonce=nonce, tag=tag, now=now)
    if params is None:
        return False
    signature = base64.b64encode(key.private_key.sign(signature_base(lines, params))).decode()
    headers["Signature-Input"] = f"{LABEL}={params}"
    headers["Signature"] = f"{LABEL}=:{signature}:"
    return True


def _put_signature(headers: Any, prepared: PreparedSignature, key: SigningKey) -> None:
    """Sign what the library prepared. Its own ``apply`` would resolve every component again."""
    signature = base64.b64encode(key.private_key.sign(prepared.signature_base)).decode()
    headers["Signature-Input"] = f"{prepared.label}={prepared.signature_params}"
    headers["Signature"] = f"{prepared.label}=:{signature}:"


def verify_request(request: WireRequest, ring: KeyRing, *, now: datetime) -> VerifiedSender:
    """Return who signed ``request``; the caller still has to refuse a nonce it knows.

    Raises: SignatureMissingError, SignatureRefusedError.
    """
    if "signature" not in request.headers or "signature-input" not in request.headers:
        raise SignatureMissingError("the request is not signed")
    for name in _request_components(request):
        if not name.startswith("@") and name not in request.headers:
            raise SignatureRefusedError(f"the header {name} is missing")
    covered = request_lines(request.method, request.url, request.headers)
    plain = read(covered, request.headers, request.body, tag=REQUEST_TAG)
    if plain is not None and plain.nonce is not None:
        _check_plain(plain, ring, now)
        return VerifiedSender(plain.key_id, plain.nonce)
    result = _verify(
        request, ring, tag=REQUEST_TAG, components=_request_components(request), now=now
    )
    nonce = result.parameters.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise SignatureRefusedError("the signature has no nonce")
    return VerifiedSender(str(result.parameters["keyid"]), nonce)


def sign_response(response: WireResponse, key: SigningKey, *, now: datetime) -> None:
    """Add a signature to ``response`` that binds it to the request it answers."""
    response.headers["Content-Digest"] = content_digest(response.body)
    covered = answer_lines(response.status_code, response.headers, response.request.headers)
    if _signed_plainly(response.headers, covered, key, nonce=None, tag=RESPONSE_TAG, now=now):
        return
    prepared = _SIGNER.prepare(
        response,
        key_id=key.key_id,
        created=now,
        label=LABEL,
        tag=RESPONSE_TAG,
        covered_component_ids=_RESPONSE_COMPONENTS,
        body=response.body,
        use_existing_digest=True,
    )
    _put_signature(response.headers, prepared, key)


def verify_response(response: WireResponse, ring: KeyRing, *, now: datetime) -> str:
    """Return the id of the key that signed ``response`` as the answer to its request.

    Raises: ResponseUnboundError when it is not that answer, for whatever reason.
    """
    if "signature" not in response.headers or "content-digest" not in response.headers:
        raise ResponseUnboundError("the response is not signed")
    covered = answer_lines(response.status_code, response.headers, response.request.headers)
    plain = read(covered, response.headers, response.body, tag=RESPONSE_TAG)
    try:
        if plain is not None and plain.nonce is None:
            _check_plain(plain, ring, now)
            return plain.key_id
        result = _verify(response, ring, tag=RESPONSE_TAG, components=_RESPONSE_COMPONENTS, now=now)
    except SignatureRefusedError as error:
        raise ResponseUnboundError(str(error)) from error
    return str(result.parameters["keyid"])


def _check_plain(plain: PlainSignature, ring: KeyRing, now: datetime) -> None:
    """Check age, key, signature and digest. Raises: SignatureRefusedError."""
    try:
        _check_age(plain.created, now)
        ring.resolve_public_key(plain.key_id).verify(plain.signature, plain.base)
    except (InvalidSignature, KeyError, UnfitSignature) as error:
        raise SignatureRefusedError("the signature does not fit the message") from error
    if not plain.body_fits:
        raise SignatureRefusedError("the digest is not that of the body")


def _check_age(created: int, now: datetime) -> None:
    """Refuse a signature made in the future or too long ago. Raises: InvalidSignature."""
    age_s = now.timestamp() - created
    if age_s < -CLOCK_SKEW.total_seconds():
        raise InvalidSignature("the signature was made in the future")
    if age_s > (MAX_AGE + CLOCK_SKEW).total_seconds():
        raise InvalidSignature("the signature is too old")


class _Verifier(HTTPMessageVerifier):
    """The library's verifier with the moment of checking as an argument."""

    def __init__(self, ring: KeyRing, now: datetime) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=ring)
        self._now = now

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Refuse a signature made in the future or longer ago than ``MAX_AGE``."""
        created = sig_input.params.get("created")
        if type(created) is not int:
            raise InvalidSignature("the signature does not say when it was made")
        _check_age(created, self._now)


def _verify(
    message: WireRequest | WireResponse,
    ring: KeyRing,
    *,
    tag: str,
    components: tuple[str, ...],
    now: datetime,
) -> VerifyResult:
    try:
        results: list[VerifyResult] = _Verifier(ring, now).verify(
            message,
            expect_tag=tag,
            expect_label=LABEL,
            require_components=components,
            body=message.body,
        )
    except HTTPMessageSignaturesException as error:
        raise SignatureRefusedError("the signature does not fit the message") from error
    if len(results) != 1:
        raise SignatureRefusedError("exactly one signature of the profile is expected")
    return results[0]
