"""One kiosk session as a gateway drives it against the core."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from issuance.wire import api_paths
from issuance.wire.bodies import (
    CatalogueDetails,
    Manifest,
    OrderStatus,
    PrepareAnswer,
    QuoteAnswer,
    ResolveAnswer,
)
from issuance.wire.problem import PROBLEM_MEDIA_TYPE, CoreProblem
from issuance.wire.recipes import binding, catalogue_info, document_info, serial_bytes
from signed_http.client import SignedClient
from tests.issuance.builders import ISSUER, TOWN
from tests.issuance.fakes import open_sealed

_PRIVATE_KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass
class KioskSession:
    """Knows what a gateway and a kiosk know of one session, and nothing more."""

    client: SignedClient
    person: int = 1
    number: int = 1
    private_key: X25519PrivateKey = _PRIVATE_KEY

    @property
    def session_id(self) -> str:
        return f"{self.number:032x}"

    @property
    def serial(self) -> int:
        return 1000 + self.person

    @property
    def session_key(self) -> bytes:
        return self.private_key.public_key().public_bytes_raw()

    @property
    def bind(self) -> bytes:
        return binding(
            session_id=self.session_id,
            issuer_key_id=ISSUER,
            serial=self.serial,
            session_key=self.session_key,
        )

    async def post(self, path: str, body: dict[str, Any], *, key: str) -> httpx.Response:
        return await self.client.post(path, json.dumps(body).encode(), idempotency_key=key)

    def resolve_body(self) -> dict[str, Any]:
        return {
            "session_id": self.session_id,
            "municipality_code": TOWN,
            "issuer_key_id": b64(ISSUER),
            "serial": b64(serial_bytes(self.serial)),
            "session_key": b64(self.session_key),
        }

    async def resolve(self) -> httpx.Response:
        return await self.post(api_paths.RESOLVE, self.resolve_body(), key=f"resolve-{self.number}")

    async def resolved(self) -> ResolveAnswer:
        return ResolveAnswer.model_validate_json(accepted(await self.resolve()))

    def details(self, answer: ResolveAnswer) -> CatalogueDetails:
        info = catalogue_info(session_id=self.session_id, bind=self.bind)
        opened = open_sealed(answer.sealed_details, self.private_key, info)
        return CatalogueDetails.model_validate_json(opened)

    async def quote(self, catalogue: ResolveAnswer, *, copies: int = 1) -> httpx.Response:
        body = {
            "session_id": self.session_id,
            "subject_ref": catalogue.subject_ref,
            "entry_id": catalogue.entries[0].entry_id,
            "copies": copies,
        }
        return await self.post(api_paths.QUOTE, body, key=f"quote-{self.number}")

    async def quoted(self, *, copies: int = 1) -> QuoteAnswer:
        return await self.quoted_from(await self.resolved(), copies=copies)

    async def quoted_from(self, catalogue: ResolveAnswer, *, copies: int = 1) -> QuoteAnswer:
        answer = await self.quote(catalogue, copies=copies)
        return QuoteAnswer.model_validate_json(accepted(answer))

    async def prepare(self, quote: QuoteAnswer, *, key: str | None = None) -> httpx.Response:
        body = {"session_id": self.session_id, "order_digest": b64(quote.order_digest)}
        return await self.post(api_paths.PREPARE, body, key=key or f"prepare-{self.number}")

    async def prepared(self, *, copies: int = 1) -> tuple[Manifest, PrepareAnswer]:
        return await self.prepared_from(await self.quoted(copies=copies))

    async def prepared_from(self, quote: QuoteAnswer) -> tuple[Manifest, PrepareAnswer]:
        response = await self.prepare(quote)
        answer = PrepareAnswer.model_validate_json(accepted(response))
        return Manifest.model_validate_json(answer.signed_manifest.manifest), answer

    def open_document(self, manifest: Manifest, answer: PrepareAnswer, index: int) -> bytes:
        info = document_info(
            session_id=self.session_id,
            order=manifest.order_digest,
            bind=self.bind,
            pdf_digest=manifest.documents[index].pdf_digest,
        )
        return open_sealed(answer.sealed_documents[index], self.private_key, info)

    async def complete(self, outcomes: dict[str, str], *, key: str = "complete") -> httpx.Response:
        body = {
            "session_id": self.session_id,
            "results": [
                {"certificate_number": number, "outcome": outcome}
                for number, outcome in outcomes.items()
            ],
        }
        return await self.post(api_paths.COMPLETE, body, key=f"{key}-{self.number}")

    async def abort(self, *, key: str = "abort") -> httpx.Response:
        body = {"session_id": self.session_id, "reason": "cancelled"}
        return await self.post(api_paths.ABORT, body, key=f"{key}-{self.number}")

    async def void(self, *numbers: str, key: str = "void") -> httpx.Response:
        body = {
            "session_id": self.session_id,
            "certificate_numbers": numbers,
            "reason": "paper-jam",
        }
        return await self.post(api_paths.VOID, body, key=f"{key}-{self.number}")

    async def status(self) -> OrderStatus:
        response = await self.client.get(f"{api_paths.PREFIX}/orders/{self.session_id}")
        return OrderStatus.model_validate_json(accepted(response))


def accepted(response: httpx.Response) -> bytes:
    """Return the body of an answer that is no problem."""
    assert response.status_code == 200, response.text
    return response.content


def refused(response: httpx.Response) -> CoreProblem:
    """Return the problem document of a refusal."""
    assert response.headers["content-type"] == PROBLEM_MEDIA_TYPE
    problem = CoreProblem.model_validate_json(response.content)
    assert response.status_code == problem.status
    return problem


def b64(data: bytes) -> str:
    """Return bytes as they travel."""
    return base64.b64encode(data).decode()
