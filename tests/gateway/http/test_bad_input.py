"""Bad input gets its problem document, nothing of it is stored, nothing of it comes back."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from gateway.database import transaction
from gateway.verification.verifier import Verifier
from gateway.wire import api_paths
from gateway.wire.bodies import SessionState
from gateway.wire.codes import ErrorCode, ProblemKind
from gateway.wire.problem import Problem
from signed_http.profile import WireRequest, sign_request, wire_headers
from tests.gateway.fake_kiosk import FakeKiosk, RefusedError, b64
from tests.gateway.verification import pki
from tests.gateway.verification.fakes import FakeRevocationSource
from tests.gateway.world import ORIGIN, World

pytestmark = pytest.mark.anyio
CANARY = "canary-7f3a"


def problem_of(response: httpx.Response) -> Problem:
    return Problem.model_validate_json(response.content)


def open_body(**changes: object) -> dict[str, Any]:
    return {"locale": "ja", "session_key": b64(bytes(32)), **changes}


def count_sessions(world: World) -> int:
    with transaction(world.engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM sessions")).scalar_one())


BODIES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "unknown field": (json.dumps(open_body(canary=CANARY)).encode(), ()),
    "wrong type": (json.dumps(open_body(locale=7)).encode(), ("locale",)),
    "unknown value": (json.dumps(open_body(locale=CANARY)).encode(), ("locale",)),
    "short key": (json.dumps(open_body(session_key=b64(bytes(31)))).encode(), ("session_key",)),
    "not base64": (json.dumps(open_body(session_key=CANARY)).encode(), ("session_key",)),
    "missing field": (b'{"locale": "ja"}', ("session_key",)),
    "lone surrogate": (b'{"locale": "\\ud800", "session_key": ""}', ()),
    "not UTF-8": (b'{"locale": "\xff"}', ()),
    "not JSON": (CANARY.encode(), ()),
    "not an object": (b"[]", ()),
    "empty": (b"", ()),
}


@pytest.mark.parametrize(("body", "fields"), BODIES.values(), ids=BODIES.keys())
async def test_body_of_another_form_is_refused_by_the_names_of_its_fields(
    world: World, body: bytes, fields: tuple[str, ...]
) -> None:
    response = await world.kiosk().send(api_paths.SESSIONS, body)

    problem = problem_of(response)
    assert (response.status_code, problem.kind) == (422, ProblemKind.MALFORMED)
    assert set(fields) <= set(problem.fields)
    assert CANARY not in response.text + world.log.getvalue()
    assert count_sessions(world) == 0


async def test_ten_megabytes_are_not_read(world: World) -> None:
    response = await world.kiosk().client._http.post(  # the signature would be checked later
        ORIGIN + api_paths.SESSIONS, content=b"x" * 10_000_000
    )

    assert (response.status_code, problem_of(response).kind) == (413, ProblemKind.TOO_LARGE)


async def signed(
    world: World, *, body: bytes = b"{}", tamper: dict[str, str] | None = None, key: str = "kiosk-1"
) -> httpx.Response:
    """Send a signed request whose headers were changed afterwards."""
    request = WireRequest("POST", ORIGIN + api_paths.SESSIONS, wire_headers(()), body)
    request.headers["idempotency-key"] = "k"
    sign_request(request, world.kiosk_keys[key], nonce="n-1", now=world.clock.now())
    headers = {**dict(request.headers.items()), **(tamper or {})}
    transport = httpx.ASGITransport(app=world.gateway.app)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.post(request.url, content=body, headers=headers)


async def test_wrong_content_digest_is_refused(world: World) -> None:
    digest = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
    response = await signed(world, tamper={"content-digest": digest})
    assert (response.status_code, problem_of(response).kind) == (401, ProblemKind.UNAUTHENTICATED)


async def test_signature_that_covers_nothing_is_refused(world: World) -> None:
    created = int(world.clock.now().timestamp())
    parameters = f'risai=();created={created};keyid="kiosk-1";nonce="n";tag="risai-req"'
    response = await signed(world, tamper={"signature-input": parameters})
    assert (response.status_code, problem_of(response).kind) == (401, ProblemKind.UNAUTHENTICATED)


async def test_changed_idempotency_key_breaks_the_signature(world: World) -> None:
    response = await signed(world, tamper={"idempotency-key": "other"})
    assert response.status_code == 401


async def test_unsigned_request_is_refused(world: World) -> None:
    transport = httpx.ASGITransport(app=world.gateway.app)
    async with httpx.AsyncClient(transport=transport) as client:
        response = await client.post(ORIGIN + api_paths.SESSIONS, content=b"{}")
    assert (response.status_code, problem_of(response).kind) == (401, ProblemKind.UNAUTHENTICATED)


async def test_unknown_path_is_a_problem_document(world: World) -> None:
    response = await world.kiosk().client.get("/v1/nothing-here")
    assert (response.status_code, problem_of(response).kind) == (404, ProblemKind.NOT_FOUND)


async def test_idempotency_key_is_needed_and_short(world: World) -> None:
    response = await world.kiosk().send(api_paths.SESSIONS, open_body(), key="x" * 65)
    assert (response.status_code, problem_of(response).kind) == (
        400,
        ProblemKind.IDEMPOTENCY_KEY_MISSING,
    )


async def test_kiosk_reaches_its_own_sessions_only(world: World) -> None:
    mine, other = world.kiosk("kiosk-1"), world.kiosk("kiosk-2")
    quote, numbers = await mine.until_ready()
    other.session_id = mine.session_id

    steps: list[tuple[str, dict[str, Any]]] = [
        (api_paths.QUOTE, {"entry_id": "entry-1", "copies": 1}),
        (api_paths.PREPARE, {"order_digest": b64(quote.order_digest)}),
        (api_paths.PAYMENT, {"amount": 10, "method": "coins", "terminal_ref": "t"}),
        (api_paths.RELEASE, {}),
        (
            api_paths.PRINTS,
            {
                "certificate_number": numbers[0],
                "attempt": 1,
                "pages_out": 1,
                "outcome": "printed",
            },
        ),
        (
            api_paths.COMPLETE,
            {"results": [{"certificate_number": numbers[0], "outcome": "printed"}]},
        ),
        (api_paths.ABORT, {"reason": "user"}),
        (api_paths.VOID, {"reason": "user"}),
    ]
    answers = [await other.send(path, body) for path, body in steps]
    answers.append(await other.client.get(api_paths.SESSION.format(session_id=mine.session_id)))

    assert {answer.status_code for answer in answers} == {404}
    assert (await mine.status()).state is SessionState.READY


async def test_unforeseen_failure_tells_nothing_and_is_logged_once(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.open()

    def fail() -> None:
        raise RuntimeError(CANARY)

    world.verifier.meanwhile = fail
    with pytest.raises(RefusedError) as refused:
        await kiosk.prove()

    problem = refused.value.problem
    assert (problem.status, problem.kind, problem.code) == (500, ProblemKind.INTERNAL, None)
    log = world.log.getvalue()
    assert log.count(problem.trace_id) == 1
    assert CANARY not in log


async def test_garbage_signature_never_reaches_the_core(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.open()
    body = kiosk.proof_body(serial=7, code="990001") | {"signature": b64(b"garbage")}

    response = await kiosk.send(api_paths.PROOF, body)

    assert problem_of(response).code is ErrorCode.CERTIFICATE_REVOKED
    assert world.core.calls == []


async def replay(kiosk: FakeKiosk, request: httpx.Request) -> httpx.Response:
    transport = httpx.ASGITransport(app=kiosk.app)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(
            request.method, request.url, content=request.content, headers=request.headers
        )


async def test_replay_of_every_recorded_request_is_refused(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.whole_visit()
    await kiosk.status()
    recorded = list(kiosk.transport.requests)

    answers = [await replay(kiosk, request) for request in recorded]

    assert len(recorded) == 9
    assert {(answer.status_code, problem_of(answer).kind) for answer in answers} == {
        (409, ProblemKind.REPLAYED)
    }
    assert len(world.entries()) == 1


async def test_nonce_is_remembered_over_a_restart(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.open()
    world.restart()
    kiosk.app = world.gateway.app

    answer = await replay(kiosk, kiosk.transport.requests[0])

    assert problem_of(answer).kind is ProblemKind.REPLAYED


GARBAGE = {
    "not DER": b"not a certificate",
    "empty sequence": b"\x30\x00",
    "too long": b"\x30" * 4097,
    "serial only": bytes(7) + b"\x07",
}


@pytest.mark.parametrize("certificate", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_certificate_is_refused_at_step_one_of_the_real_verifier(
    world: World, certificate: bytes
) -> None:
    world.restart(verifier=Verifier(pki.policy(), FakeRevocationSource()))
    kiosk = world.kiosk()
    await kiosk.open()
    body = kiosk.proof_body(serial=7, code="990001")

    response = await kiosk.send(
        api_paths.PROOF, body | {"unverified_certificate": b64(certificate)}
    )

    problem = problem_of(response)
    assert (problem.status, problem.step) == (422, 1)
    assert problem.code is ErrorCode.NO_CERTIFICATE_ON_CARD
    assert (await kiosk.status()).state is SessionState.ABORTED
    assert world.core.calls == []
