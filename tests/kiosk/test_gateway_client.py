"""Calls are repeated only where repeating is safe, and only bound answers are believed."""

from collections.abc import Awaitable, Callable

import anyio
import httpx
import pytest

from gateway.wire.bodies import (
    Completion,
    Environment,
    Locale,
    OrderWish,
    Payment,
    PaymentMethod,
    PrintOutcome,
    PrintReport,
    SessionState,
    SessionStatus,
)
from gateway.wire.codes import ErrorCode, MoneyState, ProblemKind
from gateway.wire.problem import Problem
from issuance.wire.bodies import SheetOutcome, SheetResult
from kiosk.card.certificate_proof import CardProof
from kiosk.errors import GatewayRefusalError, GatewayUnreachableError, IntegrityError
from kiosk.gateway_client import BUSY_PAUSE_S, RETRY_PAUSES_S, GatewayClient
from signed_http.client import SignedClient
from signed_http.keys import SigningKey
from signed_http.profile import WireRequest, WireResponse, sign_response, wire_headers
from tests.kiosk.core_work import NOW

pytestmark = pytest.mark.anyio
SESSION = "a" * 32
NUMBER = "990019-2026-0000001-11"
GATEWAY = SigningKey.generate("gateway")
STATUS = SessionStatus(environment=Environment.DEMO, session_id=SESSION, state=SessionState.PAID)
Reply = httpx.Response | Exception


def problem(kind: ProblemKind, code: ErrorCode | None = None) -> httpx.Response:
    body = Problem(
        type=f"urn:risai:problem:{kind.value}",
        title="No",
        status=409,
        kind=kind,
        code=code,
        retryable=False,
        money_state=MoneyState.NONE,
        trace_id="0123456789abcdef",
        environment="demo",
        opens_at="2026-11-24T06:30:00+09:00",
    )
    return httpx.Response(409, content=body.model_dump_json())


def ok(body: str = STATUS.model_dump_json()) -> httpx.Response:
    return httpx.Response(200, content=body)


class Line:
    """The way to a gateway that gives the prepared replies, each signed for its request."""

    def __init__(self, *replies: Reply, key: SigningKey = GATEWAY) -> None:
        self._replies = list(replies)
        self._key = key
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.answers: list[httpx.Response] = []
        self._fixed: httpx.Response | None = None

    def client(self, *, limit_s: float = 30) -> GatewayClient:
        signed = SignedClient(
            httpx.AsyncClient(transport=httpx.MockTransport(self._answer)),
            origin="http://gateway.test",
            key=SigningKey.generate("kiosk-1"),
            server_keys={"gateway": GATEWAY.public_bytes},
            now=lambda: NOW,
        )
        return GatewayClient(signed, pause=self._pause, limit_s=limit_s)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def answer_with(self, response: httpx.Response) -> None:
        """Give this answer from now on, whatever is asked."""
        self._fixed = httpx.Response(
            response.status_code, headers=response.headers, content=response.content
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self._fixed is not None:
            return self._fixed
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        asked = WireRequest(
            request.method, str(request.url), wire_headers(request.headers.items()), request.content
        )
        answer = WireResponse(reply.status_code, wire_headers(()), reply.content, asked)
        sign_response(answer, self._key, now=NOW)
        reply.headers.update(dict(answer.headers.items()))
        self.answers.append(reply)
        return reply

    @property
    def keys(self) -> list[str]:
        return [request.headers["idempotency-key"] for request in self.requests]

    @property
    def signatures(self) -> list[str]:
        return [request.headers["signature"] for request in self.requests]


LOST = httpx.ConnectError("lost")
PAYMENT = Payment(amount=10, method=PaymentMethod.COINS, terminal_ref="coin-1")
Call = Callable[[GatewayClient], Awaitable[object]]

STEPS: dict[str, Call] = {
    "sessions": lambda c: c.open_session(Locale.JAPANESE, bytes(32)),
    "proof": lambda c: c.prove(SESSION, "990019", CardProof(b"certificate", bytes(256))),
    "quote": lambda c: c.quote(SESSION, OrderWish(entry_id="one", copies=1)),
    "prepare": lambda c: c.prepare(SESSION, bytes(32)),
    "payment": lambda c: c.pay(SESSION, PAYMENT),
    "release": lambda c: c.release(SESSION),
    "prints": lambda c: c.report_print(
        SESSION,
        PrintReport(
            certificate_number=NUMBER, attempt=1, pages_out=1, outcome=PrintOutcome.PRINTED
        ),
    ),
    "complete": lambda c: c.complete(
        SESSION,
        Completion(results=(SheetResult(certificate_number=NUMBER, outcome=SheetOutcome.PRINTED),)),
    ),
    "abort": lambda c: c.abort(SESSION, "left"),
    "void": lambda c: c.void(SESSION, "jam"),
    "service": lambda c: c.service_status(),
    SESSION: lambda c: c.session_status(SESSION),
}


async def test_answer_is_returned_as_its_type() -> None:
    assert await Line(ok()).client().pay(SESSION, PAYMENT) == STATUS


@pytest.mark.parametrize("step", STEPS)
async def test_every_step_goes_to_its_own_place_and_tells_refusals(step: str) -> None:
    line = Line(problem(ProblemKind.NOT_AT_KIOSK, ErrorCode.NOT_AT_KIOSK))
    with pytest.raises(GatewayRefusalError) as error:
        await STEPS[step](line.client())
    assert line.requests[0].url.path.rsplit("/", 1)[-1] == step
    refused = error.value
    assert (refused.kind, refused.code) == (ProblemKind.NOT_AT_KIOSK, ErrorCode.NOT_AT_KIOSK)
    assert (refused.money, refused.trace_id) == (MoneyState.NONE, "0123456789abcdef")
    assert (refused.retryable, refused.opens_at) == (False, "2026-11-24T06:30:00+09:00")


@pytest.mark.parametrize(
    ("reply", "pause_s"),
    [
        (LOST, RETRY_PAUSES_S[0]),
        (httpx.ReadTimeout("slow"), RETRY_PAUSES_S[0]),
        (problem(ProblemKind.IN_PROGRESS), BUSY_PAUSE_S),
    ],
)
async def test_silence_is_asked_again_under_the_same_key_with_a_new_signature(
    reply: Reply, pause_s: float
) -> None:
    line = Line(reply, ok())
    assert await line.client().pay(SESSION, PAYMENT) == STATUS
    assert line.pauses == [pause_s]
    assert len(set(line.keys)) == 1
    assert len(set(line.signatures)) == 2


async def test_answer_that_takes_long_is_waited_for() -> None:
    """Rendering ten copies may take longer than a transport waits for one answer."""
    busy = [problem(ProblemKind.IN_PROGRESS) for _ in range(20)]
    line = Line(LOST, *busy, ok())
    assert await line.client().pay(SESSION, PAYMENT) == STATUS
    assert len(set(line.keys)) == 1


async def test_third_silence_is_the_last() -> None:
    line = Line(LOST, LOST, LOST)
    with pytest.raises(GatewayUnreachableError):
        await line.client().service_status()
    assert line.pauses == list(RETRY_PAUSES_S)


async def test_call_that_hangs_ends_at_its_limit() -> None:
    async def hang(_request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError

    line = Line()
    line._answer = hang  # type: ignore[assignment,method-assign]  # waits instead of answering
    with pytest.raises(GatewayUnreachableError):
        await line.client(limit_s=0).pay(SESSION, PAYMENT)


async def test_failure_inside_the_gateway_leaves_the_outcome_open() -> None:
    line = Line(problem(ProblemKind.INTERNAL))
    with pytest.raises(GatewayUnreachableError):
        await line.client().pay(SESSION, PAYMENT)
    assert len(line.requests) == 1


@pytest.mark.parametrize("step", ["prepare", "payment", "release", "prints", "complete", "void"])
async def test_pressing_the_button_again_repeats_the_same_request(step: str) -> None:
    line = Line(problem(ProblemKind.WRONG_STATE), problem(ProblemKind.WRONG_STATE))
    client = line.client()
    for _ in range(2):
        with pytest.raises(GatewayRefusalError):
            await STEPS[step](client)
    assert len(set(line.keys)) == 1


@pytest.mark.parametrize("step", ["sessions", "proof", "quote"])
async def test_going_back_is_a_new_request(step: str) -> None:
    """An earlier wish, wished again, must not get its earlier answer."""
    line = Line(problem(ProblemKind.WRONG_STATE), problem(ProblemKind.WRONG_STATE))
    client = line.client()
    for _ in range(2):
        with pytest.raises(GatewayRefusalError):
            await STEPS[step](client)
    assert len(set(line.keys)) == 2


async def test_same_step_in_two_sessions_has_two_keys() -> None:
    line = Line(ok(), ok())
    client = line.client()
    for session in (SESSION, "b" * 32):
        await client.abort(session, "left")
    assert len(set(line.keys)) == 2


async def test_answer_to_an_identical_request_is_not_believed() -> None:
    """A cache or a mix-up on the way hands over the answer that another request got."""
    line = Line(ok(), ok())
    client = line.client()
    await client.pay(SESSION, PAYMENT)
    first = line.answers[0]

    line.answer_with(first)
    with pytest.raises(IntegrityError):
        await client.pay(SESSION, PAYMENT)


async def test_answer_of_another_signer_stops_the_line_at_once() -> None:
    line = Line(ok(), key=SigningKey("gateway", SigningKey.generate("x").private_key))
    with pytest.raises(IntegrityError):
        await line.client().pay(SESSION, PAYMENT)
    assert len(line.requests) == 1


@pytest.mark.parametrize(
    "reply", [ok("{}"), ok('{"secret": 1}'), httpx.Response(500, content=b"no problem document")]
)
async def test_answer_that_cannot_be_read_is_refused_and_not_repeated(
    reply: httpx.Response,
) -> None:
    with pytest.raises(IntegrityError) as error:
        await Line(reply).client().pay(SESSION, PAYMENT)
    assert error.value.__suppress_context__
