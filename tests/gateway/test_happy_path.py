"""From the challenge to the fee, through the real application."""

import pytest

from gateway.billing.fees import EntryKind
from gateway.wire.bodies import SessionState
from issuance.wire.bodies import NumberState
from tests.gateway.world import FEE_TOWN, World

pytestmark = pytest.mark.anyio


async def test_card_holder_gets_every_copy_and_one_fee_a_sheet_is_posted(world: World) -> None:
    kiosk = world.kiosk()

    receipt = await kiosk.whole_visit(copies=2)

    assert (receipt.sheets, receipt.total, receipt.refund) == (2, 20, 0)
    entries = world.entries()
    assert [entry.kind for entry in entries] == [EntryKind.ISSUED] * 2
    assert {entry.price.commission_by_municipality for entry in entries} == {107}
    numbers = world.core.orders[kiosk.session_id].numbers
    assert set(numbers.values()) == {NumberState.ISSUED}
    assert (await kiosk.status()).state is SessionState.ISSUED


async def test_released_documents_are_those_that_the_core_sealed(world: World) -> None:
    kiosk = world.kiosk()
    quote, numbers = await kiosk.until_ready()
    await kiosk.pay(quote.total)

    released = await kiosk.release()

    assert released.sealed_documents == (f"sealed {kiosk.session_id} {numbers[0]}".encode(),)


async def test_town_with_a_fee_takes_it_from_the_resident_and_bears_the_commission(
    world: World,
) -> None:
    kiosk = world.kiosk()
    quote, numbers = await kiosk.until_ready(code=FEE_TOWN)
    assert quote.total == 300
    await kiosk.pay(300)
    await kiosk.release()

    await kiosk.complete({numbers[0]: "printed"})

    (entry,) = world.entries(FEE_TOWN)
    assert (entry.price.resident_pays, entry.price.commission_by_municipality) == (300, 117)
