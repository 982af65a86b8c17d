"""The kiosk's side of the gateway's API: typed calls, safe retries, refusals as errors.

When no answer comes, the request is sent again under the same idempotency key with a fresh
signature. Where asking twice must mean the same (pay, release, report, end), the key is made of
path and body, so that it is the same even when a person presses the button again.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from gateway.wire import api_paths
from gateway.wire.bodies import (
    Abort,
    Catalogue,
    Completion,
    Confirmation,
    Locale,
    Nothing,
    OpenSession,
    OrderWish,
    Payment,
    Prepared,
    PrintReport,
    Proof,
    Quote,
    Receipt,
    Released,
    ServiceStatus,
    SessionOpened,
    SessionStatus,
)
from gateway.wire.codes import ProblemKind
from gateway.wire.problem import Problem
from kiosk.card.certificate_proof import CardProof
from kiosk.errors import GatewayRefusalError, GatewayUnreachableError, IntegrityError
from signed_http.client import SignedClient
from signed_http.errors import ResponseUnboundError

Answer = TypeVar("Answer", bound=BaseModel)
RETRY_PAUSES_S = (0.5, 2.0)
"""Seconds before a request is sent a second and a third time. Assumption."""
BUSY_PAUSE_S = 1.0
"""Seconds before asking again for an answer that is still being worked on. Assumption."""
LIMIT_S = 60.0
"""Seconds after which a call ends, with all its tries: the longest wait of a screen, S14.

Source: [KONBINI 1.2].
"""


class GatewayClient:
    """Implements ``ports.Gateway`` over signed messages."""

    def __init__(
        self,
        client: SignedClient,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._client = client
        self._pause = pause
        self._limit_s = limit_s

    async def service_status(self) -> ServiceStatus:
        """Hours, notices, who takes part."""
        return await self._get(api_paths.SERVICE, ServiceStatus)

    async def session_status(self, session_id: str) -> SessionStatus:
        """Where the session stands."""
        return await self._get(api_paths.SESSION.format(session_id=session_id), SessionStatus)

    async def open_session(self, locale: Locale, session_key: bytes) -> SessionOpened:
        """Step 1."""
        body = OpenSession(locale=locale, session_key=session_key)
        return await self._ask(api_paths.SESSIONS, "", body, SessionOpened)

    async def prove(self, session_id: str, municipality_code: str, proof: CardProof) -> Catalogue:
        """Step 3."""
        body = Proof(
            municipality_code=municipality_code,
            unverified_certificate=proof.unverified_certificate,
            signature=proof.signature,
        )
        return await self._ask(api_paths.PROOF, session_id, body, Catalogue)

    async def quote(self, session_id: str, wish: OrderWish) -> Quote:
        """Step 5. Going back to an earlier wish is a new request, not a repetition."""
        return await self._ask(api_paths.QUOTE, session_id, wish, Quote)

    async def prepare(self, session_id: str, order_digest: bytes) -> Prepared:
        """Steps 6 and 7."""
        body = Confirmation(order_digest=order_digest)
        return await self._do_once(api_paths.PREPARE, session_id, body, Prepared)

    async def pay(self, session_id: str, payment: Payment) -> SessionStatus:
        """Step 8."""
        return await self._do_once(api_paths.PAYMENT, session_id, payment, SessionStatus)

    async def release(self, session_id: str) -> Released:
        """Step 9."""
        return await self._do_once(api_paths.RELEASE, session_id, Nothing(), Released)

    async def report_print(self, session_id: str, report: PrintReport) -> SessionStatus:
        """Step 10."""
        return await self._do_once(api_paths.PRINTS, session_id, report, SessionStatus)

    async def complete(self, session_id: str, completion: Completion) -> Receipt:
        """Step 11."""
        return await self._do_once(api_paths.COMPLETE, session_id, completion, Receipt)

    async def abort(self, session_id: str, reason: str) -> SessionStatus:
        """Before payment."""
        body = Abort(reason=reason)
        return await self._do_once(api_paths.ABORT, session_id, body, SessionStatus)

    async def void(self, session_id: str, reason: str) -> SessionStatus:
        """After payment, nothing printed."""
        body = Abort(reason=reason)
        return await self._do_once(api_paths.VOID, session_id, body, SessionStatus)

    async def _get(self, path: str, answer: type[Answer]) -> Answer:
        return await self._retry(lambda: self._client.get(path), answer)

    async def _ask(
        self, template: str, session_id: str, body: BaseModel, answer: type[Answer]
    ) -> Answer:
        """Post under a key of this one call."""
        path, data = template.format(session_id=session_id), body.model_dump_json().encode()
        key = secrets.token_urlsafe(24)
        return await self._retry(lambda: self._client.post(path, data, idempotency_key=key), answer)

    async def _do_once(
        self, template: str, session_id: str, body: BaseModel, answer: type[Answer]
    ) -> Answer:
        """Post under a key of path and body."""
        path, data = template.format(session_id=session_id), body.model_dump_json().encode()
        key = sha256(path.encode() + b"\0" + data).hexdigest()
        return await self._retry(lambda: self._client.post(path, data, idempotency_key=key), answer)

    async def _retry(
        self, send: Callable[[], Awaitable[httpx.Response]], answer: type[Answer]
    ) -> Answer:
        """Send until an answer comes: after silence three times, while it is being made on and on.

        All of it within the limit.
        """
        pauses = iter(RETRY_PAUSES_S)
        try:
            async with asyncio.timeout(self._limit_s):
                while True:
                    try:
                        return await self._try(send, answer)
                    except _StillBusyError:
                        await self._pause(BUSY_PAUSE_S)
                    except httpx.HTTPError as error:
                        pause_s = next(pauses, None)
                        if pause_s is None:
                            raise GatewayUnreachableError("the gateway gives no answer") from error
                        await self._pause(pause_s)
        except TimeoutError as error:
            raise GatewayUnreachableError("the gateway gives no answer in time") from error

    async def _try(
        self, send: Callable[[], Awaitable[httpx.Response]], answer: type[Answer]
    ) -> Answer:
        try:
            response = await send()
        except ResponseUnboundError as error:
            raise IntegrityError("the answer is not bound to the request") from error
        if response.is_success:
            return _parse(response, answer)
        problem = _parse(response, Problem)
        if problem.kind is ProblemKind.IN_PROGRESS:
            raise _StillBusyError
        if problem.kind is ProblemKind.INTERNAL:
            raise GatewayUnreachableError("the gateway failed")
        raise GatewayRefusalError(
            problem.kind,
            problem.code,
            money=problem.money_state,
            retryable=problem.retryable,
            trace_id=problem.trace_id,
            opens_at=problem.opens_at,
        )


class _StillBusyError(Exception):
    """The gateway works on this very request; asking again brings its answer."""


def _parse(response: httpx.Response, body: type[Answer]) -> Answer:
    try:
        return body.model_validate_json(response.content)
    except ValidationError:
        # The library's error repeats what came in; it goes no further.
        raise IntegrityError("the answer cannot be read") from None
