"""The kiosk's side of the gateway's API: typed calls, safe retries, refusals as errors."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
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
"""Pauses before a request is sent again under the same idempotency key. Assumption."""


class GatewayClient:
    """Implements ``ports.Gateway`` over signed messages."""

    def __init__(
        self,
        client: SignedClient,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._pause = pause

    async def service_status(self) -> ServiceStatus:
        """Hours, notices, who takes part."""
        return await self._get(api_paths.SERVICE, ServiceStatus)

    async def session_status(self, session_id: str) -> SessionStatus:
        """Where the session stands."""
        return await self._get(api_paths.SESSION.format(session_id=session_id), SessionStatus)

    async def open_session(self, locale: Locale, session_key: bytes) -> SessionOpened:
        """Step 1."""
        body = OpenSession(locale=locale, session_key=session_key)
        return await self._post(api_paths.SESSIONS, "", body, SessionOpened)

    async def prove(self, session_id: str, municipality_code: str, proof: CardProof) -> Catalogue:
        """Step 3."""
        body = Proof(
            municipality_code=municipality_code,
            unverified_certificate=proof.unverified_certificate,
            signature=proof.signature,
        )
        return await self._post(api_paths.PROOF, session_id, body, Catalogue)

    async def quote(self, session_id: str, wish: OrderWish) -> Quote:
        """Step 5."""
        return await self._post(api_paths.QUOTE, session_id, wish, Quote)

    async def prepare(self, session_id: str, order_digest: bytes) -> Prepared:
        """Steps 6 and 7."""
        body = Confirmation(order_digest=order_digest)
        return await self._post(api_paths.PREPARE, session_id, body, Prepared)

    async def pay(self, session_id: str, payment: Payment) -> SessionStatus:
        """Step 8."""
        return await self._post(api_paths.PAYMENT, session_id, payment, SessionStatus)

    async def release(self, session_id: str) -> Released:
        """Step 9."""
        return await self._post(api_paths.RELEASE, session_id, Nothing(), Released)

    async def report_print(self, session_id: str, report: PrintReport) -> SessionStatus:
        """Step 10."""
        return await self._post(api_paths.PRINTS, session_id, report, SessionStatus)

    async def complete(self, session_id: str, completion: Completion) -> Receipt:
        """Step 11."""
        return await self._post(api_paths.COMPLETE, session_id, completion, Receipt)

    async def abort(self, session_id: str, reason: str) -> SessionStatus:
        """Before payment."""
        return await self._post(api_paths.ABORT, session_id, Abort(reason=reason), SessionStatus)

    async def void(self, session_id: str, reason: str) -> SessionStatus:
        """After payment, nothing printed."""
        return await self._post(api_paths.VOID, session_id, Abort(reason=reason), SessionStatus)

    async def _get(self, path: str, answer: type[Answer]) -> Answer:
        return self._read(await self._retry(lambda: self._client.get(path)), answer)

    async def _post(
        self, template: str, session_id: str, body: BaseModel, answer: type[Answer]
    ) -> Answer:
        path = template.format(session_id=session_id)
        data, key = body.model_dump_json().encode(), secrets.token_urlsafe(24)
        return self._read(
            await self._retry(lambda: self._client.post(path, data, idempotency_key=key)), answer
        )

    async def _retry(self, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Send; on silence send again with the same idempotency key and a fresh signature."""
        for pause_s in (*RETRY_PAUSES_S, None):
            try:
                return await send()
            except httpx.HTTPError as error:
                if pause_s is None:
                    raise GatewayUnreachableError("the gateway gives no answer") from error
                await self._pause(pause_s)
            except ResponseUnboundError as error:
                raise IntegrityError("the answer is not bound to the request") from error
        raise GatewayUnreachableError("the gateway gives no answer")

    def _read(self, response: httpx.Response, answer: type[Answer]) -> Answer:
        try:
            if response.is_success:
                return answer.model_validate_json(response.content)
            problem = Problem.model_validate_json(response.content)
        except ValidationError as error:
            raise IntegrityError("the answer cannot be read") from error
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
