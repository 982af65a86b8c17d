"""A kiosk as a test drives it: real signed requests, a fake card."""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from gateway.wire import api_paths
from gateway.wire.bodies import (
    Catalogue,
    Prepared,
    Quote,
    Receipt,
    Released,
    SessionOpened,
    SessionStatus,
)
from gateway.wire.problem import Problem
from issuance.wire.bodies import Manifest
from signed_http.client import SignedClient
from signed_http.keys import SigningKey
from signed_http.server import App
from tests.gateway.fakes import card_answer

Body = TypeVar("Body", bound=BaseModel)


class RefusedError(AssertionError):
    """The gateway answered with a problem document."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.kind} {problem.code}")
        self.problem = problem


class RecordingTransport(httpx.AsyncBaseTransport):
    """The way to the gateway; keeps every request that went over it."""

    def __init__(self, app: App) -> None:
        self._inner = httpx.ASGITransport(app=app)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on and remember it."""
        self.requests.append(request)
        return await self._inner.handle_async_request(request)


@dataclass
class FakeKiosk:
    """One kiosk with a card of a given serial number in front of it."""

    key: SigningKey
    app: App
    origin: str
    server_keys: dict[str, bytes]
    now: Callable[[], datetime]
    session_id: str = ""
    opened: SessionOpened | None = None
    session_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def __post_init__(self) -> None:
        self.transport = RecordingTransport(self.app)
        self.client = SignedClient(
            httpx.AsyncClient(transport=self.transport),
            origin=self.origin,
            key=self.key,
            server_keys=self.server_keys,
            now=self.now,
        )

    async def send(
        self, path: str, body: dict[str, Any] | bytes, *, key: str | None = None
    ) -> httpx.Response:
        """Post a body to a path, with this session in it."""
        data = body if isinstance(body, bytes) else _json(body)
        place = path.format(session_id=self.session_id)
        return await self.client.post(place, data, idempotency_key=key)

    async def ask(
        self, path: str, body: dict[str, Any], answer: type[Body], *, key: str | None = None
    ) -> Body:
        """Post a body and return the answer. Raises: RefusedError."""
        return read(await self.send(path, body, key=key), answer)

    async def open(self, *, key: str | None = None) -> SessionOpened:
        body = {"locale": "ja", "session_key": b64(self.session_key)}
        self.opened = await self.ask(api_paths.SESSIONS, body, SessionOpened, key=key)
        self.session_id = self.opened.session_id
        return self.opened

    def proof_body(self, *, serial: int, code: str) -> dict[str, Any]:
        """Return what a card with that serial number answers to this session's challenge."""
        assert self.opened is not None
        signature = card_answer(
            origin=self.opened.origin,
            challenge=self.opened.challenge,
            kiosk_id=self.key.key_id,
            session_key=self.session_key,
        )
        certificate = serial.to_bytes(8, "big")
        return {
            "municipality_code": code,
            "unverified_certificate": b64(certificate),
            "signature": b64(signature),
        }

    async def prove(self, *, serial: int = 7, code: str = "990001") -> Catalogue:
        return await self.ask(api_paths.PROOF, self.proof_body(serial=serial, code=code), Catalogue)

    async def quote(self, *, copies: int = 1, entry_id: str = "entry-1") -> Quote:
        body = {"entry_id": entry_id, "copies": copies}
        return await self.ask(api_paths.QUOTE, body, Quote)

    async def prepare(self, quote: Quote) -> Prepared:
        body = {"order_digest": b64(quote.order_digest)}
        return await self.ask(api_paths.PREPARE, body, Prepared)

    async def pay(self, amount: int) -> SessionStatus:
        body = {"amount": amount, "method": "coins", "terminal_ref": "coin-1"}
        return await self.ask(api_paths.PAYMENT, body, SessionStatus)

    async def release(self, *, key: str | None = None) -> Released:
        return await self.ask(api_paths.RELEASE, {}, Released, key=key)

    async def report(
        self, number: str, *, outcome: str = "printed", attempt: int = 1
    ) -> SessionStatus:
        body = {
            "certificate_number": number,
            "attempt": attempt,
            "pages_out": 1,
            "outcome": outcome,
        }
        return await self.ask(api_paths.PRINTS, body, SessionStatus)

    async def complete(self, outcomes: dict[str, str], *, key: str | None = None) -> Receipt:
        results = [{"certificate_number": n, "outcome": o} for n, o in outcomes.items()]
        return await self.ask(api_paths.COMPLETE, {"results": results}, Receipt, key=key)

    async def abort(self) -> SessionStatus:
        return await self.ask(api_paths.ABORT, {"reason": "user"}, SessionStatus)

    async def void(self, *, key: str | None = None) -> SessionStatus:
        return await self.ask(api_paths.VOID, {"reason": "jam"}, SessionStatus, key=key)

    async def status(self) -> SessionStatus:
        path = api_paths.SESSION.format(session_id=self.session_id)
        return read(await self.client.get(path), SessionStatus)

    async def until_ready(
        self, *, serial: int = 7, copies: int = 1, code: str = "990001"
    ) -> tuple[Quote, tuple[str, ...]]:
        """Go as far as prepared documents; return quote and certificate numbers."""
        await self.open()
        await self.prove(serial=serial, code=code)
        quote = await self.quote(copies=copies)
        prepared = await self.prepare(quote)
        manifest = Manifest.model_validate_json(prepared.signed_manifest.manifest)
        return quote, tuple(d.certificate_number for d in manifest.documents)

    async def until_released(self, *, serial: int = 7, copies: int = 1) -> tuple[str, ...]:
        """Go as far as paid and handed over; return the certificate numbers."""
        quote, numbers = await self.until_ready(serial=serial, copies=copies)
        await self.pay(quote.total)
        await self.release()
        return numbers

    async def whole_visit(self, *, serial: int = 7, copies: int = 1) -> Receipt:
        """Get every copy printed."""
        numbers = await self.until_released(serial=serial, copies=copies)
        for number in numbers:
            await self.report(number)
        return await self.complete(dict.fromkeys(numbers, "printed"))


def read(response: httpx.Response, answer: type[Body]) -> Body:
    """Return the body of an answer. Raises: RefusedError."""
    if response.is_success:
        return answer.model_validate_json(response.content)
    raise RefusedError(Problem.model_validate_json(response.content))


def b64(data: bytes) -> str:
    """Return bytes as they travel."""
    return base64.b64encode(data).decode()


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()
