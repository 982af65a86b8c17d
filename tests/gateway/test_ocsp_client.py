"""The OCSP client: every failure is a no, a good answer is kept for a while, and no longer."""

import asyncio
import gzip
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest
from cryptography.x509 import ocsp

from gateway.ocsp_client import NONCE_BYTES, OcspClient, OcspSettings
from gateway.verification.errors import (
    RevocationFault,
    RevocationUnknownError,
    RevokedError,
    RevokedReason,
)
from gateway.verification.verifier import Verifier
from tests.gateway.verification import ocsp_answers as answers
from tests.gateway.verification import pki
from tests.gateway.verification.fakes import (
    Answer,
    DrippingBody,
    EndlessBody,
    FakeClock,
    FakeResponder,
    silence,
)
from tests.gateway.verification.ocsp_answers import AnswerRecipe, ListRecipe
from tests.gateway.verification.pki import NOW
from tests.gateway.verification.test_verifier import CONTEXT, proof_of

SETTINGS = OcspSettings("http://ocsp.example/ocsp")
IMPATIENT = replace(SETTINGS, timeout_s=0.02)
REVOKED = AnswerRecipe(status=ocsp.OCSPCertStatus.REVOKED)


def says(recipe: AnswerRecipe) -> Answer:
    """Return a responder's way to answer every request with this recipe."""

    async def answer(request: bytes) -> httpx.Response:
        return httpx.Response(200, content=answers.answer_to(request, recipe))

    return answer


def sends(status: int, content: bytes | httpx.AsyncByteStream, **headers: str) -> Answer:
    """Return a responder's way to send these bytes, whatever it was asked."""

    async def answer(request: bytes) -> httpx.Response:
        del request
        if isinstance(content, bytes):
            return httpx.Response(status, content=content, headers=headers)
        return httpx.Response(status, stream=content, headers=headers)

    return answer


async def broken_line(request: bytes) -> httpx.Response:
    """Fail like a cable that was pulled."""
    del request
    raise httpx.ConnectError("no route")


@dataclass
class Bench:
    """A client, its clock and the responder it talks to."""

    answer: Answer = field(default_factory=lambda: says(AnswerRecipe()))
    settings: OcspSettings = SETTINGS
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.responder = FakeResponder(self.answer)
        self.client = OcspClient(
            httpx.AsyncClient(transport=self.responder), self.settings, now=self.clock.now
        )

    def now_says(self, recipe: AnswerRecipe) -> None:
        """Let the responder answer like this from now on."""
        self.responder.answer = says(recipe)

    def check(self, serial: int = pki.SERIAL) -> None:
        """Ask about a certificate of the pinned authority."""
        asyncio.run(self._check(serial))

    async def _check(self, serial: int) -> None:
        await self.client.check(pki.authority(), serial)

    @property
    def asked(self) -> int:
        """How many requests reached the responder."""
        return len(self.responder.requests)


def test_good_card_is_asked_about_as_the_standard_says() -> None:
    bench = Bench()
    bench.check()
    request = bench.responder.requests[0]
    assert (request.method, str(request.url)) == ("POST", SETTINGS.url)
    assert request.headers["content-type"] == "application/ocsp-request"


def test_every_request_has_its_own_nonce_of_full_length() -> None:
    bench = Bench()
    bench.check(1)
    bench.check(2)
    nonces = {request.content[-NONCE_BYTES:] for request in bench.responder.requests}
    assert len(nonces) == 2


def test_nonce_comes_from_the_injected_maker() -> None:
    responder = FakeResponder(says(AnswerRecipe()))
    client = OcspClient(
        httpx.AsyncClient(transport=responder),
        SETTINGS,
        now=FakeClock().now,
        make_nonce=lambda: b"q" * NONCE_BYTES,
    )
    asyncio.run(client.check(pki.authority(), pki.SERIAL))
    assert b"q" * NONCE_BYTES in responder.requests[0].content


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (RevocationFault.NO_ANSWER, silence),
        (RevocationFault.NO_ANSWER, sends(200, DrippingBody())),
        (RevocationFault.NO_ANSWER, broken_line),
        (RevocationFault.HTTP_STATUS, sends(500, b"")),
        (RevocationFault.HTTP_STATUS, sends(404, AnswerRecipe().make())),
        (RevocationFault.HTTP_STATUS, sends(302, b"", location="http://ocsp.example/other")),
        (RevocationFault.UNREADABLE, sends(200, b"garbage")),
        (RevocationFault.UNREADABLE, sends(200, b"")),
        (
            RevocationFault.UNREADABLE,
            sends(200, gzip.compress(bytes(100_000)), **{"content-encoding": "gzip"}),
        ),
        (RevocationFault.TOO_LARGE, sends(200, bytes(SETTINGS.max_response_bytes + 1))),
        (RevocationFault.NONCE_DIFFERS, sends(200, AnswerRecipe(nonce=b"old" * 11).make())),
        (RevocationFault.NOT_SUCCESSFUL, sends(200, answers.unsuccessful())),
    ],
    ids=[
        "silent",
        "dripping",
        "broken line",
        "status 500",
        "good answer under 404",
        "redirect",
        "garbage",
        "empty",
        "compressed",
        "oversized",
        "recorded answer",
        "try later",
    ],
)
def test_whatever_goes_wrong_the_answer_is_no(fault: RevocationFault, answer: Answer) -> None:
    bench = Bench(answer, IMPATIENT)
    with pytest.raises(RevocationUnknownError) as refusal:
        bench.check()
    assert refusal.value.fault is fault


def test_endless_answer_is_read_only_up_to_the_limit() -> None:
    body = EndlessBody()
    bench = Bench(sends(200, body))
    with pytest.raises(RevocationUnknownError) as refusal:
        bench.check()
    assert refusal.value.fault is RevocationFault.TOO_LARGE
    assert body.taken <= SETTINGS.max_response_bytes + 1024


def test_answer_is_judged_at_the_moment_it_arrives() -> None:
    """The clock moves on while the responder thinks; an answer may grow old on the way."""
    bench = Bench()

    async def slow(request: bytes) -> httpx.Response:
        content = answers.answer_to(request)
        bench.clock.forward(timedelta(minutes=2, seconds=1))
        return httpx.Response(200, content=content)

    bench.responder.answer = slow
    with pytest.raises(RevocationUnknownError) as refusal:
        bench.check()
    assert refusal.value.fault is RevocationFault.THIS_UPDATE_OLD


def test_good_answer_is_kept_for_two_minutes() -> None:
    bench = Bench()
    bench.check()
    bench.clock.forward(timedelta(minutes=2))
    bench.check()
    assert bench.asked == 1


def test_after_two_minutes_it_is_asked_again_and_a_revocation_strikes() -> None:
    bench = Bench()
    bench.check()
    bench.clock.forward(timedelta(minutes=2, seconds=1))
    bench.now_says(replace(REVOKED, this_update=bench.clock.now()))
    with pytest.raises(RevokedError):
        bench.check()
    assert bench.asked == 2


def test_kept_answer_ends_with_its_next_update() -> None:
    bench = Bench(says(AnswerRecipe(next_update=NOW + timedelta(seconds=30))))
    bench.check()
    bench.clock.forward(timedelta(seconds=31))
    bench.check()
    assert bench.asked == 2


def test_responder_whose_clock_is_ahead_does_not_lengthen_it() -> None:
    ahead = AnswerRecipe(this_update=NOW + timedelta(minutes=10), next_update=None)
    bench = Bench(says(ahead))
    bench.check()
    bench.clock.forward(timedelta(minutes=2, seconds=1))
    bench.check()
    assert bench.asked == 2


def test_answer_that_was_old_on_arrival_is_not_kept_beyond_its_age() -> None:
    bench = Bench(says(AnswerRecipe(this_update=NOW - timedelta(minutes=1))))
    bench.check()
    bench.clock.forward(timedelta(minutes=1, seconds=1))
    bench.now_says(AnswerRecipe(this_update=bench.clock.now()))
    bench.check()
    assert bench.asked == 2


def test_clock_that_goes_backwards_ends_a_kept_answer() -> None:
    bench = Bench()
    bench.check()
    bench.clock.forward(-timedelta(minutes=5))
    bench.check()
    assert bench.asked == 2


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        (REVOKED, RevokedReason.REVOKED),
        (AnswerRecipe(status=ocsp.OCSPCertStatus.UNKNOWN), RevokedReason.UNKNOWN),
    ],
)
def test_a_no_is_never_kept(recipe: AnswerRecipe, reason: RevokedReason) -> None:
    bench = Bench(says(recipe))
    with pytest.raises(RevokedError) as refusal:
        bench.check()
    assert refusal.value.reason is reason
    bench.now_says(AnswerRecipe())
    bench.check()
    assert bench.asked == 2


def test_kept_answer_is_this_certificates_only() -> None:
    bench = Bench()
    bench.check(1)
    bench.now_says(REVOKED)
    with pytest.raises(RevokedError):
        bench.check(2)


def test_only_the_latest_used_answers_are_kept() -> None:
    bench = Bench(settings=replace(SETTINGS, cached_answers=2))
    for serial in (1, 2, 1, 3, 1):
        bench.check(serial)
    assert bench.asked == 3, "1 was used last, so 2 had to go"
    bench.check(2)
    assert bench.asked == 4


async def _held_back(bench: Bench) -> asyncio.Event:
    """Let the responder wait until the returned event is set."""
    gate = asyncio.Event()

    async def answer(request: bytes) -> httpx.Response:
        await gate.wait()
        return httpx.Response(200, content=answers.answer_to(request))

    bench.responder.answer = answer
    return gate


def test_same_card_at_the_same_moment_is_asked_about_once() -> None:
    bench = Bench()

    async def two() -> None:
        gate = await _held_back(bench)
        asked = [
            asyncio.create_task(bench.client.check(pki.authority(), pki.SERIAL)) for _ in range(2)
        ]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*asked)

    asyncio.run(two())
    assert bench.asked == 1


def test_one_who_gives_up_does_not_take_the_answer_from_the_other() -> None:
    bench = Bench()

    async def two() -> None:
        gate = await _held_back(bench)
        leaver, stayer = (
            asyncio.create_task(bench.client.check(pki.authority(), pki.SERIAL)) for _ in range(2)
        )
        await asyncio.sleep(0)
        leaver.cancel()
        await asyncio.sleep(0)
        gate.set()
        assert (await stayer).this_update == NOW
        assert leaver.cancelled()

    asyncio.run(two())


def test_fresh_list_answers_when_the_responder_does_not() -> None:
    bench = Bench(broken_line)
    bench.client.load_crl(ListRecipe().make(), pki.authority())
    bench.check()
    with pytest.raises(RevokedError):
        bench.check(pki.SERIAL + 1)


def test_list_never_overrules_the_responder() -> None:
    bench = Bench(says(REVOKED))
    bench.client.load_crl(ListRecipe().make(), pki.authority())
    with pytest.raises(RevokedError):
        bench.check()


def test_list_that_grew_old_answers_no_more() -> None:
    bench = Bench(broken_line)
    bench.client.load_crl(ListRecipe().make(), pki.authority())
    bench.clock.forward(timedelta(hours=24))
    with pytest.raises(RevocationUnknownError):
        bench.check()


def test_answer_from_a_list_is_not_kept() -> None:
    """The responder may be back at any moment and knows better."""
    bench = Bench(broken_line)
    bench.client.load_crl(ListRecipe().make(), pki.authority())
    bench.check()
    bench.now_says(REVOKED)
    with pytest.raises(RevokedError):
        bench.check()


def test_foreign_list_does_not_replace_a_good_one() -> None:
    bench = Bench(broken_line)
    bench.client.load_crl(ListRecipe().make(), pki.authority())
    with pytest.raises(RevocationUnknownError):
        bench.client.load_crl(ListRecipe(key="other-authority").make(), pki.authority())
    bench.check()


def test_verifier_and_client_accept_a_card_together() -> None:
    bench = Bench()
    verifier = Verifier(pki.policy(), bench.client)
    proof = proof_of(pki.good_certificate())
    holder = asyncio.run(verifier.verify(proof, CONTEXT, NOW))
    assert holder.serial == pki.SERIAL
    assert bench.asked == 1
