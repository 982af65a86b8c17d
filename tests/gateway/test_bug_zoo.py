"""Faulty cores after the incidents of 2023 and 2024: every one is refused, with no fee posted.

Source: [KONBINI 6].
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine

from gateway.wire import api_paths
from gateway.wire.bodies import SessionState
from gateway.wire.codes import ErrorCode, MoneyState
from issuance.wire import api_paths as core_paths
from issuance.wire.bodies import Manifest, NumberState, PrepareAnswer, PrepareRequest
from issuance.wire.codes import CoreRefusal
from tests.gateway.fake_kiosk import FakeKiosk, RefusedError
from tests.gateway.fakes import FakeCore, FakeOrder
from tests.gateway.world import FREE_TOWN, World, build_world

pytestmark = pytest.mark.anyio


async def refused(step: Callable[[], Awaitable[object]]) -> RefusedError:
    """Return the refusal of a step."""
    with pytest.raises(RefusedError) as caught:
        await step()
    return caught.value


async def prepare_refused(kiosk: FakeKiosk, *, serial: int = 7) -> RefusedError:
    """Go as far as the documents, which must be refused."""
    await kiosk.open()
    await kiosk.prove(serial=serial)
    quote = await kiosk.quote()
    return await refused(lambda: kiosk.prepare(quote))


async def assert_line_stopped(world: World, kiosk: FakeKiosk, alarm: str) -> None:
    """The session is quarantined, nobody pays, and the next resident is refused."""
    assert (await kiosk.status()).state is SessionState.QUARANTINED
    assert world.alarms() == {FREE_TOWN: alarm}
    assert world.entries() == []
    following = world.kiosk("kiosk-2")
    await following.open()
    error = await refused(lambda: following.prove(serial=8))
    assert error.problem.code is ErrorCode.BINDING_MISMATCH


class Yokohama(FakeCore):
    """Under load it releases a lock too early and returns the next job's documents."""

    def prepare(self, request: PrepareRequest) -> PrepareAnswer:
        for session_id, order in self.orders.items():
            if session_id != request.session_id and order.state in ("quoted", "prepared"):
                order.prepared = order.prepared or self.make(session_id, order)
                return order.prepared
        return super().prepare(request)


class Munakata(FakeCore):
    """Returns what it made for the customer before."""

    last: PrepareAnswer | None = None

    def prepare(self, request: PrepareRequest) -> PrepareAnswer:
        self.last = self.last or super().prepare(request)
        return self.last


class WrongPerson(FakeCore):
    """Renders the record of another person under the right session and order."""

    def make(self, session_id: str, order: FakeOrder) -> PrepareAnswer:
        order.serial += 1
        return super().make(session_id, order)


class Adachi(FakeCore):
    """Something replaces the document after the manifest was made."""

    def make(self, session_id: str, order: FakeOrder) -> PrepareAnswer:
        answer = super().make(session_id, order)
        return answer.model_copy(update={"sealed_documents": (b"another document",)})


class Kawasaki(FakeCore):
    """Names a job by the second in which it came, so two get one number."""

    def new_number(self) -> str:
        return f"{self.code}-{int(self.now().timestamp())}"


class Takamatsu(FakeCore):
    """Keeps its jobs on one node behind a balancer that asks the other."""

    def prepare(self, request: PrepareRequest) -> PrepareAnswer:
        self.orders.clear()
        return super().prepare(request)


class Forgetful(FakeCore):
    """Answers that a completed order's numbers are still only prepared."""

    def complete(self, request):  # type: ignore[no-untyped-def]  # the broken twin of complete
        status = super().complete(request)
        numbers = tuple(
            number.model_copy(update={"state": NumberState.PREPARED}) for number in status.numbers
        )
        return status.model_copy(update={"numbers": numbers})


async def test_yokohama_documents_of_another_job_stop_the_line(engine: Engine) -> None:
    world = build_world(engine, Yokohama)
    other = world.kiosk("kiosk-2")
    await other.open()
    await other.prove(serial=9)
    await other.quote()
    kiosk = world.kiosk()

    error = await prepare_refused(kiosk)

    assert error.problem.code is ErrorCode.BINDING_MISMATCH
    await assert_line_stopped(world, kiosk, "session")


async def test_munakata_previous_customers_documents_stop_the_line(engine: Engine) -> None:
    world = build_world(engine, Munakata)
    await world.kiosk("kiosk-2").until_ready(serial=9)
    kiosk = world.kiosk()

    error = await prepare_refused(kiosk)

    assert (error.problem.code, error.problem.money_state) == (
        ErrorCode.BINDING_MISMATCH,
        MoneyState.NONE,
    )
    await assert_line_stopped(world, kiosk, "session")


async def test_document_about_another_person_stops_the_line(engine: Engine) -> None:
    world = build_world(engine, WrongPerson)
    kiosk = world.kiosk()

    await prepare_refused(kiosk)

    await assert_line_stopped(world, kiosk, "bind")


async def test_adachi_replaced_document_stops_the_line(engine: Engine) -> None:
    world = build_world(engine, Adachi)
    kiosk = world.kiosk()

    await prepare_refused(kiosk)

    await assert_line_stopped(world, kiosk, "ciphertext")


async def test_kawasaki_second_use_of_a_number_stops_the_line_and_spares_the_first(
    any_engine: Engine,
) -> None:
    world = build_world(any_engine, Kawasaki)
    first, second = world.kiosk("kiosk-2"), world.kiosk()
    quote, _ = await first.until_ready(serial=9)
    await first.pay(quote.total)

    error = await prepare_refused(second)

    assert error.problem.code is ErrorCode.BINDING_MISMATCH
    assert world.alarms() == {FREE_TOWN: "number-seen-before"}
    assert (await first.status()).state is SessionState.PAID


async def test_takamatsu_job_that_the_node_does_not_know_ends_before_payment(
    engine: Engine,
) -> None:
    world = build_world(engine, Takamatsu)
    kiosk = world.kiosk()

    error = await prepare_refused(kiosk)

    assert error.problem.code is ErrorCode.SESSION_EXPIRED
    assert (await kiosk.status()).state is SessionState.ABORTED
    assert world.entries() == []


async def test_saitama_record_changed_since_it_was_shown_is_not_issued(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.open()
    await kiosk.prove()
    world.core.version = 2

    error = await refused(lambda: kiosk.quote())

    assert error.problem.code is ErrorCode.RECORD_CHANGED
    assert world.alarms() == {}


async def test_saitama_stale_register_fails_closed(world: World) -> None:
    world.core.refuse[core_paths.RESOLVE] = CoreRefusal.NOT_AT_KIOSK
    kiosk = world.kiosk()
    await kiosk.open()

    error = await refused(lambda: kiosk.prove())

    assert error.problem.code is ErrorCode.NOT_AT_KIOSK


class CachingTransport(httpx.AsyncBaseTransport):
    """A cache between gateway and core that gives one answer to everybody."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._known: dict[str, httpx.Response] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer from the cache when the address was asked before."""
        place = str(request.url)
        if place not in self._known:
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
            self._known[place] = answer
        known = self._known[place]
        return httpx.Response(known.status_code, headers=known.headers, content=known.content)


async def test_cache_mix_up_is_refused_by_the_response_signature_and_stops_the_line(
    world: World,
) -> None:
    gateway_key = world.parts.key
    app = world.core.app({gateway_key.key_id: gateway_key.public_bytes})
    world.core_transports[FREE_TOWN] = CachingTransport(httpx.ASGITransport(app=app))
    world.restart()
    await world.kiosk("kiosk-2").until_ready(serial=9)
    kiosk = world.kiosk()
    await kiosk.open()

    error = await refused(lambda: kiosk.prove())

    assert error.problem.code is ErrorCode.BINDING_MISMATCH
    assert world.alarms() == {FREE_TOWN: "response"}
    assert (await kiosk.status()).state is SessionState.QUARANTINED


async def test_quote_for_more_copies_than_wished_stops_the_line(engine: Engine) -> None:
    class Generous(FakeCore):
        def quote(self, request):  # type: ignore[no-untyped-def]  # the broken twin of quote
            return super().quote(request.model_copy(update={"copies": request.copies + 1}))

    world = build_world(engine, Generous)
    kiosk = world.kiosk()
    await kiosk.open()
    await kiosk.prove()

    error = await refused(lambda: kiosk.quote())

    assert error.problem.code is ErrorCode.BINDING_MISMATCH
    assert world.alarms() == {FREE_TOWN: "quote"}


async def test_fee_is_not_posted_while_the_core_records_another_outcome(engine: Engine) -> None:
    world = build_world(engine, Forgetful)
    kiosk = world.kiosk()
    numbers = await kiosk.until_released()

    error = await refused(lambda: kiosk.complete({numbers[0]: "printed"}))

    assert error.problem.code is ErrorCode.BINDING_MISMATCH
    assert (await kiosk.status()).state is SessionState.IN_DOUBT
    assert world.entries() == []


async def test_retry_storm_makes_one_sheet_and_one_charge(any_engine: Engine) -> None:
    world = build_world(any_engine)
    kiosk = world.kiosk()
    numbers = await kiosk.until_released()

    receipts = [await kiosk.complete({numbers[0]: "printed"}, key="once") for _ in range(5)]

    assert len({receipt.receipt_number for receipt in receipts}) == 1
    assert len(world.entries()) == 1
    assert world.core.calls.count(core_paths.COMPLETE) == 1


async def test_clock_that_steps_back_makes_no_session_younger(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.open()
    world.clock.forward(-timedelta(minutes=5))

    error = await refused(lambda: kiosk.prove())

    assert error.problem.code is ErrorCode.SESSION_EXPIRED


async def test_stopped_line_refuses_money_and_documents_too(world: World) -> None:
    ready, paid = world.kiosk("kiosk-1"), world.kiosk("kiosk-2")
    quote, _ = await ready.until_ready(serial=1)
    other, _ = await paid.until_ready(serial=2)
    await paid.pay(other.total)
    proved = world.kiosk()
    await proved.open()
    await proved.prove(serial=3)
    world.core.make = lambda session_id, order: _mixed_up(  # type: ignore[method-assign]
        world.core, session_id, order
    )
    quoted = await proved.quote()
    await refused(lambda: proved.prepare(quoted))

    refusals = [
        await refused(lambda: ready.pay(quote.total)),
        await refused(lambda: paid.release()),
        await refused(lambda: ready.ask(api_paths.QUOTE, {"entry_id": "x", "copies": 1}, Manifest)),
    ]

    codes = [refusal.problem.code for refusal in refusals]
    assert codes[:2] == [ErrorCode.BINDING_MISMATCH] * 2
    assert refusals[1].problem.money_state is MoneyState.HELD


def _mixed_up(core: FakeCore, session_id: str, order: FakeOrder) -> PrepareAnswer:
    order.serial += 1
    return FakeCore.make(core, session_id, order)
