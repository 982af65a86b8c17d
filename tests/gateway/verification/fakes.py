"""What stands in for the clock, the responder and the revocation source."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from gateway.verification.errors import VerificationError
from gateway.verification.policy import PinnedAuthority
from gateway.verification.revocation import GoodStatus
from tests.gateway.verification.pki import NOW


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def forward(self, span: timedelta) -> None:
        self.moment += span


@dataclass
class FakeRevocationSource:
    """Says that everything is good, or refuses with the error it is given; notes who asked."""

    error: VerificationError | None = None
    asked: list[int] = field(default_factory=list)

    async def check(self, issuer: PinnedAuthority, serial: int) -> GoodStatus:
        del issuer
        self.asked.append(serial)
        if self.error is not None:
            raise self.error
        return GoodStatus(NOW, None)


Answer = Callable[[bytes], Awaitable[httpx.Response]]


@dataclass
class FakeResponder(httpx.AsyncBaseTransport):
    """An OCSP responder that answers each request with ``answer(request body)``."""

    answer: Answer
    requests: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        made = await self.answer(await request.aread())
        # A response made from bytes counts as read; one from the line has still to be.
        return httpx.Response(made.status_code, headers=made.headers, stream=made.stream)


async def silence(request: bytes) -> httpx.Response:
    """Never answer."""
    del request
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


class DrippingBody(httpx.AsyncByteStream):
    """A body that begins and never ends."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"\x30"
        await asyncio.Event().wait()


class EndlessBody(httpx.AsyncByteStream):
    """A body that goes on for ever; counts what was taken of it."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 1024
            yield bytes(1024)
