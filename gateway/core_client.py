"""The gateway's side of the core's API: typed calls, and refusals in the gateway's own words."""

from collections.abc import Awaitable
from hashlib import sha256
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from gateway.errors import (
    BindingMismatchError,
    CoreUnavailableError,
    GatewayError,
    LineStoppedError,
    NotAtKioskError,
    NotOfferedError,
    NotPrintableError,
    NotRegisteredError,
    RecordChangedError,
    WrongStateError,
)
from issuance.wire import api_paths
from issuance.wire.bodies import (
    AbortRequest,
    CompleteRequest,
    OrderStatus,
    PrepareAnswer,
    PrepareRequest,
    QuoteAnswer,
    QuoteRequest,
    ResolveAnswer,
    ResolveRequest,
    VoidRequest,
)
from issuance.wire.codes import CoreRefusal
from issuance.wire.problem import CoreProblem
from signed_http.client import SignedClient
from signed_http.errors import ResponseUnboundError

Answer = TypeVar("Answer", bound=BaseModel)

REFUSALS: dict[CoreRefusal, type[GatewayError]] = {
    CoreRefusal.NOT_LINKED: NotRegisteredError,
    CoreRefusal.NOT_AT_KIOSK: NotAtKioskError,
    CoreRefusal.NOTHING_TO_ISSUE: NotOfferedError,
    CoreRefusal.RECORD_CHANGED: RecordChangedError,
    CoreRefusal.NOT_PRINTABLE: NotPrintableError,
    CoreRefusal.LINE_STOPPED: LineStoppedError,
    CoreRefusal.UNKNOWN_ORDER: WrongStateError,
}
"""Every other reason means that the core gave no usable answer."""


class CoreClient:
    """One municipality's core. A repeated call carries the same idempotency key."""

    def __init__(self, client: SignedClient) -> None:
        self._client = client

    async def resolve(self, request: ResolveRequest) -> ResolveAnswer:
        """Step 4."""
        return await self._post(api_paths.RESOLVE, request, "resolve", ResolveAnswer)

    async def quote(self, request: QuoteRequest) -> QuoteAnswer:
        """Step 5; every wish is its own request."""
        wish = sha256(f"{request.entry_id} {request.copies}".encode()).hexdigest()
        name = f"quote-{wish[:16]}"
        return await self._post(api_paths.QUOTE, request, name, QuoteAnswer)

    async def prepare(self, request: PrepareRequest) -> PrepareAnswer:
        """Step 6."""
        name = f"prepare-{request.order_digest.hex()[:8]}"
        return await self._post(api_paths.PREPARE, request, name, PrepareAnswer)

    async def complete(self, request: CompleteRequest) -> OrderStatus:
        """Step 11."""
        return await self._post(api_paths.COMPLETE, request, "complete", OrderStatus)

    async def abort(self, request: AbortRequest) -> OrderStatus:
        """Step F, before anything was printed."""
        return await self._post(api_paths.ABORT, request, f"abort-{request.reason}", OrderStatus)

    async def void(self, request: VoidRequest) -> OrderStatus:
        """Void issued numbers."""
        numbers = sha256(" ".join(request.certificate_numbers).encode()).hexdigest()
        name = f"void-{numbers[:16]}"
        return await self._post(api_paths.VOID, request, name, OrderStatus)

    async def order_status(self, session_id: str) -> OrderStatus:
        """Where an order stands."""
        path = api_paths.ORDER.format(session_id=session_id)
        return self._read(await self._exchange(self._client.get(path)), OrderStatus)

    async def _post(
        self,
        path: str,
        request: BaseModel,
        name: str,
        answer: type[Answer],
    ) -> Answer:
        session_id: str = request.model_dump(include={"session_id"})["session_id"]
        call = self._client.post(
            path,
            request.model_dump_json(exclude_unset=True).encode(),
            idempotency_key=f"{session_id[:24]}-{name}"[:64],
        )
        return self._read(await self._exchange(call), answer)

    async def _exchange(self, call: Awaitable[httpx.Response]) -> httpx.Response:
        try:
            return await call
        except httpx.HTTPError as error:
            raise CoreUnavailableError("the core cannot be reached") from error
        except ResponseUnboundError as error:
            raise BindingMismatchError("response") from error

    def _read(self, response: httpx.Response, answer: type[Answer]) -> Answer:
        try:
            if response.is_success:
                return answer.model_validate_json(response.content)
            problem = CoreProblem.model_validate_json(response.content)
        except ValidationError as error:
            raise CoreUnavailableError("the core's answer cannot be read") from error
        refusal = REFUSALS.get(problem.reason, CoreUnavailableError)
        raise refusal("the core refused")
