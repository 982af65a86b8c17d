"""A signed server that counts what reaches it, and a client of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from signed_http.client import SignedClient
from signed_http.errors import MessageReplayedError, SignedHttpError
from signed_http.keys import KeyRing, SigningKey
from signed_http.profile import VerifiedSender
from signed_http.server import Message, Receive, Refusal, Scope, Send, SignedMessages

ORIGIN = "http://gateway.test"


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    moment: datetime = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def forward(self, span: timedelta) -> None:
        self.moment += span


@dataclass
class FakeNonces:
    """Nonces in memory."""

    seen: set[VerifiedSender] = field(default_factory=set)

    async def remember(self, sender: VerifiedSender, now: datetime) -> None:
        if sender in self.seen:
            raise MessageReplayedError("seen before")
        self.seen.add(sender)


@dataclass
class FakeKeys:
    """A directory with fixed keys."""

    known: dict[str, bytes]

    def ring(self) -> KeyRing:
        return KeyRing(known=self.known)


@dataclass
class EchoApp:
    """Answers with the body it got and remembers who sent it."""

    received: list[tuple[str, bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message: Message = await receive()
        sender = scope.get("state", {}).get("sender_key_id", "nobody")
        self.received.append((sender, message["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": message["body"] or b"open"})


def refuse(error: SignedHttpError) -> Refusal:
    """Name the class of the refusal."""
    return Refusal(401, "text/plain", type(error).__name__.encode())


@dataclass
class Wire:
    """Both ends and everything between them."""

    clock: FakeClock
    inner: EchoApp
    app: SignedMessages
    http: httpx.AsyncClient
    client_key: SigningKey
    server_key: SigningKey
    nonces: FakeNonces

    def client(self, **changes: object) -> SignedClient:
        known: dict[str, bytes] = {self.server_key.key_id: self.server_key.public_bytes}
        return SignedClient(
            self.http,
            origin=str(changes.get("origin", ORIGIN)),
            key=changes.get("key", self.client_key),  # type: ignore[arg-type]
            server_keys=changes.get("server_keys", known),  # type: ignore[arg-type]
            now=self.clock.now,
        )


@pytest.fixture
def wire() -> Wire:
    clock, inner, nonces = FakeClock(), EchoApp(), FakeNonces()
    client_key, server_key = SigningKey.generate("kiosk-1"), SigningKey.generate("gateway")
    app = SignedMessages(
        inner,
        origin=ORIGIN,
        key=server_key,
        keys=FakeKeys({client_key.key_id: client_key.public_bytes}),
        nonces=nonces,
        now=clock.now,
        refuse=refuse,
        open_paths=("/docs",),
        max_body_bytes=1000,
    )
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
    return Wire(clock, inner, app, http, client_key, server_key, nonces)
