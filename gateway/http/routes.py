"""Every route of the API: bytes in, one call, bytes out.

Bodies are parsed from the raw bytes by their wire type, so unknown fields, wrong types and lone
surrogates are refused with the names of the fields and nothing else.
"""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from gateway.errors import (
    GatewayError,
    IdempotencyKeyMissingError,
    MalformedRequestError,
    UnknownSessionError,
)
from gateway.http.docs import docs_page
from gateway.http.estimates import (
    ESTIMATE_PARAMETERS,
    ESTIMATE_SUMMARY,
    estimate_endpoint,
)
from gateway.http.problems import problem_of
from gateway.http.schema import MAX_KEY_LENGTH, DescribedApi, request_of, responses_of
from gateway.http.service_status import load_standing, service_status
from gateway.participation.kiosks import KioskRegister
from gateway.participation.model import Kiosk, Participation
from gateway.sessions.answers import Call
from gateway.sessions.conduct import Conductor
from gateway.sessions.ending import Ending
from gateway.wire import api_paths, bodies
from gateway.wire.bodies import SessionState
from gateway.wire.estimate import EstimateAnswer
from gateway.wire.problem import PROBLEM_MEDIA_TYPE
from gateway.yearly.assumptions import Assumptions
from signed_http.profile import IDEMPOTENCY_HEADER

Body = TypeVar("Body", bound=BaseModel)
Step = Callable[[Call, Any], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the API table."""

    path: str
    name: str
    summary: str
    body: type[BaseModel]
    answer: type[BaseModel]
    step: Step


def _routes(conductor: Conductor, ending: Ending) -> tuple[Route, ...]:
    b, p, c, e = bodies, api_paths, conductor, ending
    return (
        Route(
            p.SESSIONS, "open", "1. Open a session", b.OpenSession, b.SessionOpened, c.open_session
        ),
        Route(p.PROOF, "prove", "3. Prove the card holder", b.Proof, b.Catalogue, c.prove),
        Route(p.QUOTE, "quote", "5. Freeze order and price", b.OrderWish, b.Quote, c.quote),
        Route(p.PREPARE, "prepare", "6. Make the documents", b.Confirmation, b.Prepared, c.prepare),
        Route(p.PAYMENT, "pay", "8. The money is in", b.Payment, b.SessionStatus, e.pay),
        Route(p.RELEASE, "release", "9. Hand over, once", b.Nothing, b.Released, e.release),
        Route(
            p.PRINTS,
            "report",
            "10. Report a print attempt",
            b.PrintReport,
            b.SessionStatus,
            e.report_print,
        ),
        Route(
            p.COMPLETE, "complete", "11. Report every outcome", b.Completion, b.Receipt, e.complete
        ),
        Route(p.ABORT, "abort", "F. End before payment", b.Abort, b.SessionStatus, e.abort),
        Route(p.VOID, "void", "F. Nothing was printed", b.Abort, b.SessionStatus, e.void),
    )


def build_app(
    conductor: Conductor,
    ending: Ending,
    participation: Participation,
    register: KioskRegister,
    log: Any,
    *,
    assumptions: Assumptions,
) -> FastAPI:
    """Return the application without its signature check, which wraps it."""
    app = DescribedApi(
        title="Risai gateway",
        version="1",
        summary="Issues disaster-victim certificates to proved card holders at kiosks.",
        docs_url=None,
        redoc_url=None,
    )
    edge = Edge(conductor, participation, register, log)
    for route in _routes(conductor, ending):
        app.add_api_route(
            route.path,
            edge.endpoint(route),
            methods=["POST"],
            name=route.name,
            summary=route.summary,
            response_model=None,
            responses=responses_of(route.answer),
            openapi_extra=request_of(route.body, with_session="{session_id}" in route.path),
        )
    app.add_api_route(
        api_paths.SERVICE,
        edge.service,
        methods=["GET"],
        name="service",
        summary="0. Hours, notices, who takes part",
        response_model=None,
        responses=responses_of(bodies.ServiceStatus),
    )
    app.add_api_route(
        api_paths.SESSION,
        edge.session,
        methods=["GET"],
        name="session",
        summary="Where a session stands",
        response_model=None,
        responses=responses_of(bodies.SessionStatus),
    )
    app.add_api_route(
        api_paths.ESTIMATE,
        estimate_endpoint(conductor.environment, assumptions, edge.refuse),
        methods=["GET"],
        name="estimate",
        summary=ESTIMATE_SUMMARY,
        response_model=None,
        responses=responses_of(EstimateAnswer),
        openapi_extra={"parameters": ESTIMATE_PARAMETERS},
    )
    app.add_api_route(
        api_paths.HEALTH, edge.health, methods=["GET"], name="health", response_model=None
    )
    app.add_api_route("/docs", docs_page(app), methods=["GET"], include_in_schema=False)
    app.add_exception_handler(HTTPException, edge.nowhere)
    return app


@dataclass(frozen=True, slots=True)
class Edge:
    """From HTTP to the conductor and back."""

    conductor: Conductor
    participation: Participation
    register: KioskRegister
    log: Any

    def endpoint(self, route: Route) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of one row."""

        async def endpoint(request: Request) -> Response:
            try:
                call = Call(
                    kiosk=self._kiosk(request),
                    path=request.url.path,
                    session_id=_session_id(request),
                    idempotency_key=_idempotency_key(request),
                    body=await request.body(),
                )
                body = parse(route.body, call.body)
                answer = await self.conductor.answers.once(call, lambda: route.step(call, body))
            except Exception as error:  # noqa: BLE001 - the outermost edge: log once, tell nothing
                return self.refuse(error, route.name, await self._state(request, error))
            return Response(answer, media_type="application/json")

        return endpoint

    async def service(self, request: Request) -> Response:
        """Hours, notices, who takes part."""
        now = self.conductor.now()
        known, kiosk_id = self.participation, self._kiosk(request).kiosk_id
        standing = await self.conductor.worker.look(
            lambda connection: load_standing(connection, known, kiosk_id, now)
        )
        status = service_status(self.participation, standing, self.conductor.environment, now)
        return Response(status.model_dump_json(), media_type="application/json")

    async def session(self, request: Request) -> Response:
        """Where a session stands."""
        try:
            answer = await self.conductor.status(self._kiosk(request), _session_id(request))
        except Exception as error:  # noqa: BLE001 - the outermost edge: log once, tell nothing
            return self.refuse(error, "session", await self._state(request, error))
        return Response(answer, media_type="application/json")

    async def health(self, request: Request) -> Response:
        """Say that the gateway runs and reaches its database."""
        await self.conductor.worker.run(lambda connection: connection.exec_driver_sql("SELECT 1"))
        environment = self.conductor.environment.value
        answer = json.dumps({"status": "ok", "environment": environment})
        return Response(answer, media_type="application/json")

    async def nowhere(self, request: Request, error: Exception) -> Response:
        """Answer a path or method that the API does not have."""
        return self.refuse(UnknownSessionError("no such path"), "nowhere", None)

    def _kiosk(self, request: Request) -> Kiosk:
        kiosk = self.register.find_kiosk(request.scope["state"]["sender_key_id"])
        if kiosk is None:
            raise UnknownSessionError("this sender is no kiosk")
        return kiosk

    async def _state(self, request: Request, error: Exception) -> SessionState | None:
        """Return where the session of a refused request stands, if it is the sender's."""
        if not isinstance(error, GatewayError):
            return None
        kiosk = self.register.find_kiosk(request.scope["state"]["sender_key_id"])
        if kiosk is None or not _session_id(request):
            return None
        return await self.conductor.find_state(kiosk, _session_id(request))

    def refuse(self, error: Exception, route: str, state: SessionState | None) -> Response:
        """Answer a refused request with its problem document; log it once."""
        trace_id = secrets.token_hex(8)
        problem = problem_of(
            error, trace_id=trace_id, environment=self.conductor.environment, state=state
        )
        self.log.warning(
            "refused",
            route=route,
            trace_id=trace_id,
            kind=problem.kind.value,
            status=problem.status,
            step=problem.step,
            error_class=type(error).__name__,
        )
        return Response(
            problem.model_dump_json(), status_code=problem.status, media_type=PROBLEM_MEDIA_TYPE
        )


def _session_id(request: Request) -> str:
    session_id: str = request.path_params.get("session_id", "")
    return session_id


def _idempotency_key(request: Request) -> str:
    key = request.headers.get(IDEMPOTENCY_HEADER, "")
    if not 1 <= len(key) <= MAX_KEY_LENGTH:
        raise IdempotencyKeyMissingError("an idempotency key is needed")
    return key


def parse(model: type[Body], body: bytes) -> Body:
    """Return the body as its wire type. Raises: MalformedRequestError with field names only."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        known = set(model.model_fields)
        details = error.errors(include_url=False, include_context=False, include_input=False)
        names = {str(detail["loc"][0]) for detail in details if detail["loc"]}
        # A name that the sender made up is not ours to repeat.
        raise MalformedRequestError(sorted(names & known)) from None
