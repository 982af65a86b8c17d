"""The OCSP responder over HTTP, as an ASGI application: in this process or behind uvicorn.

POST /ocsp          application/ocsp-request → application/ocsp-response
GET  /crl/auth.crl  the authority's revocation list
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cardsim.pki.authority import DemoAuthority
from cardsim.pki.ocsp import Lie, OcspResponder

MAX_REQUEST_BYTES = 10_000
REQUEST_TYPE = "application/ocsp-request"
_TOO_LARGE = 413
_WRONG_TYPE = 415
_NOBODY_LISTENS = 204


def create_ocsp_app(
    responder: OcspResponder, authority: DemoAuthority, now: Callable[[], datetime]
) -> Starlette:
    """Return the application; it follows ``responder.behaviour`` at every request."""

    async def answer(request: Request) -> Response:
        if request.headers.get("content-type") != REQUEST_TYPE:
            return Response(status_code=_WRONG_TYPE)
        body = await _read_body(request)
        if body is None:
            return Response(status_code=_TOO_LARGE)
        behaviour = responder.behaviour
        if behaviour.silent:
            await _wait_until_the_asker_leaves(request)
            return Response(status_code=_NOBODY_LISTENS)
        if behaviour.delay_s:
            await asyncio.sleep(behaviour.delay_s)
        if behaviour.lie is Lie.HTTP_ERROR:
            return Response(status_code=500)
        return Response(responder.respond(body), media_type="application/ocsp-response")

    async def crl(_request: Request) -> Response:
        return Response(authority.crl(now()), media_type="application/pkix-crl")

    return Starlette(routes=[Route("/ocsp", answer, methods=["POST"]), Route("/crl/auth.crl", crl)])


async def _read_body(request: Request) -> bytes | None:
    """Return the body, or None as soon as it is longer than a request may be."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_REQUEST_BYTES:
            return None
    return bytes(body)


async def _wait_until_the_asker_leaves(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
