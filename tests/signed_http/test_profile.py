"""Signed messages: only whole, fresh, single messages of known senders get through."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from http_message_signatures import HTTPMessageSigner, algorithms

from signed_http.errors import ResponseUnboundError
from signed_http.keys import KeyRing, SigningKey
from signed_http.profile import WireRequest, sign_request, wire_headers
from tests.signed_http.conftest import ORIGIN, Wire


def signed(wire: Wire, body: bytes = b"{}", *, path: str = "/v1/x") -> WireRequest:
    """Return a signed POST that nobody has sent yet."""
    request = WireRequest("POST", ORIGIN + path, wire_headers([("idempotency-key", "i")]), body)
    sign_request(request, wire.client_key, nonce="n", now=wire.clock.now())
    return request


def send(wire: Wire, request: WireRequest) -> httpx.Response:
    """Send the prepared request as it is."""
    return asyncio.run(
        wire.http.request(
            request.method,
            request.url,
            content=request.body,
            headers=dict(request.headers.items()),
        )
    )


def test_a_signed_message_arrives_with_its_sender(wire: Wire) -> None:
    answer = asyncio.run(wire.client().post("/v1/x", b'{"a":1}'))
    assert answer.content == b'{"a":1}'
    assert wire.inner.received == [("kiosk-1", b'{"a":1}')]


def test_get_needs_no_idempotency_key(wire: Wire) -> None:
    assert asyncio.run(wire.client().get("/v1/x?a=1")).content == b"open"


def test_an_open_path_needs_no_signature(wire: Wire) -> None:
    assert asyncio.run(wire.http.get(ORIGIN + "/docs")).content == b"open"


def refused_with(wire: Wire, request: WireRequest, name: str) -> None:
    before = list(wire.inner.received)
    answer = send(wire, request)
    assert (answer.status_code, answer.text) == (401, name)
    assert wire.inner.received == before, "a refused message reached the application"


def test_unsigned_message_is_refused(wire: Wire) -> None:
    request = WireRequest("POST", ORIGIN + "/v1/x", wire_headers(()), b"{}")
    refused_with(wire, request, "SignatureMissingError")


def test_changed_body_is_refused(wire: Wire) -> None:
    request = signed(wire)
    request.body = b'{"amount":0}'
    refused_with(wire, request, "SignatureRefusedError")


def test_changed_path_is_refused(wire: Wire) -> None:
    request = signed(wire)
    request.url = ORIGIN + "/v1/y"
    refused_with(wire, request, "SignatureRefusedError")


def test_changed_idempotency_key_is_refused(wire: Wire) -> None:
    request = signed(wire)
    request.headers["idempotency-key"] = "other"
    refused_with(wire, request, "SignatureRefusedError")


def test_missing_idempotency_key_is_refused(wire: Wire) -> None:
    request = signed(wire)
    del request.headers["idempotency-key"]
    refused_with(wire, request, "SignatureRefusedError")


def test_unknown_sender_is_refused(wire: Wire) -> None:
    wire.client_key = SigningKey.generate("stranger")
    refused_with(wire, signed(wire), "SignatureRefusedError")


def test_known_name_with_another_key_is_refused(wire: Wire) -> None:
    wire.client_key = SigningKey.generate("kiosk-1")
    refused_with(wire, signed(wire), "SignatureRefusedError")


@pytest.mark.parametrize("moved", [timedelta(seconds=36), timedelta(seconds=-6)])
def test_too_old_or_future_signature_is_refused(wire: Wire, moved: timedelta) -> None:
    request = signed(wire)
    wire.clock.forward(moved)
    refused_with(wire, request, "SignatureRefusedError")


@pytest.mark.parametrize("moved", [timedelta(seconds=35), timedelta(seconds=-5)])
def test_signature_within_age_and_skew_passes(wire: Wire, moved: timedelta) -> None:
    request = signed(wire)
    wire.clock.forward(moved)
    assert send(wire, request).status_code == 200


def test_replay_is_refused(wire: Wire) -> None:
    request = signed(wire)
    assert send(wire, request).status_code == 200
    refused_with(wire, request, "MessageReplayedError")


def test_forged_message_does_not_burn_a_nonce(wire: Wire) -> None:
    """A nonce is remembered only after the signature was found good."""
    forged = signed(wire)
    forged.body = b"[]"
    refused_with(wire, forged, "SignatureRefusedError")
    assert wire.nonces.seen == set()


def test_signature_that_covers_nothing_is_refused(wire: Wire) -> None:
    request = WireRequest("POST", ORIGIN + "/v1/x", wire_headers([("idempotency-key", "i")]), b"{}")
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519, key_resolver=KeyRing(own=wire.client_key)
    )
    signer.sign(
        request,
        key_id="kiosk-1",
        created=wire.clock.now(),
        nonce="n",
        label="risai",
        tag="risai-req",
        covered_component_ids=(),
    )
    refused_with(wire, request, "SignatureRefusedError")


def test_signature_without_nonce_is_refused(wire: Wire) -> None:
    request = WireRequest("POST", ORIGIN + "/v1/x", wire_headers([("idempotency-key", "i")]), b"{}")
    sign_request(request, wire.client_key, nonce="", now=wire.clock.now())
    refused_with(wire, request, "SignatureRefusedError")


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest"])
def test_garbage_in_a_signature_header_is_refused(wire: Wire, name: str) -> None:
    request = signed(wire)
    request.headers[name] = '"\\"=:,;'
    refused_with(wire, request, "SignatureRefusedError")


def test_body_over_the_limit_is_refused_unread(wire: Wire) -> None:
    refused_with(wire, signed(wire, b"x" * 1001), "BodyTooLargeError")


def test_streamed_body_over_the_limit_is_refused(wire: Wire) -> None:
    """A sender that announces no length is stopped as well."""

    async def stream() -> httpx.Response:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b"x" * 100

        return await wire.http.post(ORIGIN + "/v1/x", content=pieces())

    assert asyncio.run(stream()).text == "BodyTooLargeError"


def test_answer_signed_by_a_stranger_is_refused(wire: Wire) -> None:
    client = wire.client(server_keys={"gateway": SigningKey.generate("x").public_bytes})
    with pytest.raises(ResponseUnboundError):
        asyncio.run(client.post("/v1/x", b"{}"))


def test_unsigned_answer_is_refused(wire: Wire) -> None:
    with pytest.raises(ResponseUnboundError):
        asyncio.run(wire.client().get("/docs"))


def test_answers_to_identical_questions_cannot_change_places(wire: Wire) -> None:
    """The response to one request does not verify as the response to its twin."""
    swapped = _SwappingTransport(wire)
    wire.http = httpx.AsyncClient(transport=swapped)
    client = wire.client()

    async def twins() -> None:
        await client.post("/v1/x", b"{}", idempotency_key="a")
        swapped.keep_answering_with_the_first = True
        await client.post("/v1/x", b"{}", idempotency_key="a")

    with pytest.raises(ResponseUnboundError):
        asyncio.run(twins())


class _SwappingTransport(httpx.AsyncBaseTransport):
    """A cache on the way that hands out an earlier answer."""

    def __init__(self, wire: Wire) -> None:
        self._inner = httpx.ASGITransport(app=wire.app)
        self._first: httpx.Response | None = None
        self.keep_answering_with_the_first = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        whole = httpx.Response(response.status_code, headers=response.headers, content=body)
        self._first = self._first or whole
        return self._first if self.keep_answering_with_the_first else whole
