"""Whom sessions serve: gate passed, within hours, not suspended; at every step where it counts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from gateway.billing.tariff import StoreTest, Tariff
from gateway.errors import NotLiveError
from gateway.introduction import service
from gateway.introduction.model import Pattern
from gateway.introduction.store import count_test_sheets
from gateway.participation.hours import ServiceHours, Suspension
from gateway.participation.suspensions import announce
from gateway.wire import api_paths
from gateway.wire.bodies import ServiceStatus
from gateway.wire.codes import ErrorCode
from issuance.wire.bodies import Manifest
from issuance.wire.codes import DocumentType
from tests.gateway.fake_kiosk import FakeKiosk, read
from tests.gateway.fakes import NOON
from tests.gateway.http.test_refusals import opened, refusal_of
from tests.gateway.introduction.builders import finish_tasks, introduction, settle_papers
from tests.gateway.world import FEE_TOWN, FREE_TOWN, World

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
PAUSE = Suspension(NOON, NOON + HOUR, "保守", "maintenance")
NEW_TOWN = "990035"


async def service_of(world: World) -> ServiceStatus:
    return read(await world.kiosk().client.get(api_paths.SERVICE), ServiceStatus)


def with_third_town(world: World) -> None:
    """Configure a municipality whose introduction nobody has begun."""
    participation = world.parts.participation
    world.cores[NEW_TOWN] = world.core
    third = replace(participation.municipalities[0], code=NEW_TOWN)
    world.restart(
        participation=replace(participation, municipalities=(*participation.municipalities, third))
    )


async def test_configured_municipality_with_an_open_gate_serves_nobody(world: World) -> None:
    with_third_town(world)
    kiosk = await opened(world)

    problem = await refusal_of(kiosk.prove(code=NEW_TOWN))

    assert (problem.status, problem.code) == (404, ErrorCode.NOT_OFFERED)
    await kiosk.prove(code=FREE_TOWN)


async def test_only_live_municipalities_are_shown_at_the_kiosk(world: World) -> None:
    with_third_town(world)
    shown = await service_of(world)
    assert [one.municipality_code for one in shown.municipalities] == [FREE_TOWN, FEE_TOWN]


async def test_demo_towns_passed_the_gate_like_everybody(world: World) -> None:
    municipality = world.parts.participation.municipalities[0]

    def look(connection: Connection) -> None:
        progress = service.get_progress(connection, FREE_TOWN)
        assert progress.steps_done == progress.steps
        service.admit_now(connection, municipality, "kiosk-1", NOON)
        with pytest.raises(NotLiveError):
            service.admit_now(  # before its first day
                connection,
                municipality,
                "kiosk-1",
                NOON - timedelta(days=500),
            )

    world.change(look)


def suspend(world: World, code: str | None, suspension: Suspension) -> None:
    world.change(lambda c: announce(c, code, suspension, by="tanaka", now=NOON))


async def test_announcement_stops_one_municipality_at_once_and_is_shown(world: World) -> None:
    kiosk = await opened(world)
    suspend(world, FREE_TOWN, PAUSE)

    assert (await refusal_of(kiosk.prove())).code is ErrorCode.NOT_OFFERED

    shown = await service_of(world)
    assert {m.municipality_code: m.open_now for m in shown.municipalities} == {
        FREE_TOWN: False,
        FEE_TOWN: True,
    }
    assert [(n.municipality_code, n.text_en) for n in shown.notices] == [(FREE_TOWN, "maintenance")]
    await kiosk.prove(code=FEE_TOWN)


async def test_announcement_for_everybody_stops_new_sessions(world: World) -> None:
    suspend(world, None, PAUSE)
    assert (await refusal_of(world.kiosk().open())).code is ErrorCode.NOT_OFFERED
    shown = await service_of(world)
    assert (shown.open_now, shown.opens_at) == (False, PAUSE.ends_at)


async def proved(world: World) -> FakeKiosk:
    kiosk = await opened(world)
    await kiosk.prove()
    return kiosk


ONE_KIND = replace(PAUSE, certificates=frozenset({DocumentType.VICTIM_CERTIFICATE}))


async def test_suspended_certificate_is_not_ordered_any_more(world: World) -> None:
    kiosk = await proved(world)
    suspend(world, FREE_TOWN, ONE_KIND)
    assert (await refusal_of(kiosk.quote())).code is ErrorCode.NOT_OFFERED


async def test_ordered_certificate_is_not_made_while_suspended(world: World) -> None:
    kiosk = await proved(world)
    quote = await kiosk.quote()
    suspend(world, FREE_TOWN, ONE_KIND)
    assert (await refusal_of(kiosk.prepare(quote))).code is ErrorCode.NOT_OFFERED


async def test_made_certificate_is_paid_and_printed_in_spite_of_a_suspension(world: World) -> None:
    kiosk = await proved(world)
    prepared = await kiosk.prepare(await kiosk.quote())
    suspend(world, FREE_TOWN, PAUSE)
    await kiosk.pay(prepared.total)
    await kiosk.release()


async def test_extended_closing_closes_one_municipality(world: World) -> None:
    participation = world.parts.participation
    first, second = participation.municipalities
    own = replace(first, hours=ServiceHours(closed_from=(11, 20), closed_until=(1, 5)))
    world.restart(participation=replace(participation, municipalities=(own, second)))
    kiosk = await opened(world)

    problem = await refusal_of(kiosk.prove())

    assert (problem.code, problem.opens_at) == (
        ErrorCode.OUTSIDE_HOURS,
        "2027-01-06T06:30:00+09:00",
    )
    shown = await service_of(world)
    assert [one.open_now for one in shown.municipalities] == [False, True]


def prepare_store_test(world: World) -> None:
    """A third town that is ready for its real-store test at the first kiosk."""
    with_third_town(world)
    participation = world.parts.participation
    *others, third = participation.municipalities
    span = StoreTest(NOON - HOUR, NOON + HOUR, frozenset({"kiosk-1"}))
    tested = replace(third, tariff=Tariff(store_tests=(span,)))
    world.restart(participation=replace(participation, municipalities=(*others, tested)))

    def walk(connection: Connection) -> None:
        begun = introduction(Pattern.B, start_on=date(2027, 4, 15))
        made = service.begin(connection, replace(begun, municipality_code=NEW_TOWN))
        settle_papers(connection, made)
        finish_tasks(connection, made, leave="store_test_victims")

    world.change(walk)


async def test_real_store_test_issues_marked_sheets_before_the_gate(world: World) -> None:
    prepare_store_test(world)
    shown = {one.municipality_code: one.name for one in (await service_of(world)).municipalities}
    assert shown[NEW_TOWN] == "見本市（試験）"
    kiosk = await opened(world)
    # The fake core answers for the free town, whose core stands in for the new town's.
    world.core.code = NEW_TOWN
    await kiosk.prove(code=NEW_TOWN)
    quote = await kiosk.quote()
    prepared = await kiosk.prepare(quote)
    assert (quote.unit_fee, prepared.total) == (10, 10)
    manifest = Manifest.model_validate_json(prepared.signed_manifest.manifest)
    assert manifest.is_test
    await kiosk.pay(prepared.total)
    await kiosk.release()
    await kiosk.complete({manifest.documents[0].certificate_number: "printed"})
    counted: list[int] = []
    world.change(lambda connection: counted.append(count_test_sheets(connection, NEW_TOWN)))
    assert counted == [1]


async def test_other_kiosks_know_nothing_of_a_real_store_test(world: World) -> None:
    prepare_store_test(world)
    kiosk = world.kiosk("kiosk-2")
    await kiosk.open()
    assert (await refusal_of(kiosk.prove(code=NEW_TOWN))).code is ErrorCode.NOT_OFFERED
    shown = read(await kiosk.client.get(api_paths.SERVICE), ServiceStatus)
    assert [one.municipality_code for one in shown.municipalities] == [FREE_TOWN, FEE_TOWN]


async def test_unmarked_sheet_of_a_test_stops_the_line(world: World) -> None:
    prepare_store_test(world)
    kiosk = await opened(world)
    world.core.code = NEW_TOWN
    await kiosk.prove(code=NEW_TOWN)
    quote = await kiosk.quote()
    world.core.forgets_test_mark = True
    assert (await refusal_of(kiosk.prepare(quote))).code is ErrorCode.BINDING_MISMATCH
    assert world.alarms() == {NEW_TOWN: "test-mark"}
