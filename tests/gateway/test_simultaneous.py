"""Many sessions at once: every sheet belongs to its requester, and a step is taken once."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from gateway.app import open_gateway
from gateway.participation.rate import RateLimit
from gateway.sessions.service import RateLimits
from gateway.wire import api_paths
from gateway.wire.bodies import Quote
from issuance.wire.bodies import NumberState
from tests.gateway.fake_kiosk import FakeKiosk, RefusedError
from tests.gateway.world import World, build_world

MANY = RateLimit(10_000, timedelta(seconds=1))


def busy_world(engine: Engine) -> World:
    world = build_world(engine)
    world.restart(limits=RateLimits(MANY, MANY))
    return world


@pytest.mark.anyio
async def test_twenty_simultaneous_sessions_get_their_own_sheets(any_engine: Engine) -> None:
    """Two of them are the same person in the same second."""
    world = busy_world(any_engine)
    kiosks = [world.kiosk(f"kiosk-{1 + n % 2}") for n in range(20)]
    serials = [max(1, n) for n in range(20)]
    received: dict[int, tuple[bytes, ...]] = {}

    async def visit(place: int) -> None:
        kiosk = kiosks[place]
        quote, numbers = await kiosk.until_ready(serial=serials[place])
        await kiosk.pay(quote.total)
        received[place] = (await kiosk.release()).sealed_documents
        await kiosk.complete(dict.fromkeys(numbers, "printed"))

    async with anyio.create_task_group() as group:
        for place in range(20):
            group.start_soon(visit, place)

    for place, kiosk in enumerate(kiosks):
        order = world.core.orders[kiosk.session_id]
        assert order.serial == serials[place]
        (number,) = order.numbers
        assert received[place] == (f"sealed {kiosk.session_id} {number}".encode(),)
    assert len(world.entries()) == len({e.certificate_number for e in world.entries()}) == 20


@pytest.mark.anyio
@pytest.mark.parametrize("path", [api_paths.PAYMENT, api_paths.RELEASE, api_paths.COMPLETE])
async def test_step_taken_in_two_processes_at_once_is_taken_once(
    any_engine: Engine, path: str
) -> None:
    """Two gateways over one database; the loser is refused and nothing is doubled."""
    world = build_world(any_engine)
    kiosk = world.kiosk()
    quote, numbers = await kiosk.until_ready()
    bodies: dict[str, dict[str, Any]] = {
        api_paths.PAYMENT: {"amount": quote.total, "method": "coins", "terminal_ref": "t"},
        api_paths.RELEASE: {},
        api_paths.COMPLETE: {"results": [{"certificate_number": numbers[0], "outcome": "printed"}]},
    }
    for earlier in list(bodies)[: list(bodies).index(path)]:
        await kiosk.send(earlier, bodies[earlier])
    other = world.kiosk()
    other.session_id = kiosk.session_id
    world.gateway = open_gateway(world.parts)
    second = world.kiosk()
    second.session_id = kiosk.session_id
    statuses: list[int] = []

    async def step(one: FakeKiosk) -> None:
        statuses.append((await one.send(path, bodies[path])).status_code)

    async with anyio.create_task_group() as group:
        group.start_soon(step, other)
        group.start_soon(step, second)

    if path == api_paths.COMPLETE:  # The same outcomes from both: the work is shared.
        assert set(statuses) <= {200, 409}
        assert statuses.count(200) >= 1
        assert len(world.entries()) == 1
    else:
        assert sorted(statuses) == [200, 409]


STEPS = ("open", "prove", "quote", "prepare", "pay", "release", "report", "complete")
EXTRA = ("abort", "void", "restart", "wait")
Moves = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(("next",) * 40 + STEPS + EXTRA)),
    min_size=100,
    max_size=130,
)
"""Mostly the next step in order; now and then any other, a restart, or time going by."""


class Player:
    """One kiosk of the random play; remembers what it was given."""

    def __init__(self, world: World, place: int) -> None:
        self.world, self.place = world, place
        self.printed: set[str] = set()
        self.turn = 0
        self.begin()

    def begin(self) -> None:
        self.kiosk = self.world.kiosk(f"kiosk-{1 + self.place % 2}")
        self.quote: Quote | None = None
        self.numbers: tuple[str, ...] = ()
        self.released = False

    async def take(self, step: str) -> None:
        """Take a step, in turn or not; what cannot even be said is left out."""
        turn = STEPS[self.turn % len(STEPS)] if step == "next" else step
        self.turn += 1
        await getattr(self, f"take_{turn}")()

    async def take_open(self) -> None:
        self.begin()
        await self.kiosk.open()

    async def take_prove(self) -> None:
        if self.kiosk.opened is not None:
            await self.kiosk.prove(serial=100 + self.place)

    async def take_quote(self) -> None:
        self.quote = await self.kiosk.quote()

    async def take_prepare(self) -> None:
        if self.quote is not None:
            await self.kiosk.prepare(self.quote)
            self.numbers = tuple(self.world.core.orders[self.kiosk.session_id].numbers)

    async def take_pay(self) -> None:
        await self.kiosk.pay(10)

    async def take_release(self) -> None:
        released = await self.kiosk.release()
        expected = f"sealed {self.kiosk.session_id} {self.numbers[0]}".encode()
        assert released.sealed_documents == (expected,)
        self.released = True

    async def take_report(self) -> None:
        if self.numbers:
            await self.kiosk.report(self.numbers[0], outcome="jammed", attempt=1)

    async def take_complete(self) -> None:
        if self.released:
            receipt = await self.kiosk.complete({self.numbers[0]: "printed"})
            self.printed |= set(self.numbers) if receipt.sheets else set()

    async def take_abort(self) -> None:
        await self.kiosk.abort()

    async def take_void(self) -> None:
        await self.kiosk.void()


async def play(world: World, moves: list[tuple[int, str]]) -> list[Player]:
    players = [Player(world, place) for place in range(4)]
    for place, step in moves:
        if step == "restart":
            world.restart()
            for player in players:
                fresh = world.kiosk(player.kiosk.key.key_id)
                fresh.session_id, fresh.opened = player.kiosk.session_id, player.kiosk.opened
                fresh.session_key = player.kiosk.session_key
                player.kiosk = fresh
        elif step == "wait":
            world.clock.forward(timedelta(seconds=30))
        else:
            with suppress(RefusedError):
                await players[place].take(step)
    return players


def test_play_in_order_issues_a_sheet_to_everybody(engine: Engine) -> None:
    """Otherwise the random play would prove nothing."""
    world = busy_world(engine)
    players = anyio.run(play, world, [(n % 4, "next") for n in range(4 * len(STEPS))])
    assert [len(player.printed) for player in players] == [1] * 4


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=Moves)
def test_random_interleaving_never_posts_a_fee_for_another_session(
    engine: Engine, moves: list[tuple[int, str]]
) -> None:
    world = busy_world(engine)
    world.core._next_number = _numbers_used(engine)  # The core of the example before is gone.

    players = anyio.run(play, world, moves)

    printed = set().union(*(player.printed for player in players))
    assert world.alarms() == {}
    assert '"status": 500' not in world.log.getvalue()
    own = {e.certificate_number for e in world.entries() if e.session_id in world.core.orders}
    assert own == printed
    for order in world.core.orders.values():
        issued = {n for n, state in order.numbers.items() if state is NumberState.ISSUED}
        assert issued <= printed
        assert not issued or order.serial in range(100, 104)


def _numbers_used(engine: Engine) -> int:
    with engine.begin() as connection:
        query = "SELECT count(*) FROM certificate_numbers"
        return int(connection.exec_driver_sql(query).scalar_one())
