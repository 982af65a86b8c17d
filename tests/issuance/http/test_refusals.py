"""Every refusal reaches the gateway as a problem document that tells nothing personal."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from issuance.certificates.content import Subject
from issuance.certificates.store import certificate_numbers, orders
from issuance.damage.model import ApplicationState
from issuance.damage.store import save_determinations, save_holds, save_houses
from issuance.database import read
from issuance.residents.model import ResidentStatus
from issuance.residents.store import save_protections, save_residents
from issuance.victims.store import save_households
from issuance.wire import api_paths
from issuance.wire.bodies import QuoteAnswer
from issuance.wire.codes import CoreRefusal
from signed_http.keys import SigningKey
from tests.issuance.builders import (
    ISSUER,
    TOWN,
    determination,
    hold,
    house,
    household,
    protection,
    resident,
)
from tests.issuance.conftest import ORIGIN, World
from tests.issuance.fakes import UNPRINTABLE
from tests.issuance.http.kiosk_session import KioskSession, accepted, b64, refused

pytestmark = pytest.mark.anyio


async def test_an_unknown_card_is_not_linked(world: World) -> None:
    session = KioskSession(world.client(), person=99)
    assert refused(await session.resolve()).reason is CoreRefusal.NOT_LINKED


async def test_protected_moved_out_and_stale_answers_are_alike(world: World) -> None:
    """Who asks must not learn which of the causes it was."""
    moved = resident(2, status=ResidentStatus.MOVED_OUT, history_no=2)
    world.change(lambda c: save_protections(c, TOWN, [protection(1)]))
    world.change(lambda c: save_residents(c, TOWN, [moved]))
    texts = []
    for person in (1, 2, 3):
        if person == 3:
            world.clock.forward(timedelta(hours=37))
        session = KioskSession(world.client(), person=person, number=person)
        response = await session.resolve()
        problem = refused(response)
        assert problem.reason is CoreRefusal.NOT_AT_KIOSK
        texts.append(response.text.replace(problem.trace_id, ""))
    assert len(set(texts)) == 1


async def test_an_application_that_is_not_accepted_leaves_nothing_to_issue(world: World) -> None:
    waiting = house(application=ApplicationState.RECEIVED)
    world.change(lambda c: save_houses(c, TOWN, [waiting]))
    session = KioskSession(world.client())
    assert refused(await session.resolve()).reason is CoreRefusal.NOTHING_TO_ISSUE


async def test_another_municipality_is_not_served(world: World) -> None:
    session = KioskSession(world.client())
    body = session.resolve_body() | {"municipality_code": "122025"}
    response = await session.post(api_paths.RESOLVE, body, key="other")
    assert refused(response).reason is CoreRefusal.UNKNOWN_ORDER


async def test_a_record_that_changed_after_the_catalogue_is_refused(world: World) -> None:
    session = KioskSession(world.client())
    catalogue = await session.resolved()
    moved = household(householder_address="見本県見本市港町９番９号")
    world.change(lambda c: save_households(c, TOWN, [moved]))
    assert refused(await session.quote(catalogue)).reason is CoreRefusal.RECORD_CHANGED


async def test_a_record_that_changed_after_the_quote_reserves_no_number(world: World) -> None:
    session = KioskSession(world.client())
    quote = await session.quoted()
    lost = determination(is_final=False)
    world.change(lambda c: save_determinations(c, TOWN, [lost]))
    assert refused(await session.prepare(quote)).reason is CoreRefusal.RECORD_CHANGED
    assert (await session.status()).numbers == ()


async def test_a_hold_after_the_quote_stops_the_making(world: World) -> None:
    session = KioskSession(world.client())
    quote = await session.quoted()
    world.change(lambda c: save_holds(c, TOWN, [hold()]))
    assert refused(await session.prepare(quote)).reason is CoreRefusal.NOT_AT_KIOSK


async def test_a_character_without_glyph_is_refused_before_money(world: World) -> None:
    strange = household(householder_name=f"見本　{UNPRINTABLE}")
    world.change(lambda c: save_households(c, TOWN, [strange]))
    session = KioskSession(world.client())
    response = await session.quote(await session.resolved())
    assert refused(response).reason is CoreRefusal.NOT_PRINTABLE
    assert "見本" not in response.text


async def test_a_reference_of_another_session_is_unknown(world: World) -> None:
    first = await KioskSession(world.client()).resolved()
    second = KioskSession(world.client(), person=2, number=2)
    await second.resolved()
    assert refused(await second.quote(first)).reason is CoreRefusal.UNKNOWN_ORDER


async def test_an_order_digest_of_another_session_is_unknown(world: World) -> None:
    first = await KioskSession(world.client()).quoted()
    second = KioskSession(world.client(), person=2, number=2)
    await second.quoted()
    assert refused(await second.prepare(first)).reason is CoreRefusal.UNKNOWN_ORDER


async def test_an_unknown_session_has_no_status(world: World) -> None:
    client = world.client()
    for session_id in ("f" * 32, "not-a-session"):
        response = await client.get(f"{api_paths.PREFIX}/orders/{session_id}")
        assert refused(response).reason is CoreRefusal.UNKNOWN_ORDER


async def test_a_session_is_resolved_once(world: World) -> None:
    session = KioskSession(world.client())
    await session.resolved()
    again = await session.post(api_paths.RESOLVE, session.resolve_body(), key="another-key")
    assert refused(again).reason is CoreRefusal.UNKNOWN_ORDER


async def test_nothing_can_be_quoted_after_the_documents_are_made(world: World) -> None:
    session = KioskSession(world.client())
    catalogue = await session.resolved()
    await session.prepared_from(await session.quoted_from(catalogue))
    session_again = await session.post(
        api_paths.QUOTE,
        {
            "session_id": session.session_id,
            "subject_ref": catalogue.subject_ref,
            "entry_id": catalogue.entries[0].entry_id,
            "copies": 1,
        },
        key="quote-again",
    )
    assert refused(session_again).reason is CoreRefusal.UNKNOWN_ORDER


async def test_a_document_about_somebody_else_stops_the_line(world: World) -> None:
    """The alarm stops everybody, not only the session that raised it."""
    session = KioskSession(world.client())
    quote = await session.quoted()
    world.press.mixes_up = Subject(issuer_key_id=ISSUER, serial=1002, resident_id="0000000002")
    assert refused(await session.prepare(quote)).reason is CoreRefusal.LINE_STOPPED
    world.press.mixes_up = None
    other = KioskSession(world.client(), person=2, number=2)
    assert refused(await other.resolve()).reason is CoreRefusal.LINE_STOPPED
    assert refused(await session.prepare(quote)).reason is CoreRefusal.LINE_STOPPED
    health = await world.client().get(api_paths.HEALTH)
    assert json.loads(accepted(health))["status"] == "stopped"


async def test_a_link_that_leads_elsewhere_stops_the_line(world: World) -> None:
    session = KioskSession(world.client())
    quote = await session.quoted()
    world.press.mixes_up = Subject(issuer_key_id=ISSUER, serial=1001, resident_id="0000000002")
    assert refused(await session.prepare(quote)).reason is CoreRefusal.LINE_STOPPED


async def test_a_report_must_name_every_number_once(world: World) -> None:
    session = KioskSession(world.client())
    manifest, _answer = await session.prepared(copies=2)
    first, second = (document.certificate_number for document in manifest.documents)
    assert refused(await session.complete({first: "printed"})).fields == ("results",)
    doubled = {
        "session_id": session.session_id,
        "results": [
            {"certificate_number": number, "outcome": "printed"}
            for number in (first, second, second)
        ],
    }
    response = await session.post(api_paths.COMPLETE, doubled, key="doubled")
    assert refused(response).reason is CoreRefusal.MALFORMED


async def test_a_completed_order_cannot_be_aborted(world: World) -> None:
    session = KioskSession(world.client())
    manifest, _answer = await session.prepared()
    await session.complete({manifest.documents[0].certificate_number: "printed"})
    assert refused(await session.abort()).reason is CoreRefusal.UNKNOWN_ORDER


async def test_a_number_that_was_never_issued_cannot_be_voided(world: World) -> None:
    session = KioskSession(world.client())
    manifest, _answer = await session.prepared()
    number = manifest.documents[0].certificate_number
    assert refused(await session.void(number)).reason is CoreRefusal.UNKNOWN_ORDER
    assert refused(await session.void("990019-2026-9999999-00")).status == 404


BAD_BODIES = {
    "no JSON": b"{",
    "a list": b"[]",
    "an unknown field": b'{"surprise": 1}',
    "a lone surrogate": b'{"session_id": "\\ud800"}',
    "not UTF-8": b'{"session_id": "\xff"}',
    "a wrong type": json.dumps({"session_id": 5, "copies": True}).encode(),
}


@pytest.mark.parametrize("path", [api_paths.RESOLVE, api_paths.PREPARE, api_paths.VOID])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_malformed_body_is_refused_without_echo(
    world: World, path: str, body: bytes
) -> None:
    response = await world.client().post(path, body)
    problem = refused(response)
    assert problem.reason is CoreRefusal.MALFORMED
    assert "surprise" not in response.text
    with read(world.engine) as connection:
        assert connection.execute(select(orders)).all() == []


async def test_malformed_fields_are_named(world: World) -> None:
    session = KioskSession(world.client())
    body = session.resolve_body() | {"serial": "geheim!", "session_key": b64(b"short")}
    response = await session.post(api_paths.RESOLVE, body, key="bad")
    assert refused(response).fields == ("serial", "session_key")
    assert "geheim" not in response.text


async def test_a_large_body_is_refused(world: World) -> None:
    response = await world.client().post(api_paths.RESOLVE, b" " * 70_000)
    assert refused(response).reason is CoreRefusal.TOO_LARGE


async def test_an_unsigned_request_is_refused(world: World) -> None:
    transport = httpx.ASGITransport(app=world.core.app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        response = await http.post(api_paths.RESOLVE, content=b"{}")
    assert refused(response).reason is CoreRefusal.UNAUTHENTICATED


async def test_an_unknown_gateway_is_refused(world: World) -> None:
    stranger = SigningKey.generate("stranger")
    response = await world.client(key=stranger).post(api_paths.RESOLVE, b"{}")
    assert refused(response).reason is CoreRefusal.UNAUTHENTICATED


async def test_a_replayed_signed_request_is_refused(world: World) -> None:
    recorded: list[httpx.Request] = []

    async def record(request: httpx.Request) -> None:
        recorded.append(request)

    transport = httpx.ASGITransport(app=world.core.app)
    async with httpx.AsyncClient(transport=transport, event_hooks={"request": [record]}) as http:
        session = KioskSession(world.client())
        session.client._http = http
        await session.resolved()
        again = await http.send(recorded[0])
    assert refused(again).reason is CoreRefusal.REPLAYED


@pytest.mark.parametrize("key", ["", "k" * 65])
async def test_an_idempotency_key_has_1_to_64_characters(world: World, key: str) -> None:
    session = KioskSession(world.client())
    response = await session.post(api_paths.RESOLVE, session.resolve_body(), key=key)
    assert refused(response).reason is CoreRefusal.MALFORMED


async def test_an_idempotency_key_belongs_to_one_body(world: World) -> None:
    session = KioskSession(world.client())
    await session.post(api_paths.RESOLVE, session.resolve_body(), key="same")
    other = replace(session, number=2)
    response = await other.post(api_paths.RESOLVE, other.resolve_body(), key="same")
    assert refused(response).reason is CoreRefusal.IDEMPOTENCY_KEY_REUSED
    assert response.status_code == 422


async def test_an_unforeseen_failure_tells_nothing(world: World) -> None:
    session = KioskSession(world.client())
    quote = await session.quoted()
    world.press.crashes = 1
    response = await session.prepare(quote)
    assert refused(response).reason is CoreRefusal.INTERNAL
    assert "power" not in response.text


async def test_numbers_are_not_touched_by_a_refused_quote(world: World) -> None:
    session = KioskSession(world.client())
    quote = QuoteAnswer.model_validate_json(accepted(await session.quote(await session.resolved())))
    assert quote.pages_expected == 1
    with read(world.engine) as connection:
        assert connection.execute(select(certificate_numbers)).all() == []
