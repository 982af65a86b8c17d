"""Sheets of a real-store test go the whole way and are counted apart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.billing.fees import SheetPurpose
from gateway.billing.statement import make_statement
from gateway.billing.tariff import StoreTest, Tariff
from tests.gateway.fakes import NOON
from tests.gateway.test_endings import void
from tests.gateway.world import FEE_TOWN, World, build_world

pytestmark = pytest.mark.anyio


def with_store_test(world: World) -> None:
    """Let kiosk-1 take part in a test of the town that charges 300 yen."""
    test = StoreTest(NOON, NOON + timedelta(hours=1), frozenset({"kiosk-1"}))
    known = world.parts.participation
    towns = tuple(
        replace(town, tariff=Tariff(store_tests=(test,))) for town in known.municipalities
    )
    world.restart(participation=replace(known, municipalities=towns))


async def visit(world: World, kiosk_name: str) -> int:
    """Buy one sheet in the town that charges; return what was paid."""
    kiosk = world.kiosk(kiosk_name)
    quote, numbers = await kiosk.until_ready(code=FEE_TOWN)
    await kiosk.pay(quote.total)
    await kiosk.release()
    await kiosk.complete(dict.fromkeys(numbers, "printed"))
    return quote.total


async def test_test_sheet_costs_ten_yen_and_is_marked_in_the_ledger(any_engine: Engine) -> None:
    world = build_world(any_engine)
    with_store_test(world)

    assert (await visit(world, "kiosk-1"), await visit(world, "kiosk-2")) == (10, 300)

    by_purpose = {entry.price.purpose: entry.price for entry in world.entries(FEE_TOWN)}
    assert by_purpose[SheetPurpose.STORE_TEST].commission_by_municipality == 107
    made = make_statement(FEE_TOWN, "2026-11", world.entries(FEE_TOWN))
    assert (made.totals.issued, made.test_totals.issued) == (2, 1)
    assert made.test_totals.net == 10 - 117


async def test_reversal_of_a_test_sheet_is_a_test_too(world: World) -> None:
    with_store_test(world)
    kiosk = world.kiosk()
    numbers = await kiosk.until_released()
    await kiosk.complete(dict.fromkeys(numbers, "printed"))
    await void(world, numbers[0])
    assert {entry.price.purpose for entry in world.entries()} == {SheetPurpose.STORE_TEST}
