"""The power goes between any two writes: afterwards every printed sheet has exactly one fee."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from gateway.billing.fees import EntryKind
from gateway.database import Worker, transaction
from gateway.reconcile import Reconciler, Settlement
from gateway.sessions.model import ENDED
from gateway.sessions.store import list_sessions
from gateway.wire.bodies import SessionState as S
from issuance.wire import api_paths as core_paths
from issuance.wire.bodies import NumberState
from tests.gateway.fake_kiosk import RefusedError
from tests.gateway.world import World, build_world

pytestmark = pytest.mark.anyio
TRANSACTIONS_OF_A_VISIT = 13
"""Writes that change a session; nonces have a way of their own into the database."""


class PowerCut(BaseException):
    """Nothing after this happens."""


def cut_power(worker: Worker, *, after: int, committed: bool) -> Callable[[], int]:
    """Let the gateway die at its ``after``-th transaction, before or after the commit.

    Returns how many transactions there were.
    """
    straight, count = worker.run_now, 0

    def run(work: Callable[[Connection], Any]) -> Any:
        nonlocal count
        count += 1
        if count == after and not committed:
            raise PowerCut
        answer = straight(work)
        if count == after:
            raise PowerCut
        return answer

    worker.run_now = run  # type: ignore[method-assign]  # the same work, with a power cut
    return lambda: count


async def visit(world: World, paper: set[str]) -> None:
    """One visit; what comes out of the printer goes into ``paper``."""
    kiosk = world.kiosk()
    numbers = await kiosk.until_released(copies=2)
    for number in numbers:
        paper.add(number)
        await kiosk.report(number)
    await kiosk.complete(dict.fromkeys(numbers, "printed"))


def reconciler_of(world: World) -> Reconciler:
    gateway = world.gateway
    return Reconciler(gateway.worker, gateway.cores, gateway.ending, world.clock.now)


async def clean_up(world: World, paper: set[str]) -> None:
    """Reconcile, then let a person settle what is in doubt by looking at the paper."""
    world.clock.forward(timedelta(minutes=20))
    reconciler = reconciler_of(world)
    report = await reconciler.run()
    for doubt in report.doubts:
        found = Settlement.LISTED if paper else Settlement.VOID
        await reconciler.settle(doubt.session_id, found, operator="tanaka", printed=paper)


def assert_one_fee_a_sheet(world: World, paper: set[str]) -> None:
    """The ledger, the paper and the core say the same, and nothing is left standing."""
    entries = world.entries()
    assert {entry.kind for entry in entries} <= {EntryKind.ISSUED}
    assert sorted(entry.certificate_number for entry in entries) == sorted(paper)
    issued = {
        number
        for order in world.core.orders.values()
        for number, state in order.numbers.items()
        if state is NumberState.ISSUED
    }
    assert issued == paper
    with transaction(world.engine) as connection:
        standing = set(S) - ENDED
        assert list_sessions(connection, standing, unchanged_since=world.clock.now()) == []


async def test_a_visit_has_the_expected_number_of_transactions(world: World) -> None:
    """Otherwise the power cuts below would miss some of them."""
    count = cut_power(world.gateway.worker, after=0, committed=True)
    await visit(world, set())
    assert count() == TRANSACTIONS_OF_A_VISIT


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("after", range(1, TRANSACTIONS_OF_A_VISIT + 1))
async def test_power_cut_between_any_two_writes_leaves_one_fee_a_sheet(
    engine: Engine, after: int, committed: bool
) -> None:
    world, paper = build_world(engine), set[str]()
    cut_power(world.gateway.worker, after=after, committed=committed)
    with pytest.raises(PowerCut):
        await visit(world, paper)

    world.restart()
    await clean_up(world, paper)

    assert_one_fee_a_sheet(world, paper)


@pytest.mark.parametrize(
    "path", [core_paths.RESOLVE, core_paths.QUOTE, core_paths.PREPARE, core_paths.COMPLETE]
)
async def test_answer_of_the_core_that_is_lost_leaves_one_fee_a_sheet(
    world: World, path: str
) -> None:
    paper: set[str] = set()
    world.core.deaf_after.add(path)
    with pytest.raises(RefusedError):
        await visit(world, paper)

    world.core.deaf_after.clear()
    await clean_up(world, paper)

    assert_one_fee_a_sheet(world, paper)


async def test_core_that_dies_while_completing_is_asked_again(any_engine: Engine) -> None:
    world, paper = build_world(any_engine), set[str]()
    world.core.silent.add(core_paths.COMPLETE)
    with pytest.raises(RefusedError):
        await visit(world, paper)
    assert world.entries() == []
    world.clock.forward(timedelta(minutes=2))

    report = await reconciler_of(world).run()

    assert [why for _, why in report.remaining] == ["CoreUnavailableError"]
    world.core.silent.clear()
    report = await reconciler_of(world).run()
    assert [state for _, state in report.finished] == [S.ISSUED]
    assert_one_fee_a_sheet(world, paper)


async def test_kiosk_that_retries_over_a_restart_gets_the_same_documents(world: World) -> None:
    """The gateway died after the core had made the documents: nothing is made twice."""
    kiosk = world.kiosk()
    await kiosk.open()
    await kiosk.prove()
    quote = await kiosk.quote()
    count = cut_power(world.gateway.worker, after=2, committed=False)
    with pytest.raises(PowerCut):
        await kiosk.prepare(quote)
    assert count() == 2
    world.restart()
    again = world.kiosk()
    again.session_id = kiosk.session_id

    await again.prepare(quote)

    assert len(world.core.orders[kiosk.session_id].numbers) == 1
    assert (await again.status()).state is S.READY
