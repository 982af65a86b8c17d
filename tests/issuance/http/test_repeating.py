"""Repeated requests, crashes between the two transactions, and leftovers."""

from datetime import timedelta

import pytest

from issuance.app import open_core
from issuance.certificates.store import load_revocations
from issuance.database import read, write
from issuance.errors import IssuanceError, RequestInProgressError, WrongOrderStateError
from issuance.http.operations import Call
from issuance.wire import api_paths
from issuance.wire.bodies import (
    AbortRequest,
    NumberState,
    OrderStatus,
    PrepareAnswer,
    PrepareRequest,
)
from issuance.wire.codes import CoreRefusal
from tests.issuance.builders import TOWN
from tests.issuance.conftest import World
from tests.issuance.http.kiosk_session import KioskSession, accepted, refused

pytestmark = pytest.mark.anyio


async def test_a_repeated_request_gets_the_very_same_answer(world: World) -> None:
    session = KioskSession(world.client())
    first = accepted(await session.resolve())
    assert accepted(await session.resolve()) == first
    quote = await session.quoted()
    made = accepted(await session.prepare(quote))
    assert accepted(await session.prepare(quote)) == made
    assert len((await session.status()).numbers) == 1
    number = (await session.status()).numbers[0].certificate_number
    done = accepted(await session.complete({number: "printed"}))
    assert accepted(await session.complete({number: "printed"})) == done


async def test_the_same_report_under_another_key_changes_nothing(world: World) -> None:
    session = KioskSession(world.client())
    manifest, _answer = await session.prepared()
    number = manifest.documents[0].certificate_number
    accepted(await session.complete({number: "printed"}))
    accepted(await session.complete({number: "printed"}, key="again"))
    contrary = await session.complete({number: "not_printed"}, key="contrary")
    assert refused(contrary).reason is CoreRefusal.UNKNOWN_ORDER


async def test_a_crash_while_making_keeps_numbers_date_and_ids(world: World) -> None:
    """The power goes between the two transactions; the repeated request finishes the work."""
    session = KioskSession(world.client())
    quote = await session.quoted(copies=2)
    world.press.crashes = 1
    refused(await session.prepare(quote))
    reserved = await session.status()
    assert reserved.state == "quoted"
    assert {number.state for number in reserved.numbers} == {NumberState.RESERVED}

    world.clock.forward(timedelta(minutes=5))
    manifest, answer = await session.prepared_from(quote)
    assert [document.certificate_number for document in manifest.documents] == [
        number.certificate_number for number in reserved.numbers
    ]
    assert len(answer.sealed_documents) == 2
    assert manifest.prepared_at == world.clock.now() - timedelta(minutes=5)


async def test_a_lost_key_does_not_lose_the_numbers(world: World) -> None:
    session = KioskSession(world.client())
    quote = await session.quoted()
    world.press.crashes = 1
    refused(await session.prepare(quote, key="lost"))
    answer = PrepareAnswer.model_validate_json(accepted(await session.prepare(quote, key="new")))
    assert len(answer.sealed_documents) == 1
    assert len((await session.status()).numbers) == 1


async def test_two_processes_making_the_same_order_agree(world: World) -> None:
    """The one that finishes second gives the answer of the first."""
    call = await prepare_call(world)
    other_process = open_core(world.core.parts)
    first: list[bytes] = []
    world.press.meanwhile = lambda: first.append(other_process.operations.answer(call))
    assert world.core.operations.answer(call) == first[0]
    assert len(world.press.pressed) == 2


async def test_the_same_request_at_the_same_time_is_in_progress(world: World) -> None:
    call = await prepare_call(world)
    refusals: list[IssuanceError] = []

    def ask_again() -> None:
        try:
            world.core.operations.answer(call)
        except RequestInProgressError as error:
            refusals.append(error)

    world.press.meanwhile = ask_again
    world.core.operations.answer(call)
    assert len(refusals) == 1


async def test_an_order_that_was_aborted_while_it_was_made_is_not_prepared(world: World) -> None:
    call = await prepare_call(world)
    abort = AbortRequest(session_id=f"{1:032x}", reason="cancelled")
    with_key = Call("gateway", api_paths.ABORT, "abort", abort.model_dump_json().encode())
    world.press.meanwhile = lambda: world.core.operations.answer(with_key)
    with pytest.raises(WrongOrderStateError):
        world.core.operations.answer(call)


async def prepare_call(world: World) -> Call:
    """Return the prepare request of session 1 as it reaches the core."""
    session = KioskSession(world.client())
    quote = await session.quoted()
    request = PrepareRequest(session_id=session.session_id, order_digest=quote.order_digest)
    return Call("gateway", api_paths.PREPARE, "one", request.model_dump_json().encode())


async def test_an_aborted_order_voids_its_numbers_and_forgets_the_documents(world: World) -> None:
    session = KioskSession(world.client())
    quote = await session.quoted()
    accepted(await session.prepare(quote))
    status = OrderStatus.model_validate_json(accepted(await session.abort()))
    assert status.state == "aborted"
    assert [number.state for number in status.numbers] == [NumberState.VOID]
    assert OrderStatus.model_validate_json(accepted(await session.abort(key="again"))) == status
    assert refused(await session.prepare(quote)).reason is CoreRefusal.UNKNOWN_ORDER


async def test_a_voided_number_enters_the_revocation_list_once(world: World) -> None:
    session = KioskSession(world.client())
    manifest, _answer = await session.prepared(copies=2)
    numbers = [document.certificate_number for document in manifest.documents]
    accepted(await session.complete(dict.fromkeys(numbers, "printed")))
    status = OrderStatus.model_validate_json(accepted(await session.void(numbers[1])))
    assert [number.state for number in status.numbers] == [NumberState.ISSUED, NumberState.VOID]
    accepted(await session.void(numbers[1], key="again"))
    with read(world.engine) as connection:
        (revocation,) = load_revocations(connection, TOWN)
    assert revocation.certificate_number == numbers[1]
    assert revocation.reason == "paper-jam"


async def test_interrupted_orders_are_swept_after_their_time(world: World) -> None:
    session = KioskSession(world.client())
    quote = await session.quoted()
    world.press.crashes = 1
    refused(await session.prepare(quote))
    closing = world.core.closing
    with write(world.engine) as connection:
        assert closing.sweep(connection, before=world.clock.now()) == 0
        later = world.clock.now() + timedelta(hours=1)
        assert closing.sweep(connection, before=later) == 1
    assert [number.state for number in (await session.status()).numbers] == [NumberState.VOID]
