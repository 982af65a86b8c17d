"""A tester's world: one clock, books, traces, log, and dials that can be turned back."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from cardsim.pki.ocsp import Lie
from gateway.wire.codes import ErrorCode
from kiosk.flow.model import Screen
from kiosk.tester.errors import NoWorldError, UnknownSettingError
from kiosk.tester.ports import ENTRY_POINT_GROUP, Dial, OpenWorld, World
from launcher.dials.board import known_dials
from launcher.world import TownWorld, open_world
from tests.launcher.conftest import START
from tests.launcher.visitor import Visitor


async def buy(visitor: Visitor) -> None:
    await visitor.to_payment()
    await visitor.coin()
    await visitor.press("taken")


def test_the_town_is_found_by_whoever_looks_for_a_world() -> None:
    (found,) = entry_points(group=ENTRY_POINT_GROUP)
    opens: OpenWorld = found.load()
    assert opens is open_world


def test_it_is_a_world(world: TownWorld) -> None:
    seen: World = world
    assert [card.id for card in seen.parts.tray.cards()][:1] == ["resident"]  # type: ignore[union-attr]


def test_a_sheet_is_counted_in_both_books(world: TownWorld) -> None:
    visitor = Visitor(world)
    asyncio.run(buy(visitor))
    assert visitor.state.screen is Screen.RECEIPT
    books = world.books()
    assert (books.fees, books.issued, books.voided, books.in_doubt) == (1, 1, 0, 0)
    assert books.yen_due == {"resident": 10, "municipality": 107}


def test_a_sheet_is_genuine_until_a_byte_is_another(world: TownWorld, tmp_path: Path) -> None:
    visitor = Visitor(world)
    asyncio.run(buy(visitor))
    (sheet,) = world.parts.output.glob("*.pdf")
    assert world.check_sheet(sheet) == ()
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(sheet.read_bytes() + b"\n% one line more\n")
    assert len(world.check_sheet(forged)) == 1


def test_a_sheet_that_never_came_out_is_counted_as_void(world: TownWorld) -> None:
    visitor = Visitor(world)

    async def walk() -> None:
        await visitor.to_payment()
        world.turn("printer", "no_paper")
        await visitor.coin()
        await visitor.press("refund")

    asyncio.run(walk())
    books = world.books()
    assert (books.fees, books.issued, books.voided) == (0, 0, 1)
    assert (world.parts.coin_box.kept, world.parts.coin_box.paid_out) == (0, 10)


def test_a_session_left_in_the_middle_becomes_doubtful(world: TownWorld) -> None:
    visitor = Visitor(world)

    async def walk() -> None:
        await visitor.to_payment()
        await visitor.coin()
        world.turn("line", "down")
        await visitor.press("taken")

    asyncio.run(walk())
    assert world.books().in_doubt == 0
    world.advance(timedelta(minutes=15).total_seconds())
    assert world.books().in_doubt == 1


def test_traces_name_every_exchange_and_no_secret(world: TownWorld) -> None:
    visitor = Visitor(world)
    asyncio.run(buy(visitor))
    card, line = "\n".join(world.card_trace()), "\n".join(world.line_trace())
    assert re.search("VERIFY.*SIGN", card, re.DOTALL)
    assert not re.search("1234|31323334", card)
    assert "POST /v1/sessions/…/payment → 200" in line
    assert visitor.state.service is not None


def test_its_clock_stands_still_until_it_is_advanced(world: TownWorld) -> None:
    clock = world.parts.clock
    assert (clock.now(), clock.now()) == (START, START)
    world.advance(90)
    assert clock.now() == START + timedelta(seconds=90)
    night = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)
    world.set_clock(night)
    assert (world.town.gateway_parts.now(), world.town.core.parts.now()) == (night, night)


def test_without_a_start_its_clock_runs_and_can_be_moved(tmp_path: Path) -> None:
    world = open_world(tmp_path)
    before = world.parts.clock.now()
    world.advance(3600)
    later = world.parts.clock.now()
    world.close()
    assert later - before >= timedelta(hours=1)


def test_a_second_opening_begins_new_books(tmp_path: Path) -> None:
    first = open_world(tmp_path, start=START)
    asyncio.run(buy(Visitor(first)))
    first.close()
    second = open_world(tmp_path, start=START + timedelta(hours=1))
    fees = second.books().fees
    second.close()
    assert fees == 0


@pytest.mark.parametrize("dial", known_dials(), ids=lambda dial: dial.id)
def test_after_every_position_is_turned_back_a_sheet_comes_out(
    world: TownWorld, dial: Dial
) -> None:
    normal = dial.settings[0].id
    for setting in dial.settings:
        world.turn(dial.id, setting.id)
        assert world.turned()[dial.id].partition(":")[0] == setting.id
        world.turn(dial.id, normal)
        assert world.turned()[dial.id] == normal
    asyncio.run(buy(Visitor(world)))
    assert (world.books().fees, len(world.parts.printer.output_tray())) == (1, 1)


@pytest.mark.parametrize("lie", sorted(set(Lie) - {Lie.ALWAYS_GOOD}))
def test_a_lying_responder_is_not_believed(world: TownWorld, lie: Lie) -> None:
    visitor = Visitor(world)
    world.turn("ocsp", lie.value)
    asyncio.run(visitor.to_take_card())
    known = ErrorCode.CERTIFICATE_REVOKED if lie is Lie.UNKNOWN else ErrorCode.REVOCATION_UNKNOWN
    assert visitor.error[0] is known


def test_refused_coins_lie_in_the_return_tray(world: TownWorld) -> None:
    box = world.parts.coin_box
    world.turn("coin_box", "refuses")
    box.insert(100)
    assert (box.inserted_yen(), box.paid_out) == (0, 100)


def test_a_stuck_coin_falls_out_when_the_slot_is_mended(world: TownWorld) -> None:
    box = world.parts.coin_box
    world.turn("coin_box", "jams")
    box.insert(100)
    assert (box.inserted_yen(), box.paid_out) == (0, 0)
    world.turn("coin_box", "normal")
    assert (box.inserted_yen(), box.paid_out) == (0, 100)


def test_one_lost_answer_is_asked_for_again_and_costs_nothing(world: TownWorld) -> None:
    world.turn("line", "answer_lost_once", "payment")
    asyncio.run(buy(Visitor(world)))
    assert world.books().fees == 1
    assert sum("/payment" in line for line in world.line_trace()) == 2


def test_a_rule_of_the_testers_own_lies_on_the_card(world: TownWorld) -> None:
    world.turn("card", "rule", "sign cut times=1")
    visitor = Visitor(world)
    asyncio.run(visitor.to_take_card())
    assert visitor.error[0] is ErrorCode.CARD_REMOVED
    assert not world.parts.reader.is_card_present()


def test_a_stopped_line_starts_again_when_two_people_say_so(world: TownWorld) -> None:
    world.turn("core", "other_person")
    stopped = Visitor(world)
    asyncio.run(stopped.to_payment())
    assert stopped.error[0] is ErrorCode.BINDING_MISMATCH
    world.turn("core", "normal")
    still = Visitor(world)
    asyncio.run(still.to_take_card())
    assert still.error[0] is ErrorCode.BINDING_MISMATCH
    world.turn("breaker", "reset")
    asyncio.run(buy(Visitor(world)))
    assert world.books().fees == 1


def test_what_programs_log_can_be_read(world: TownWorld) -> None:
    world.turn("core", "prepare_fails")
    asyncio.run(Visitor(world).to_payment())
    log = "\n".join(world.log_lines())
    assert "core-unavailable" in log
    assert "PressBrokenError" in log
    assert "花子" not in log


@pytest.mark.parametrize(
    ("dial", "setting", "argument", "named"),
    [
        ("colour", "red", "", "coin_box"),
        ("line", "red", "", "answer_lost"),
        ("line", "down", "payment", "leave"),
        ("line", "answer_lost", "payday", "payment"),
        ("card", "lift_after", "soon", "whole number"),
        ("card", "rule", "sign slowly", "nothing that can happen"),
        ("core", "slow", "-1", "seconds"),
        ("ocsp", "revoked", "nobody", "resident"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    world: TownWorld, dial: str, setting: str, argument: str, named: str
) -> None:
    before = world.turned()
    with pytest.raises(UnknownSettingError, match=named):
        world.turn(dial, setting, argument)
    assert world.turned() == before


def test_a_persona_names_her_pin_and_nobody_else(world: TownWorld) -> None:
    assert world.pin_of("resident") == "1234"
    with pytest.raises(UnknownSettingError, match="resident"):
        world.pin_of("nobody")


def test_an_unknown_reader_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoWorldError, match="sim"):
        open_world(tmp_path, reader="crystal ball")
