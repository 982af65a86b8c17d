"""Where cards are laid: in this process, and behind the real pcscd; the same on both."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsim.faults import parse_rule
from gateway.wire.codes import ErrorCode
from kiosk.tester.errors import NoWorldError
from launcher.card_places import open_place
from launcher.world import TownWorld, open_world
from tests.launcher.conftest import START
from tests.launcher.visitor import Visitor

NO_PCSCD = "PC/SC: run in tools/pcsc_room.sh, which sets RISAI_TEST_PCSC (CI does)"
BEHIND_PCSCD = (
    pytest.mark.pcsc,
    pytest.mark.skipif(os.environ.get("RISAI_TEST_PCSC") != "1", reason=NO_PCSCD),
)


@pytest.fixture(params=["sim", pytest.param("pcsc", marks=BEHIND_PCSCD)])
def place_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TownWorld]:
    opened = open_world(tmp_path, start=START, reader=request.param)
    yield opened
    opened.close()


def test_a_sheet_comes_out_wherever_the_card_lies(place_world: TownWorld) -> None:
    visitor = Visitor(place_world)

    async def walk() -> None:
        await visitor.to_payment()
        await visitor.coin()
        await visitor.press("taken")

    asyncio.run(walk())
    assert place_world.books().fees == 1


def test_another_card_takes_the_place_of_the_first(place_world: TownWorld) -> None:
    visitor = Visitor(place_world)

    async def walk() -> None:
        await visitor.start()
        await visitor.put_card()
        visitor.persona = "under-15"
        await visitor.press("cancel")
        await visitor.take_card()
        await visitor.to_pin()

    asyncio.run(walk())
    assert visitor.error[0] is ErrorCode.NO_CERTIFICATE_ON_CARD


@pytest.mark.parametrize(("setting", "argument"), [("lift_after", "4"), ("rule", "read cut")])
def test_a_card_that_leaves_is_gone(place_world: TownWorld, setting: str, argument: str) -> None:
    place_world.turn("card", setting, argument)
    visitor = Visitor(place_world)
    asyncio.run(visitor.to_pin())
    assert visitor.error[0] is ErrorCode.CARD_REMOVED


def test_rules_count_anew_for_each_card(place_world: TownWorld) -> None:
    place_world.turn("card", "rule", "select cut after=1 times=1")
    visitor = Visitor(place_world)

    async def twice() -> None:
        for _ in range(2):
            await visitor.to_pin()
            assert visitor.error[0] is ErrorCode.CARD_REMOVED
            await visitor.take_card()
            await visitor.press("finish")

    asyncio.run(twice())


def test_a_reader_that_this_town_has_not_is_refused() -> None:
    with pytest.raises(NoWorldError, match=r"sim, and pcsc\[:NAME\]"):
        open_place("crystal ball", lambda: None)


def test_a_slower_card_waits_before_every_command() -> None:
    waits: list[None] = []
    place = open_place("sim", lambda: waits.append(None))
    place.rule((parse_rule("any 6F00"),))
    place.slow_down(0.0)
    assert not place.reader.is_card_present()
    assert waits == []
