"""An HTTP client that signs every request and accepts only the answer bound to it."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

import httpx

from signed_http.errors import ResponseUnboundError
from signed_http.keys import KeyRing, SigningKey
from signed_http.profile import (
    IDEMPOTENCY_HEADER,
    WireRequest,
    WireResponse,
    sign_request,
    verify_response,
    wire_headers,
)

_SIGNATURE_HEADERS = ("content-digest", "signature-input", "signature")


class SignedClient:
    """Sends signed JSON requests to one server and refuses any answer that is not bound to them.

    ``server_keys`` are the raw Ed25519 public keys (32 bytes) that may sign answers, by key id.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        origin: str,
        key: SigningKey,
        server_keys: Mapping[str, bytes],
        now: Callable[[], datetime],
        make_nonce: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._http = http
        self._origin = origin.rstrip("/")
        self._key = key
        self._ring = KeyRing(known=server_keys)
        self._now = now
        self._make_nonce = make_nonce

    async def get(self, path: str) -> httpx.Response:
        """Ask for ``path``; the answer is verified before it is returned."""
        return await self._send("GET", path, b"", idempotency_key=None)

    async def post(
        self, path: str, body: bytes, *, idempotency_key: str | None = None
    ) -> httpx.Response:
        """Send ``body`` (JSON) once; the same ``idempotency_key`` makes a retry safe.

        Raises: ResponseUnboundError when the answer is not a signed answer to this request;
        httpx.TransportError when there is no answer.
        """
        key = idempotency_key if idempotency_key is not None else secrets.token_urlsafe(16)
        return await self._send("POST", path, body, idempotency_key=key)

    async def _send(
        self, method: str, path: str, body: bytes, *, idempotency_key: str | None
    ) -> httpx.Response:
        request = WireRequest(method, self._origin + path, wire_headers(()), body)
        if idempotency_key is not None:
            request.headers[IDEMPOTENCY_HEADER] = idempotency_key
            request.headers["content-type"] = "application/json"
        sign_request(request, self._key, nonce=self._make_nonce(), now=self._now())
        response = await self._http.request(
            method, request.url, content=body, headers=dict(request.headers.items())
        )
        self._verify(request, response)
        return response

    def _verify(self, request: WireRequest, response: httpx.Response) -> None:
        names = [name for name in _SIGNATURE_HEADERS if name in response.headers]
        if len(names) < len(_SIGNATURE_HEADERS):
            raise ResponseUnboundError("the response is not signed")
        answer = WireResponse(
            response.status_code,
            wire_headers((name, response.headers[name]) for name in names),
            response.content,
            request,
        )
        verify_response(answer, self._ring, now=self._now())
