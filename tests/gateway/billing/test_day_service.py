"""The day's comparison over real sessions, and the nightly sealing."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.billing.day_service import NightlySealer, reconcile_day
from gateway.billing.day_views import day_table, day_words
from gateway.billing.reconciliation import DayReport, DifferenceKind
from gateway.billing.sealing import load_day_lines
from gateway.database import snapshot
from gateway.texts import Language
from gateway.wire.bodies import PrintOutcome
from issuance.wire.bodies import SheetOutcome
from tests.gateway.fakes import NOON
from tests.gateway.test_endings import void
from tests.gateway.world import World, build_world

pytestmark = pytest.mark.anyio
DAY = NOON.date()


def report_of(world: World) -> DayReport:
    with snapshot(world.engine) as connection:
        return reconcile_day(connection, DAY)


async def printed_visit(world: World, *, copies: int, refunded: int = 0) -> tuple[str, ...]:
    """Visit with every copy reported; the last ``refunded`` ones did not come out."""
    kiosk = world.kiosk()
    numbers = await kiosk.until_released(copies=copies)
    outcomes = {}
    for place, number in enumerate(numbers):
        came_out = place < copies - refunded
        report = PrintOutcome.PRINTED if came_out else PrintOutcome.JAMMED
        await kiosk.report(number, outcome=report.value)
        outcomes[number] = SheetOutcome.PRINTED if came_out else SheetOutcome.NOT_PRINTED
    await kiosk.complete({number: outcome.value for number, outcome in outcomes.items()})
    return numbers


async def test_day_of_real_visits_fits(any_engine: Engine) -> None:
    world = build_world(any_engine)
    await printed_visit(world, copies=2)
    numbers = await printed_visit(world, copies=3, refunded=1)
    await void(world, numbers[0])

    report = report_of(world)

    assert report.differences == ()
    (kiosk,) = report.kiosks
    assert (kiosk.sheets, kiosk.posted_sheets, kiosk.voided) == (4, 4, 1)
    assert (kiosk.money, kiosk.posted_money) == (40, 40)


async def test_money_that_still_stands_in_a_machine_is_listed(any_engine: Engine) -> None:
    world = build_world(any_engine)
    kiosk = world.kiosk()
    await kiosk.until_released()

    (difference,) = report_of(world).differences

    assert (difference.kind, difference.found) == (DifferenceKind.STANDING, 10)
    assert difference.session_id == kiosk.session_id


async def test_sheet_without_a_print_report_is_listed(world: World) -> None:
    kiosk = world.kiosk()
    numbers = await kiosk.until_released()
    await kiosk.complete(dict.fromkeys(numbers, "printed"))
    assert [one.kind for one in report_of(world).differences] == [DifferenceKind.POSTED_NOT_PRINTED]


@pytest.mark.parametrize("language", list(Language))
async def test_list_is_shown_in_both_languages(world: World, language: Language) -> None:
    await world.kiosk().until_released()
    shown = day_table(report_of(world), language)
    assert "kiosk-1" in shown
    assert day_words(report_of(world))["differences"]


async def test_empty_day_says_so(world: World) -> None:
    assert "取引はありません" in day_table(report_of(world), Language.JAPANESE)


async def test_days_are_sealed_in_the_night_and_once(any_engine: Engine) -> None:
    world = build_world(any_engine)
    await printed_visit(world, copies=1)
    sealer = NightlySealer(any_engine, world.clock.now)
    assert await sealer.seal() == 0
    world.clock.forward(timedelta(hours=12, minutes=59))  # A minute before one o'clock in Japan.
    assert await sealer.seal() == 0
    world.clock.forward(timedelta(minutes=2))
    assert await sealer.seal() == 1
    assert await NightlySealer(any_engine, world.clock.now).seal() == 0
    with snapshot(any_engine) as connection:
        (lines,) = load_day_lines(connection, "2026-11").values()
    assert lines[0].startswith("2026-11-23")
