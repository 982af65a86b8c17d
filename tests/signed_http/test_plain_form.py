"""The plain spelling and the library read the same messages, and refuse the same ones."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageVerifier, algorithms
from hypothesis import given
from hypothesis import strategies as st

from signed_http.errors import SignatureRefusedError, SignedHttpError
from signed_http.keys import KeyRing, SigningKey
from signed_http.plain_form import PlainSignature, answer_lines, read, request_lines
from signed_http.profile import (
    REQUEST_TAG,
    RESPONSE_TAG,
    WireRequest,
    WireResponse,
    sign_request,
    sign_response,
    verify_request,
    verify_response,
    wire_headers,
)
from tests.signed_http.conftest import ORIGIN, Wire

NOW = datetime.now(UTC).replace(microsecond=0)
"""The library has no clock of ours to read; everything is signed and read at this moment."""
KEY = SigningKey.generate("kiosk-1")
RING = KeyRing(known={"kiosk-1": KEY.public_bytes})


def request(method: str = "POST", path: str = "/v1/sessions/abc/quote") -> WireRequest:
    headers = wire_headers([("idempotency-key", "key-1")] if method == "POST" else [])
    made = WireRequest(method, ORIGIN + path, headers, b'{"copies":1}')
    sign_request(made, KEY, nonce="nonce-1", now=NOW)
    return made


def answer(asked: WireRequest) -> WireResponse:
    made = WireResponse(200, wire_headers(()), b'{"total":10}', asked)
    sign_response(made, KEY, now=NOW)
    return made


def plain(message: WireRequest | WireResponse) -> PlainSignature | None:
    if isinstance(message, WireRequest):
        covered = request_lines(message.method, message.url, message.headers)
        return read(covered, message.headers, message.body, tag=REQUEST_TAG)
    covered = answer_lines(message.status_code, message.headers, message.request.headers)
    return read(covered, message.headers, message.body, tag=RESPONSE_TAG)


def library_accepts(message: WireRequest | WireResponse) -> bool:
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=RING)
    tag = REQUEST_TAG if isinstance(message, WireRequest) else RESPONSE_TAG
    components: tuple[str, ...] = (
        ("@method", "@target-uri", "content-digest")
        if isinstance(message, WireRequest)
        else ("@status", "content-digest", '"signature";key="risai";req')
    )
    if isinstance(message, WireRequest) and message.method != "GET":
        components = (*components, "idempotency-key")
    try:
        verifier.verify(
            message,
            expect_tag=tag,
            expect_label="risai",
            require_components=components,
            body=message.body,
            max_age=None,
        )
    except HTTPMessageSignaturesException:
        return False
    return True


def we_accept(message: WireRequest | WireResponse) -> bool:
    try:
        if isinstance(message, WireRequest):
            verify_request(message, RING, now=NOW)
        else:
            verify_response(message, RING, now=NOW)
    except SignedHttpError:
        return False
    return True


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_we_write_is_plain_and_the_library_reads_it(method: str) -> None:
    made = WireRequest(
        method, ORIGIN + "/v1/service", wire_headers([("idempotency-key", "k")]), b"{}"
    )
    sign_request(made, KEY, nonce="n", now=NOW)
    assert plain(made) is not None
    assert library_accepts(made)
    assert we_accept(made)
    assert plain(answer(made)) is not None
    assert library_accepts(answer(made))


@pytest.mark.parametrize(
    ("path", "nonce"), [("/v1/x?a=1", "n"), ("/v1/%E8%A6%8B", "n"), ("/v1/x", 'n"o')]
)
def test_what_has_no_plain_spelling_is_written_and_read_by_the_library(
    path: str, nonce: str
) -> None:
    made = WireRequest("POST", ORIGIN + path, wire_headers([("idempotency-key", "k")]), b"{}")
    sign_request(made, KEY, nonce=nonce, now=NOW)
    assert plain(made) is None
    assert verify_request(made, RING, now=NOW).nonce == nonce


@given(
    place=st.sampled_from(["signature", "signature-input", "content-digest", "idempotency-key"]),
    at=st.integers(min_value=0),
    put=st.characters(min_codepoint=32, max_codepoint=126) | st.just(""),
    how=st.sampled_from(["replace", "insert"]),
)
def test_a_changed_request_is_never_let_through_where_the_library_refuses(
    place: str, at: int, put: str, how: str
) -> None:
    made = request()
    value = made.headers[place]
    at %= len(value)
    made.headers[place] = value[:at] + put + value[at + (how == "replace") :]
    if made.headers[place] == value:
        return
    assert not (we_accept(made) and not library_accepts(made))
    if plain(made) is not None:
        # Read without detours: the two must agree in both directions.
        assert we_accept(made) == library_accepts(made)


@given(
    place=st.sampled_from(["signature", "signature-input", "content-digest"]),
    at=st.integers(min_value=0),
    put=st.characters(min_codepoint=32, max_codepoint=126),
)
def test_a_changed_answer_is_never_let_through_where_the_library_refuses(
    place: str, at: int, put: str
) -> None:
    made = answer(request())
    value = made.headers[place]
    at %= len(value)
    made.headers[place] = value[:at] + put + value[at + 1 :]
    assert not (we_accept(made) and not library_accepts(made))


@pytest.mark.parametrize(
    "change",
    [
        lambda made: setattr(made, "method", "PUT"),
        lambda made: setattr(made, "url", made.url + "x"),
        lambda made: setattr(made, "body", b"{}"),
        lambda made: made.headers.__setitem__("idempotency-key", "key-2"),
        lambda made: made.headers.__delitem__("idempotency-key"),
    ],
    ids=["method", "target", "body", "key", "no key"],
)
def test_every_covered_part_is_checked(change: Callable[[WireRequest], None]) -> None:
    made = request()
    change(made)
    assert not we_accept(made)
    assert not library_accepts(made)


def test_an_answer_to_another_request_is_refused() -> None:
    made = answer(request())
    other = request()
    made.request = WireRequest(other.method, other.url, other.headers, other.body)
    assert we_accept(made), "the same question has the same signature"
    stranger = request(path="/v1/sessions/abd/quote")
    made.request = stranger
    assert not we_accept(made)


def test_two_lines_of_one_header_cannot_be_told_apart_by_their_readers(wire: Wire) -> None:
    """The signature would cover the one and the application read the other."""
    made = WireRequest("POST", ORIGIN + "/v1/x", wire_headers([("idempotency-key", "mine")]), b"{}")
    sign_request(made, wire.client_key, nonce="n", now=wire.clock.now())
    lines = [("idempotency-key", "yours"), *made.headers.items()]
    response = asyncio.run(wire.http.post(made.url, content=made.body, headers=lines))
    assert response.text == SignatureRefusedError.__name__
    assert wire.inner.received == []
