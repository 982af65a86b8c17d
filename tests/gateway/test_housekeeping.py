"""The gateway takes up what was left standing while it serves."""

from datetime import timedelta

import pytest

from gateway.housekeeping import PAUSE_S, keep_house
from gateway.wire.bodies import SessionState as S
from tests.gateway.test_crashes import reconciler_of
from tests.gateway.world import World

pytestmark = pytest.mark.anyio


class EnoughError(Exception):
    """The test has seen enough."""


async def test_expired_session_ends_without_anybody_asking(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_ready()
    world.clock.forward(timedelta(minutes=12))

    await keep_for(world, rounds=1)

    assert (await kiosk.status()).state is S.ABORTED


async def test_what_stays_in_doubt_is_logged_without_names(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_released()
    world.clock.forward(timedelta(minutes=16))

    await keep_for(world, rounds=2)

    log = world.log.getvalue()
    assert log.count("sessions left standing") == 2
    assert kiosk.session_id not in log


async def test_failure_does_not_end_the_housekeeping(world: World) -> None:
    def fail(_work: object) -> None:
        raise RuntimeError("secret")

    world.gateway.worker.look_now = fail  # type: ignore[method-assign,assignment]  # the database is gone

    await keep_for(world, rounds=2)

    log = world.log.getvalue()
    assert log.count("reconciliation failed") == 2
    assert "secret" not in log


async def keep_for(world: World, *, rounds: int) -> None:
    """Keep house for so many rounds."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == rounds:
            raise EnoughError

    with pytest.raises(EnoughError):
        await keep_house(reconciler_of(world), world.parts.log, pause=pause)
    assert pauses == [PAUSE_S] * rounds
