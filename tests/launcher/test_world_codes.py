"""Every error screen can be reached with personas, dials and clock, through the real programs."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.wire.codes import ErrorCode, MoneyState
from launcher.world import TownWorld
from tests.launcher.visitor import Visitor

Walk = Callable[[Visitor], Coroutine[Any, Any, None]]


async def closed(visitor: Visitor) -> None:
    visitor.world.turn("service", "real_hours")
    visitor.world.set_clock(datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    await visitor.start()


async def maintenance(visitor: Visitor) -> None:
    visitor.world.turn("service", "suspended")
    await visitor.start()


async def suspended_meanwhile(visitor: Visitor) -> None:
    await visitor.to_pin()
    visitor.world.turn("municipality", "suspended")
    await visitor.enter()


async def first_command_fails(visitor: Visitor) -> None:
    visitor.world.turn("card", "first_fails")
    await visitor.to_pin()


async def memory_fails(visitor: Visitor) -> None:
    visitor.world.turn("card", "memory_failure")
    await visitor.to_take_card()


async def unplugged(visitor: Visitor) -> None:
    await visitor.to_pin()
    visitor.world.turn("reader", "unplugged")
    await visitor.enter()


async def unplugged_at_the_first_look(visitor: Visitor) -> None:
    visitor.world.turn("reader", "unplugged")
    await visitor.start()
    await visitor.look_at_reader()


async def unplugged_while_the_pin_is_typed(visitor: Visitor) -> None:
    await visitor.to_pin()
    visitor.world.turn("reader", "unplugged")
    await visitor.look_at_reader()


async def last_try(visitor: Visitor) -> None:
    visitor.world.turn("reader", "careful")
    visitor.persona = "one-try-left"
    await visitor.to_pin()


async def lifted(visitor: Visitor) -> None:
    visitor.world.turn("card", "lift_after", "2")
    await visitor.to_pin()


async def child(visitor: Visitor) -> None:
    visitor.persona = "under-15"
    await visitor.to_pin()


async def wrong_pin(visitor: Visitor) -> None:
    await visitor.to_pin()
    await visitor.enter("9999")


async def locked(visitor: Visitor) -> None:
    visitor.persona = "pin-locked"
    await visitor.to_pin()


def with_persona(persona: str) -> Walk:
    async def walk(visitor: Visitor) -> None:
        visitor.persona = persona
        await visitor.to_take_card()

    return walk


def with_dial(dial: str, setting: str, argument: str = "") -> Walk:
    async def walk(visitor: Visitor) -> None:
        visitor.world.turn(dial, setting, argument)
        await visitor.to_take_card()

    return walk


async def too_often(visitor: Visitor) -> None:
    visitor.world.turn("rate", "tight")
    await visitor.to_take_card()
    await visitor.take_card()
    await visitor.press("cancel")
    await visitor.to_take_card()


async def session_over(visitor: Visitor) -> None:
    await visitor.to_take_card()
    visitor.world.advance(11 * 60)
    await visitor.take_card()
    await visitor.press("victim_certificate", "case-0", "next")


def with_core(setting: str, argument: str = "") -> Walk:
    async def walk(visitor: Visitor) -> None:
        visitor.world.turn("core", setting, argument)
        await visitor.to_payment()

    return walk


async def other_document(visitor: Visitor) -> None:
    visitor.world.turn("core", "other_document")
    await visitor.to_payment()
    await visitor.coin()


async def nobody_pays(visitor: Visitor) -> None:
    await visitor.to_payment()
    await visitor.wait(121)


def with_printer(setting: str, argument: str = "") -> Walk:
    async def walk(visitor: Visitor) -> None:
        await visitor.to_payment()
        visitor.world.turn("printer", setting, argument)
        await visitor.coin()

    return walk


async def unreadable(visitor: Visitor) -> None:
    await visitor.to_payment()
    await visitor.coin()
    await visitor.press("spoiled")


async def given_up(visitor: Visitor) -> None:
    await with_printer("no_paper")(visitor)
    await visitor.press("refund")


async def not_told(visitor: Visitor) -> None:
    await visitor.to_payment()
    await visitor.coin()
    visitor.world.turn("line", "down")
    await visitor.press("taken")


CODES: list[tuple[ErrorCode, MoneyState, Walk]] = [
    (ErrorCode.OUTSIDE_HOURS, MoneyState.NONE, closed),
    (ErrorCode.OUTSIDE_HOURS, MoneyState.NONE, maintenance),
    (ErrorCode.NOT_OFFERED, MoneyState.NONE, suspended_meanwhile),
    (ErrorCode.CARD_NOT_RECOGNISED, MoneyState.NONE, first_command_fails),
    (ErrorCode.CARD_NOT_RECOGNISED, MoneyState.NONE, memory_fails),
    (ErrorCode.READER_OUT_OF_ORDER, MoneyState.NONE, unplugged_while_the_pin_is_typed),
    (ErrorCode.CARD_REMOVED, MoneyState.NONE, lifted),
    (ErrorCode.NO_CERTIFICATE_ON_CARD, MoneyState.NONE, child),
    (ErrorCode.READER_OUT_OF_ORDER, MoneyState.NONE, unplugged),
    (ErrorCode.READER_OUT_OF_ORDER, MoneyState.NONE, unplugged_at_the_first_look),
    (ErrorCode.PIN_WRONG, MoneyState.NONE, wrong_pin),
    (ErrorCode.PIN_LOCKED, MoneyState.NONE, locked),
    (ErrorCode.LAST_TRY, MoneyState.NONE, last_try),
    (ErrorCode.CERTIFICATE_EXPIRED, MoneyState.NONE, with_persona("expired")),
    (ErrorCode.CERTIFICATE_REVOKED, MoneyState.NONE, with_persona("revoked")),
    (ErrorCode.CERTIFICATE_REVOKED, MoneyState.NONE, with_dial("ocsp", "revoked")),
    (ErrorCode.CERTIFICATE_REVOKED, MoneyState.NONE, with_dial("ocsp", "revoked", "resident")),
    (ErrorCode.REVOCATION_UNKNOWN, MoneyState.NONE, with_dial("ocsp", "silent")),
    (ErrorCode.NOT_REGISTERED, MoneyState.NONE, with_persona("unknown-serial")),
    (ErrorCode.NOT_AT_KIOSK, MoneyState.NONE, with_persona("dv-protected")),
    (ErrorCode.RATE_LIMITED, MoneyState.NONE, too_often),
    (ErrorCode.SESSION_EXPIRED, MoneyState.NONE, session_over),
    (ErrorCode.NOT_PREPARED, MoneyState.NONE, with_core("prepare_fails")),
    (ErrorCode.NOT_PREPARED, MoneyState.NONE, with_core("answer_lost")),
    (ErrorCode.NOT_PREPARED, MoneyState.NONE, with_dial("core", "down")),
    (ErrorCode.NOT_PREPARED, MoneyState.NONE, with_dial("line", "down")),
    (ErrorCode.NOT_PREPARED, MoneyState.NONE, with_dial("line", "server_error", "proof")),
    (ErrorCode.NOT_PREPARED, MoneyState.NONE, with_dial("line", "answer_lost", "proof")),
    (ErrorCode.BINDING_MISMATCH, MoneyState.NONE, with_dial("line", "bad_gateway")),
    (ErrorCode.BINDING_MISMATCH, MoneyState.NONE, with_dial("line", "wrong_signature")),
    (ErrorCode.BINDING_MISMATCH, MoneyState.NONE, with_core("other_person")),
    (ErrorCode.BINDING_MISMATCH, MoneyState.NONE, with_core("mixed_press")),
    (ErrorCode.BINDING_MISMATCH, MoneyState.RETURNED, other_document),
    (ErrorCode.NOT_PRINTABLE, MoneyState.NONE, with_core("unprintable")),
    (ErrorCode.RECORD_CHANGED, MoneyState.NONE, with_core("record_changed")),
    (ErrorCode.NOT_PAID, MoneyState.NONE, nobody_pays),
    (ErrorCode.PAPER_JAM, MoneyState.HELD, with_printer("jam")),
    (ErrorCode.PAPER_JAM, MoneyState.HELD, with_printer("tray_open")),
    (ErrorCode.PAPER_JAM, MoneyState.HELD, with_printer("tray_not_writable")),
    (ErrorCode.SUPPLIES_OUT, MoneyState.HELD, with_printer("no_paper")),
    (ErrorCode.SUPPLIES_OUT, MoneyState.HELD, with_printer("no_toner")),
    (ErrorCode.SPOILED, MoneyState.HELD, unreadable),
    (ErrorCode.NOT_RECOVERABLE, MoneyState.REFUNDED, given_up),
    (ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN, not_told),
]


@pytest.mark.parametrize(
    ("code", "money", "walk"),
    CODES,
    ids=[f"{code.value}-{number}" for number, (code, _money, _walk) in enumerate(CODES)],
)
def test_every_error_screen_is_within_a_testers_reach(
    world: TownWorld, code: ErrorCode, money: MoneyState, walk: Walk
) -> None:
    visitor = Visitor(world)
    asyncio.run(walk(visitor))
    assert visitor.error == (code, money)


def test_no_code_is_forgotten() -> None:
    assert {code for code, _money, _walk in CODES} == set(ErrorCode)
