"""Every end besides the good one, and sheets that are taken back later."""

import pytest
from sqlalchemy import Engine

from gateway.billing.fees import EntryKind
from gateway.billing.ledger import load_entries
from gateway.billing.statement import make_statement
from gateway.database import transaction
from gateway.errors import UnknownSessionError, WrongStateError
from gateway.sessions.voiding import void_sheet
from gateway.wire.bodies import SessionState as S
from issuance.wire.bodies import NumberState
from tests.gateway.world import FREE_TOWN, World, build_world

pytestmark = pytest.mark.anyio


async def test_aborted_session_voids_its_numbers_and_costs_nothing(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_ready()

    status = await kiosk.abort()

    assert (status.state, status.refund) == (S.ABORTED, 0)
    assert set(world.core.orders[kiosk.session_id].numbers.values()) == {NumberState.VOID}
    assert world.entries() == []


async def test_paid_session_without_sheets_gives_everything_back(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_released(copies=2)

    first, again = await kiosk.void(key="v"), await kiosk.void(key="v")

    assert (first.state, first.refund) == (S.VOID, 20)
    assert first == again
    assert world.entries() == []


async def test_paid_session_can_be_voided_before_the_release(world: World) -> None:
    kiosk = world.kiosk()
    quote, _ = await kiosk.until_ready()
    await kiosk.pay(quote.total)
    assert (await kiosk.void()).refund == 10


async def test_copies_that_were_not_printed_are_refunded_and_void(world: World) -> None:
    kiosk = world.kiosk()
    numbers = await kiosk.until_released(copies=3)

    receipt = await kiosk.complete(
        {numbers[0]: "printed", numbers[1]: "not_printed", numbers[2]: "printed"}
    )

    assert (receipt.sheets, receipt.total, receipt.refund) == (2, 20, 10)
    assert [entry.certificate_number for entry in world.entries()] == [numbers[0], numbers[2]]
    assert world.core.orders[kiosk.session_id].numbers[numbers[1]] is NumberState.VOID


async def test_completion_without_any_printed_copy_is_void(world: World) -> None:
    kiosk = world.kiosk()
    numbers = await kiosk.until_released()

    receipt = await kiosk.complete({numbers[0]: "not_printed"})

    assert (receipt.sheets, receipt.refund) == (0, 10)
    assert (await kiosk.status()).state is S.VOID


async def void(world: World, number: str) -> None:
    gateway = world.gateway
    await void_sheet(
        gateway.worker,
        gateway.cores,
        code=FREE_TOWN,
        number=number,
        reason="spoiled",
        now=world.clock.now,
    )


async def test_sheet_taken_back_adds_a_reversing_entry_and_sums_to_nothing(
    any_engine: Engine,
) -> None:
    world = build_world(any_engine)
    kiosk = world.kiosk()
    await kiosk.whole_visit()
    (issued,) = world.entries()

    await void(world, issued.certificate_number)

    entries = world.entries()
    assert [entry.kind for entry in entries] == [EntryKind.ISSUED, EntryKind.VOIDED]
    totals = make_statement(FREE_TOWN, issued.month, entries).totals
    assert (totals.issued, totals.voided, totals.collected, totals.net) == (1, 1, 0, 0)
    numbers = world.core.orders[kiosk.session_id].numbers
    assert numbers[issued.certificate_number] is NumberState.VOID


async def test_sheet_is_taken_back_once(any_engine: Engine) -> None:
    world = build_world(any_engine)
    await world.kiosk().whole_visit()
    number = world.entries()[0].certificate_number
    await void(world, number)

    with pytest.raises(WrongStateError):
        await void(world, number)

    with transaction(any_engine) as connection:
        assert len(load_entries(connection, FREE_TOWN)) == 2


async def test_sheet_that_was_never_issued_cannot_be_taken_back(world: World) -> None:
    with pytest.raises(UnknownSessionError):
        await void(world, "990001-999999")
