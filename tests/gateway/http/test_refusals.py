"""Every refusal of a well-formed request: status, kind, code and what happened to the money."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.participation.hours import Suspension
from gateway.participation.rate import RateLimit
from gateway.sessions.service import RateLimits
from gateway.verification import errors as verification
from gateway.wire.bodies import SessionState as S
from gateway.wire.codes import ErrorCode, MoneyState, ProblemKind
from gateway.wire.problem import Problem
from issuance.wire import api_paths as core_paths
from issuance.wire.codes import CoreRefusal
from tests.gateway.fake_kiosk import FakeKiosk, RefusedError
from tests.gateway.fakes import NOON
from tests.gateway.world import FREE_TOWN, World

pytestmark = pytest.mark.anyio
E, K, M = ErrorCode, ProblemKind, MoneyState


async def refusal_of(step: Awaitable[object]) -> Problem:
    """Return the problem document of a step that must be refused."""
    with pytest.raises(RefusedError) as refused:
        await step
    return refused.value.problem


async def opened(world: World) -> FakeKiosk:
    kiosk = world.kiosk()
    await kiosk.open()
    return kiosk


@pytest.mark.parametrize(
    ("reason", "code", "kind"),
    [
        (CoreRefusal.NOT_LINKED, E.NOT_REGISTERED, K.NOT_REGISTERED),
        (CoreRefusal.NOT_AT_KIOSK, E.NOT_AT_KIOSK, K.NOT_AT_KIOSK),
        (CoreRefusal.NOTHING_TO_ISSUE, E.NOT_OFFERED, K.NOT_OFFERED),
        (CoreRefusal.LINE_STOPPED, E.BINDING_MISMATCH, K.LINE_STOPPED),
        (CoreRefusal.UNAUTHENTICATED, E.NOT_PREPARED, K.CORE_UNAVAILABLE),
        (CoreRefusal.INTERNAL, E.NOT_PREPARED, K.CORE_UNAVAILABLE),
    ],
)
async def test_refusal_of_the_core_at_resolving_ends_the_session(
    world: World, reason: CoreRefusal, code: ErrorCode, kind: ProblemKind
) -> None:
    world.core.refuse[core_paths.RESOLVE] = reason
    kiosk = await opened(world)

    problem = await refusal_of(kiosk.prove())

    assert (problem.code, problem.kind, problem.money_state) == (code, kind, M.NONE)
    assert (await kiosk.status()).state is S.ABORTED


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (CoreRefusal.RECORD_CHANGED, E.RECORD_CHANGED),
        (CoreRefusal.NOT_PRINTABLE, E.NOT_PRINTABLE),
        (CoreRefusal.UNKNOWN_ORDER, E.SESSION_EXPIRED),
        (CoreRefusal.LINE_STOPPED, E.BINDING_MISMATCH),
    ],
)
async def test_refusal_of_the_core_at_preparing_ends_the_session_unpaid(
    world: World, reason: CoreRefusal, code: ErrorCode
) -> None:
    world.core.refuse[core_paths.PREPARE] = reason
    kiosk = await opened(world)
    await kiosk.prove()
    quote = await kiosk.quote()

    problem = await refusal_of(kiosk.prepare(quote))

    assert (problem.code, problem.money_state) == (code, M.NONE)
    assert (await kiosk.status()).state is S.ABORTED


@pytest.mark.parametrize("path", [core_paths.RESOLVE, core_paths.PREPARE])
async def test_silent_core_ends_the_session_before_anybody_pays(world: World, path: str) -> None:
    world.core.silent.add(path)
    kiosk = world.kiosk()

    problem = await refusal_of(kiosk.until_ready())

    assert (problem.status, problem.code, problem.retryable) == (503, E.NOT_PREPARED, True)
    assert (await kiosk.status()).state is S.ABORTED
    assert world.alarms() == {}


@pytest.mark.parametrize(
    ("error", "status", "code", "step"),
    [
        (verification.CertificateUnreadableError(), 422, E.NO_CERTIFICATE_ON_CARD, 1),
        (verification.UntrustedIssuerError(), 403, E.CERTIFICATE_REVOKED, 2),
        (verification.CertificateSignatureError(), 403, E.CERTIFICATE_REVOKED, 3),
        (verification.CertificateExpiredError(), 403, E.CERTIFICATE_EXPIRED, 4),
        (verification.UnknownCriticalExtensionError(), 403, E.CERTIFICATE_REVOKED, 6),
        (
            verification.RevokedError(verification.RevokedReason.REVOKED),
            403,
            E.CERTIFICATE_REVOKED,
            7,
        ),
        (
            verification.RevocationUnknownError(verification.RevocationFault.NO_ANSWER),
            503,
            E.REVOCATION_UNKNOWN,
            7,
        ),
        (verification.CardSignatureError(), 403, E.CERTIFICATE_REVOKED, 9),
    ],
)
async def test_card_that_is_not_proved_never_reaches_the_core(
    world: World, error: verification.VerificationError, status: int, code: ErrorCode, step: int
) -> None:
    world.verifier.refusal = error
    kiosk = await opened(world)

    problem = await refusal_of(kiosk.prove())

    assert (problem.status, problem.code, problem.step) == (status, code, step)
    assert world.core.calls == []


async def test_challenge_is_used_up_by_a_failed_proof(world: World) -> None:
    kiosk = await opened(world)
    world.verifier.refusal = verification.CardSignatureError()
    await refusal_of(kiosk.prove())
    world.verifier.refusal = None

    problem = await refusal_of(kiosk.prove())

    assert problem.code is E.SESSION_EXPIRED


async def test_challenge_of_a_crashed_proof_cannot_be_used_again(world: World) -> None:
    """The gateway died after it had used the challenge up and before anything else."""
    kiosk = await opened(world)

    def die() -> None:
        raise KeyboardInterrupt

    world.verifier.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        await kiosk.prove()
    world.verifier.meanwhile = None
    world.restart()
    again = world.kiosk()
    again.session_id, again.opened = kiosk.session_id, kiosk.opened
    again.session_key = kiosk.session_key

    problem = await refusal_of(again.prove())

    assert (problem.code, problem.step) == (E.SESSION_EXPIRED, 8)


async def test_proof_after_180_seconds_is_refused(world: World) -> None:
    kiosk = await opened(world)
    world.clock.forward(timedelta(seconds=181))
    assert (await refusal_of(kiosk.prove())).code is E.SESSION_EXPIRED


async def test_signature_made_for_another_session_is_refused(world: World) -> None:
    victim, thief = await opened(world), await opened(world)
    body = victim.proof_body(serial=7, code=FREE_TOWN)

    answer = await thief.send("/v1/sessions/{session_id}/proof", body)

    assert Problem.model_validate_json(answer.content).kind is K.PROOF_REFUSED


async def test_payment_after_ten_minutes_is_refused_and_nothing_is_kept(world: World) -> None:
    kiosk = world.kiosk()
    quote, _ = await kiosk.until_ready()
    world.clock.forward(timedelta(minutes=10, seconds=1))

    problem = await refusal_of(kiosk.pay(quote.total))

    assert problem.code is E.SESSION_EXPIRED


async def test_wrong_amount_is_given_back(world: World) -> None:
    kiosk = world.kiosk()
    quote, _ = await kiosk.until_ready()

    problem = await refusal_of(kiosk.pay(quote.total - 1))

    assert (problem.kind, problem.code, problem.money_state) == (
        K.WRONG_AMOUNT,
        E.NOT_PAID,
        M.RETURNED,
    )
    assert (await kiosk.status()).state is S.READY


Step = Callable[[FakeKiosk], Awaitable[object]]


@pytest.mark.parametrize(
    "step",
    [
        lambda kiosk: kiosk.quote(),
        lambda kiosk: kiosk.pay(0),
        lambda kiosk: kiosk.release(),
        lambda kiosk: kiosk.report("990001-000001"),
        lambda kiosk: kiosk.complete({"990001-000001": "printed"}),
        lambda kiosk: kiosk.void(),
    ],
    ids=["quote", "pay", "release", "report", "complete", "void"],
)
async def test_step_out_of_turn_is_refused(world: World, step: Step) -> None:
    kiosk = await opened(world)

    problem = await refusal_of(step(kiosk))

    assert (problem.status, problem.kind) == (409, K.WRONG_STATE)
    assert (await kiosk.status()).state is S.NEW


async def test_documents_are_handed_over_once(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_released()

    problem = await refusal_of(kiosk.release())

    assert (problem.kind, problem.money_state) == (K.WRONG_STATE, M.HELD)


async def test_lost_answer_of_the_release_is_given_again_under_its_key(world: World) -> None:
    kiosk = world.kiosk()
    quote, _ = await kiosk.until_ready()
    await kiosk.pay(quote.total)

    first, second = await kiosk.release(key="r"), await kiosk.release(key="r")

    assert first == second


async def test_ciphertext_is_gone_when_the_session_has_ended(world: World) -> None:
    kiosk = world.kiosk()
    quote, numbers = await kiosk.until_ready()
    await kiosk.pay(quote.total)
    await kiosk.release(key="r")
    await kiosk.complete({numbers[0]: "printed"})

    problem = await refusal_of(kiosk.release(key="r"))

    assert problem.kind is K.WRONG_STATE


async def test_same_key_with_another_body_is_refused(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.open(key="k")
    kiosk.session_key = bytes(32)

    problem = await refusal_of(kiosk.open(key="k"))

    assert (problem.status, problem.kind) == (422, K.IDEMPOTENCY_KEY_REUSED)


async def test_same_key_with_the_same_body_gets_the_same_session(world: World) -> None:
    kiosk = world.kiosk()
    assert await kiosk.open(key="k") == await kiosk.open(key="k")


async def test_keys_of_two_kiosks_do_not_meet(world: World) -> None:
    first, second = world.kiosk("kiosk-1"), world.kiosk("kiosk-2")
    assert (await first.open(key="k")).session_id != (await second.open(key="k")).session_id


async def test_order_that_was_not_quoted_is_not_prepared(world: World) -> None:
    kiosk = await opened(world)
    await kiosk.prove()
    quote = await kiosk.quote()

    problem = await refusal_of(kiosk.prepare(quote.model_copy(update={"order_digest": bytes(32)})))

    assert problem.code is E.RECORD_CHANGED
    assert core_paths.PREPARE not in world.core.calls


async def test_entry_of_nobodys_catalogue_cannot_be_ordered(world: World) -> None:
    kiosk = await opened(world)
    await kiosk.prove()
    assert (await refusal_of(kiosk.quote(entry_id="entry-9"))).code is E.NOT_OFFERED


async def test_municipality_that_does_not_take_part_is_refused(world: World) -> None:
    kiosk = await opened(world)
    problem = await refusal_of(kiosk.prove(code="990003"))
    assert (problem.status, problem.code) == (404, E.NOT_OFFERED)


async def test_closed_service_says_when_it_opens(world: World) -> None:
    world.clock.forward(timedelta(hours=12))

    problem = await refusal_of(world.kiosk().open())

    assert (problem.status, problem.code) == (503, E.OUTSIDE_HOURS)
    assert problem.opens_at == "2026-11-24T06:30:00+09:00"


async def test_suspended_municipality_is_refused_and_the_other_served(world: World) -> None:
    pause = Suspension(NOON, NOON + timedelta(hours=1), "保守", "maintenance")
    participation = world.parts.participation
    first, second = participation.municipalities
    world.restart(
        participation=replace(
            participation, municipalities=(replace(first, suspensions=(pause,)), second)
        )
    )
    kiosk = await opened(world)

    assert (await refusal_of(kiosk.prove())).code is E.NOT_OFFERED
    await kiosk.prove(code=second.code)


async def test_kiosk_that_opens_too_often_is_slowed_down(world: World) -> None:
    limit = RateLimit(2, timedelta(minutes=1))
    world.restart(limits=RateLimits(per_kiosk=limit, per_subject=limit))
    kiosk = world.kiosk()
    await kiosk.open()
    await kiosk.open()

    problem = await refusal_of(kiosk.open())

    assert (problem.status, problem.code) == (429, E.RATE_LIMITED)
    await world.kiosk("kiosk-2").open()


async def test_person_who_proves_too_often_is_slowed_down_at_every_kiosk(world: World) -> None:
    many = RateLimit(99, timedelta(seconds=1))
    world.restart(limits=RateLimits(per_kiosk=many, per_subject=RateLimit(1, timedelta(hours=1))))
    await (await opened(world)).prove(serial=7)
    second = world.kiosk("kiosk-2")
    await second.open()

    problem = await refusal_of(second.prove(serial=7))

    assert problem.code is E.RATE_LIMITED
    await (await opened(world)).prove(serial=8)


async def test_number_of_another_session_cannot_be_reported_or_completed(world: World) -> None:
    other, kiosk = world.kiosk("kiosk-2"), world.kiosk()
    foreign = await other.until_released(serial=9)
    await kiosk.until_released()

    assert (await refusal_of(kiosk.report(foreign[0]))).kind is K.WRONG_STATE
    assert (await refusal_of(kiosk.complete({foreign[0]: "printed"}))).kind is K.WRONG_STATE


async def test_completion_names_every_copy(world: World) -> None:
    kiosk = world.kiosk()
    numbers = await kiosk.until_released(copies=2)

    problem = await refusal_of(kiosk.complete({numbers[0]: "printed"}))

    assert (problem.kind, problem.money_state) == (K.WRONG_STATE, M.HELD)
    assert world.entries() == []


async def test_same_attempt_is_reported_once(world: World) -> None:
    kiosk = world.kiosk()
    numbers = await kiosk.until_released()
    await kiosk.report(numbers[0], outcome="jammed")

    assert (await refusal_of(kiosk.report(numbers[0]))).kind is K.WRONG_STATE
    await kiosk.report(numbers[0], attempt=2)


async def test_paid_session_cannot_be_aborted(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_released()
    assert (await refusal_of(kiosk.abort())).kind is K.WRONG_STATE


async def test_session_with_a_printed_copy_cannot_be_voided(world: World) -> None:
    kiosk = world.kiosk()
    numbers = await kiosk.until_released()
    await kiosk.report(numbers[0])
    assert (await refusal_of(kiosk.void())).kind is K.WRONG_STATE


async def test_kiosk_that_was_revoked_is_not_heard(world: World) -> None:
    kiosks = world.parts.participation.kiosks
    revoked = tuple(replace(k, revoked=k.kiosk_id == "kiosk-1") for k in kiosks)
    world.restart(participation=replace(world.parts.participation, kiosks=revoked))

    problem = await refusal_of(world.kiosk().open())

    assert (problem.status, problem.kind) == (401, K.UNAUTHENTICATED)
