"""The core's HTTP interface: bytes in, bytes out; every answer is JSON or a problem document."""

import re
from collections.abc import Callable

from anyio import to_thread
from fastapi import FastAPI, Request, Response

from issuance.errors import IssuanceError, UnknownOrderError
from issuance.http.logs import request_log
from issuance.http.operations import Call, Operations
from issuance.http.problems import internal_problem, problem_of
from issuance.wire import api_paths
from issuance.wire.problem import PROBLEM_MEDIA_TYPE, CoreHealth, CoreProblem

_CHANGING = (
    api_paths.RESOLVE,
    api_paths.QUOTE,
    api_paths.PREPARE,
    api_paths.COMPLETE,
    api_paths.ABORT,
    api_paths.VOID,
)
_SESSION_ID = re.compile(r"[0-9a-f]{32}")


def build_routes(
    operations: Operations, *, health: Callable[[], CoreHealth], make_trace_id: Callable[[], str]
) -> FastAPI:
    """Return the application behind the signature check."""
    log = request_log()
    app = FastAPI(title="Risai issuance core", openapi_url=None, docs_url=None, redoc_url=None)

    async def change(request: Request) -> Response:
        call = Call(
            sender=request.scope["state"]["sender_key_id"],
            path=request.url.path,
            idempotency_key=request.headers.get("idempotency-key", ""),
            body=await request.body(),
        )
        return await respond(lambda: operations.answer(call))

    async def status(request: Request) -> Response:
        session_id = request.path_params["session_id"]
        return await respond(lambda: _status(operations, session_id))

    async def tell_health() -> Response:
        answer = await to_thread.run_sync(health)
        return Response(answer.model_dump_json(), media_type="application/json")

    async def respond(work: Callable[[], bytes]) -> Response:
        trace_id = make_trace_id()
        try:
            return Response(await to_thread.run_sync(work), media_type="application/json")
        except IssuanceError as error:
            log.info("refused", trace_id=trace_id, error=type(error).__name__)
            return problem_response(problem_of(error, trace_id=trace_id))
        except Exception as error:  # noqa: BLE001 - the outermost edge: log once, tell nothing
            log.error("failed", trace_id=trace_id, error=type(error).__name__)
            return problem_response(internal_problem(trace_id=trace_id))

    for path in _CHANGING:
        app.add_api_route(path, change, methods=["POST"], response_model=None)
    app.add_api_route(api_paths.ORDER, status, methods=["GET"], response_model=None)
    app.add_api_route(api_paths.HEALTH, tell_health, methods=["GET"], response_model=None)
    return app


def problem_response(problem: CoreProblem) -> Response:
    """Return a problem document as a response."""
    return Response(
        problem.model_dump_json(), status_code=problem.status, media_type=PROBLEM_MEDIA_TYPE
    )


def _status(operations: Operations, session_id: str) -> bytes:
    if not _SESSION_ID.fullmatch(session_id):
        raise UnknownOrderError("no such session")
    return operations.status(session_id)
