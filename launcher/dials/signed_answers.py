"""Answers signed anew with a demo's own keys: what a program that goes wrong would have sent."""

from collections.abc import Callable
from datetime import datetime

import httpx

from signed_http.keys import SigningKey
from signed_http.profile import WireRequest, WireResponse, sign_response, wire_headers

_SIGNED = ("content-digest", "signature-input", "signature")


def signed_answer(
    request: httpx.Request,
    status: int,
    body: bytes,
    *,
    media_type: str,
    key: SigningKey,
    now: Callable[[], datetime],
) -> httpx.Response:
    """Return an answer that is bound to ``request`` as the owner of ``key`` binds it."""
    names = (*_SIGNED, "idempotency-key")
    headers = wire_headers((n, request.headers[n]) for n in names if n in request.headers)
    asked = WireRequest(request.method, str(request.url), headers, request.content)
    answer = WireResponse(status, wire_headers(()), body, asked)
    sign_response(answer, key, now=now())
    carried = {"content-type": media_type, **dict(answer.headers.items())}
    return httpx.Response(status, headers=carried, content=body, request=request)


def with_wrong_signature(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    """Return the answer with one character of its signature turned."""
    headers = dict(response.headers.items())
    name, _, value = headers.get("signature", "risai=:AA==:").partition(":")
    turned = ("B" if value[0] == "A" else "A") + value[1:]
    headers["signature"] = f"{name}:{turned}"
    return httpx.Response(
        response.status_code, headers=headers, content=response.content, request=request
    )
