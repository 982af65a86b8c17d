"""The server's side as ASGI middleware: verify, refuse replays, answer with a bound signature.

Inside the application ``scope["state"]["sender_key_id"]`` names the proved sender.
"""

import contextlib
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from http_message_signatures import HTTPMessageSignaturesException

from signed_http.errors import BodyTooLargeError, SignedHttpError
from signed_http.keys import KeyRing, SigningKey
from signed_http.profile import (
    VerifiedSender,
    WireRequest,
    WireResponse,
    sign_response,
    verify_request,
    wire_headers,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_SIGNED_HEADERS = frozenset({"content-digest", "signature-input", "signature", "idempotency-key"})


class NonceStore(Protocol):
    """Remembers signed messages for as long as their signatures are accepted."""

    async def remember(self, sender: VerifiedSender, now: datetime) -> None:
        """Record the nonce durably. Raises: MessageReplayedError when it was there before."""


class KeyDirectory(Protocol):
    """Knows today's keys of those who may speak to this server."""

    def ring(self) -> KeyRing:
        """Return the ring of keys that are accepted at this moment."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a message that the profile does not let through."""

    status: int
    content_type: str
    body: bytes


class SignedMessages:
    """Middleware that lets only signed, fresh, single messages reach the application."""

    def __init__(
        self,
        app: App,
        *,
        origin: str,
        key: SigningKey,
        keys: KeyDirectory,
        nonces: NonceStore,
        now: Callable[[], datetime],
        refuse: Callable[[SignedHttpError], Refusal],
        open_paths: Collection[str] = (),
        max_body_bytes: int = 64 * 1024,
    ) -> None:
        self._app = app
        self._origin = origin.rstrip("/")
        self._key = key
        self._keys = keys
        self._nonces = nonces
        self._now = now
        self._refuse = refuse
        self._open_paths = frozenset(open_paths)
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; lifespan events and open paths pass untouched."""
        if scope["type"] != "http" or scope["path"] in self._open_paths:
            await self._app(scope, receive, send)
            return
        answer = _Answer()
        request = self._request_line(scope)
        try:
            request.body = await self._read_body(scope, receive)
            sender = verify_request(request, self._keys.ring(), now=self._now())
            await self._nonces.remember(sender, self._now())
        except SignedHttpError as error:
            answer.refuse(self._refuse(error))
        else:
            scope.setdefault("state", {})["sender_key_id"] = sender.key_id
            await self._app(scope, _replay_body(request.body), answer.collect)
        await answer.send_signed(send, request, self._key, now=self._now())

    def _request_line(self, scope: Scope) -> WireRequest:
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope.get("query_string", b"")
        target = path.split(b"?")[0] + (b"?" + query if query else b"")
        headers = wire_headers(())
        for raw_name, raw_value in scope["headers"]:
            name = raw_name.decode("latin-1").lower()
            if name in _SIGNED_HEADERS:
                # Two lines of one name are joined, so that no reader can pick another one.
                value = raw_value.decode("latin-1")
                headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return WireRequest(scope["method"], self._origin + target.decode("latin-1"), headers, b"")

    async def _read_body(self, scope: Scope, receive: Receive) -> bytes:
        for name, value in scope["headers"]:
            announced = value if name.lower() == b"content-length" and value.isdigit() else b"0"
            if int(announced) > self._max_body_bytes:
                raise BodyTooLargeError(f"at most {self._max_body_bytes} bytes are read")
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self._max_body_bytes:
                raise BodyTooLargeError(f"at most {self._max_body_bytes} bytes are read")
            if not message.get("more_body", False):
                return bytes(body)


def _replay_body(body: bytes) -> Receive:
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return pending.pop() if pending else {"type": "http.disconnect"}

    return receive


class _Answer:
    """A response held back until it can be signed as a whole."""

    def __init__(self) -> None:
        self._status = 500
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()

    def refuse(self, refusal: Refusal) -> None:
        self._status = refusal.status
        self._headers = [
            (b"content-type", refusal.content_type.encode()),
            (b"content-length", str(len(refusal.body)).encode()),
        ]
        self._body = bytearray(refusal.body)

    async def collect(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    async def send_signed(
        self, send: Send, request: WireRequest, key: SigningKey, *, now: datetime
    ) -> None:
        response = WireResponse(self._status, wire_headers(()), bytes(self._body), request)
        # An answer to a request without a readable signature cannot be bound to it: it goes
        # unsigned, and no client of ours accepts it.
        if "signature" in request.headers and "content-digest" in request.headers:
            with contextlib.suppress(HTTPMessageSignaturesException):
                sign_response(response, key, now=now)
        headers = [
            *self._headers,
            *((name.lower().encode(), value.encode()) for name, value in response.headers.items()),
        ]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": bytes(self._body)})
