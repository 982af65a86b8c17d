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


def create_ocsp_app(
    responder: OcspResponder, authority: DemoAuthority, now: Callable[[], datetime]
) -> Starlette:
    """Return the application; it follows ``responder.behaviour`` at every request."""

    async def answer(request: Request) -> Response:
        body = await request.body()
        if len(body) > MAX_REQUEST_BYTES:
            return Response(status_code=413)
        behaviour = responder.behaviour
        if behaviour.silent:
            await asyncio.Event().wait()
        if behaviour.delay_s:
            await asyncio.sleep(behaviour.delay_s)
        if behaviour.lie is Lie.HTTP_ERROR:
            return Response(status_code=500)
        return Response(responder.respond(body), media_type="application/ocsp-response")

    async def crl(_request: Request) -> Response:
        return Response(authority.crl(now()), media_type="application/pkix-crl")

    return Starlette(routes=[Route("/ocsp", answer, methods=["POST"]), Route("/crl/auth.crl", crl)])
