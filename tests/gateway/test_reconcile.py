"""Reconciliation does what is certain and settles nothing by default."""

from datetime import timedelta

import pytest

from gateway.errors import SettlementRefusedError
from gateway.integrity.breaker import find_broken_entry, integrity_log
from gateway.reconcile import Report, Settlement, report_lines
from gateway.wire.bodies import SessionState as S
from issuance.wire import api_paths as core_paths
from issuance.wire.bodies import NumberState
from tests.gateway.fake_kiosk import FakeKiosk
from tests.gateway.test_crashes import reconciler_of
from tests.gateway.world import World

pytestmark = pytest.mark.anyio
LATER = timedelta(minutes=16)


async def in_doubt(world: World, *, copies: int = 1) -> tuple[FakeKiosk, tuple[str, ...]]:
    """Return a session whose kiosk fell silent after the release."""
    kiosk = world.kiosk()
    numbers = await kiosk.until_released(copies=copies)
    world.clock.forward(LATER)
    await reconciler_of(world).run()
    assert (await kiosk.status()).state is S.IN_DOUBT
    return kiosk, numbers


async def test_expired_session_ends_and_the_core_voids_its_numbers(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_ready()
    world.clock.forward(timedelta(minutes=12))

    report = await reconciler_of(world).run()

    assert report.expired == report.told == [kiosk.session_id]
    assert set(world.core.orders[kiosk.session_id].numbers.values()) == {NumberState.VOID}


async def test_core_that_could_not_be_told_is_told_later(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_ready()
    world.core.silent.add(core_paths.ABORT)
    await kiosk.abort()
    first = await reconciler_of(world).run()
    world.core.silent.clear()

    second = await reconciler_of(world).run()

    assert first.remaining == [(kiosk.session_id, "CoreNotTold")]
    assert second.told == [kiosk.session_id]
    assert (await reconciler_of(world).run()).told == []


async def test_core_whose_answer_to_the_abort_was_lost_counts_as_told(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_ready()
    world.core.deaf_after.add(core_paths.ABORT)
    await kiosk.abort()

    assert (await reconciler_of(world).run()) == Report()


async def test_core_that_knows_nothing_of_the_session_counts_as_told(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_ready()
    world.core.orders.clear()
    await kiosk.abort()

    assert (await reconciler_of(world).run()) == Report()


async def test_session_that_is_being_worked_on_is_left_alone(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.until_released()
    report = await reconciler_of(world).run()
    assert report == Report()


async def test_doubt_is_shown_with_what_both_sides_say_and_not_settled(world: World) -> None:
    kiosk, numbers = await in_doubt(world, copies=2)
    await kiosk.report(numbers[0])

    report = await reconciler_of(world).run()

    (doubt,) = report.doubts
    assert doubt.core == dict.fromkeys(numbers, "prepared")
    assert doubt.kiosk == {numbers[0]: ("printed",)}
    assert world.entries() == []
    assert any(numbers[1] in line for line in report_lines(report))


async def test_kiosk_that_comes_back_completes_its_session_itself(world: World) -> None:
    kiosk, numbers = await in_doubt(world)

    receipt = await kiosk.complete({numbers[0]: "printed"})

    assert receipt.sheets == len(world.entries()) == 1


async def test_person_settles_as_printed_and_her_name_is_in_the_log(world: World) -> None:
    kiosk, _ = await in_doubt(world)

    ended = await reconciler_of(world).settle(
        kiosk.session_id, Settlement.PRINTED, operator="tanaka"
    )

    assert ended.state is S.ISSUED
    assert len(world.entries()) == 1
    with world.engine.begin() as connection:
        entries = connection.execute(integrity_log.select()).all()
        assert find_broken_entry(connection) is None
    assert [(entry.kind, "tanaka" in entry.payload) for entry in entries] == [("settled", True)]


async def test_person_settles_as_void_and_everything_goes_back(world: World) -> None:
    kiosk, _ = await in_doubt(world, copies=2)

    ended = await reconciler_of(world).settle(kiosk.session_id, Settlement.VOID, operator="tanaka")

    assert (ended.state, ended.refund) == (S.VOID, 20)
    assert world.entries() == []


async def test_settled_as_reported_posts_what_the_kiosk_saw(world: World) -> None:
    kiosk, numbers = await in_doubt(world, copies=2)
    await kiosk.report(numbers[0])
    await kiosk.report(numbers[1], outcome="jammed")

    ended = await reconciler_of(world).settle(
        kiosk.session_id, Settlement.REPORTED, operator="tanaka"
    )

    assert (ended.state, ended.refund) == (S.ISSUED, 10)
    assert [entry.certificate_number for entry in world.entries()] == [numbers[0]]


async def test_settled_by_list_posts_exactly_the_listed_copies(world: World) -> None:
    kiosk, numbers = await in_doubt(world, copies=2)

    await reconciler_of(world).settle(
        kiosk.session_id, Settlement.LISTED, operator="tanaka", printed=numbers[1:]
    )

    assert [entry.certificate_number for entry in world.entries()] == [numbers[1]]


@pytest.mark.parametrize("printed", [(), ("990001-999999",)])
async def test_list_names_copies_of_the_session_only(
    world: World, printed: tuple[str, ...]
) -> None:
    kiosk, _ = await in_doubt(world)
    with pytest.raises(SettlementRefusedError):
        await reconciler_of(world).settle(
            kiosk.session_id, Settlement.LISTED, operator="tanaka", printed=printed
        )


async def test_reports_that_are_not_complete_settle_nothing(world: World) -> None:
    kiosk, numbers = await in_doubt(world, copies=2)
    await kiosk.report(numbers[0])

    with pytest.raises(SettlementRefusedError):
        await reconciler_of(world).settle(kiosk.session_id, Settlement.REPORTED, operator="tanaka")


async def test_what_the_core_recorded_for_good_is_not_contradicted(world: World) -> None:
    kiosk, numbers = await in_doubt(world)
    world.core.orders[kiosk.session_id].numbers[numbers[0]] = NumberState.ISSUED

    with pytest.raises(SettlementRefusedError):
        await reconciler_of(world).settle(kiosk.session_id, Settlement.VOID, operator="tanaka")

    assert (await kiosk.status()).state is S.IN_DOUBT


async def test_nothing_is_settled_while_the_core_is_silent(world: World) -> None:
    kiosk, _ = await in_doubt(world)
    world.core.silent.add(core_paths.ORDER.format(session_id=kiosk.session_id))

    with pytest.raises(SettlementRefusedError):
        await reconciler_of(world).settle(kiosk.session_id, Settlement.VOID, operator="tanaka")


@pytest.mark.parametrize("operator", ["", "  "])
async def test_nobody_settles_without_a_name(world: World, operator: str) -> None:
    kiosk, _ = await in_doubt(world)
    with pytest.raises(SettlementRefusedError):
        await reconciler_of(world).settle(kiosk.session_id, Settlement.VOID, operator=operator)


async def test_session_that_is_not_in_doubt_cannot_be_settled(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.whole_visit()
    with pytest.raises(SettlementRefusedError):
        await reconciler_of(world).settle(kiosk.session_id, Settlement.VOID, operator="tanaka")


def test_report_without_findings_says_so() -> None:
    assert report_lines(Report()) == ["差異はありません。 / Nothing was left standing."]
