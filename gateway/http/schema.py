"""The API's description (OpenAPI 3.1): bodies by reference, one example for every request."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.wire import bodies
from gateway.wire.problem import PROBLEM_MEDIA_TYPE, Problem

MAX_KEY_LENGTH = 64
"""Longest idempotency key, in characters."""
_REFERENCE = "#/components/schemas/{model}"
_BYTES_32 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {
    bodies.OpenSession: {"locale": "ja", "session_key": _BYTES_32},
    bodies.Proof: {
        "municipality_code": "990001",
        "unverified_certificate": "MIIDazCCAlOgAwIBAgI=",
        "signature": "c2lnbmF0dXJl",
    },
    bodies.OrderWish: {"entry_id": "entry-1", "copies": 2},
    bodies.Confirmation: {"order_digest": _BYTES_32},
    bodies.Payment: {"amount": 20, "method": "coins", "terminal_ref": "coin-000123"},
    bodies.Nothing: {},
    bodies.PrintReport: {
        "certificate_number": "990001-000001",
        "attempt": 1,
        "pages_out": 1,
        "outcome": "printed",
    },
    bodies.Completion: {"results": [{"certificate_number": "990001-000001", "outcome": "printed"}]},
    bodies.Abort: {"reason": "user-cancelled"},
}
"""Every body that a kiosk sends, with invented values."""


class DescribedApi(FastAPI):
    """An application whose request bodies, parsed from raw bytes, are described all the same."""

    def openapi(self) -> dict[str, Any]:
        """Return the description with the forms of all request bodies in it."""
        described = self.openapi_schema is not None
        schema = super().openapi()
        if not described:
            modes = [(body, "validation") for body in EXAMPLES]
            _, forms = models_json_schema(modes, ref_template=_REFERENCE)  # type: ignore[arg-type]  # a list of pairs, as documented
            schema["components"]["schemas"].update(forms["$defs"])
        return schema


def responses_of(answer: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """Return what a route answers: its body, or a problem document."""
    return {
        200: {"model": answer, "description": "Done; signed, and bound to the request."},
        "default": {
            "model": Problem,
            "description": "Refused.",
            "content": {PROBLEM_MEDIA_TYPE: {}},
        },
    }


def request_of(body: type[BaseModel], *, with_session: bool) -> dict[str, Any]:
    """Return what a route expects: its body by reference, with an example, and its headers."""
    parameters: list[dict[str, Any]] = [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
        }
    ]
    if with_session:
        parameters.append(
            {
                "name": "session_id",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            }
        )
    content = {
        "schema": {"$ref": _REFERENCE.format(model=body.__name__)},
        "example": EXAMPLES[body],
    }
    return {
        "requestBody": {"required": True, "content": {"application/json": content}},
        "parameters": parameters,
    }
