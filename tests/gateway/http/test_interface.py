"""The table of problems is complete; the documents about the API are true and load nothing."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel

from gateway import errors
from gateway.core_client import REFUSALS
from gateway.http.log import make_logger
from gateway.http.problems import PROBLEMS, problem_of, row_of
from gateway.http.schema import EXAMPLES
from gateway.verification import errors as verification
from gateway.wire import api_paths
from gateway.wire.bodies import Environment, ServiceStatus, SessionState
from gateway.wire.codes import ErrorCode, MoneyState, ProblemKind
from issuance.wire.codes import CoreRefusal
from tests.gateway.fake_kiosk import read
from tests.gateway.world import FREE_TOWN, ORIGIN, World


def subclasses(parent: type[Exception]) -> Iterator[type[Exception]]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


ALL_ERRORS = sorted(set(subclasses(errors.GatewayError)), key=lambda one: one.__name__)


@pytest.mark.parametrize("error", ALL_ERRORS, ids=lambda one: one.__name__)
def test_every_error_stands_in_the_table_or_under_a_named_ancestor(
    error: type[errors.GatewayError],
) -> None:
    named = [one for one in error.__mro__ if one in PROBLEMS]
    assert named
    assert named[0] is not errors.GatewayError


def test_one_kind_has_one_status_and_at_most_one_code() -> None:
    rows = [row for row in PROBLEMS.values() if row.kind is not ProblemKind.MALFORMED]
    for kind in ProblemKind:
        found = {(row.status, row.code) for row in rows if row.kind is kind}
        assert len(found) <= 1, kind


def test_anything_unknown_is_a_bare_500() -> None:
    problem = problem_of(ValueError("secret"), trace_id="t", environment=Environment.DEMO)
    assert (problem.status, problem.kind) == (500, ProblemKind.INTERNAL)
    assert "secret" not in problem.model_dump_json()


@pytest.mark.parametrize("reason", list(CoreRefusal))
def test_every_refusal_of_a_core_means_something_to_a_kiosk(reason: CoreRefusal) -> None:
    error = REFUSALS.get(reason, errors.CoreUnavailableError)
    assert row_of(error("refused")).code is not None


@pytest.mark.parametrize(
    ("state", "money"),
    [
        (SessionState.READY, MoneyState.NONE),
        (SessionState.PAID, MoneyState.HELD),
        (SessionState.COMPLETING, MoneyState.HELD),
        (SessionState.VOID, MoneyState.REFUNDED),
        (SessionState.IN_DOUBT, MoneyState.UNKNOWN),
    ],
)
def test_problem_says_what_has_happened_to_the_money(
    state: SessionState, money: MoneyState
) -> None:
    problem = problem_of(
        errors.WrongStateError(), trace_id="t", environment=Environment.DEMO, state=state
    )
    assert problem.money_state is money


def test_numbered_step_is_told() -> None:
    problem = problem_of(
        verification.CardSignatureError(), trace_id="t", environment=Environment.DEMO
    )
    assert (problem.step, problem.code) == (9, ErrorCode.CERTIFICATE_REVOKED)


async def fetch(world: World, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=world.gateway.app)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.get(ORIGIN + path)


@pytest.mark.anyio
async def test_schema_names_every_path_of_the_api(world: World) -> None:
    schema = (await fetch(world, "/openapi.json")).json()

    paths = {
        value
        for name, value in vars(api_paths).items()
        if name.isupper() and name not in ("PREFIX",)
    }
    assert schema["openapi"].startswith("3.1")
    assert set(schema["paths"]) == paths


@pytest.mark.anyio
async def test_every_request_body_in_the_schema_has_a_resolvable_form(world: World) -> None:
    text = (await fetch(world, "/openapi.json")).text
    known = set(json.loads(text)["components"]["schemas"])
    named = set(re.findall(r"#/components/schemas/([A-Za-z]+)", text))
    assert named <= known


@pytest.mark.parametrize("body", EXAMPLES, ids=lambda one: one.__name__)
def test_example_in_the_description_is_a_body_that_is_accepted(body: type[BaseModel]) -> None:
    body.model_validate_json(json.dumps(EXAMPLES[body]))


@pytest.mark.anyio
async def test_documentation_page_loads_nothing_from_elsewhere(world: World) -> None:
    page = (await fetch(world, "/docs")).text
    assert "Release" in page
    assert not re.search(r"(src|href)=['\"]https?:", page)
    assert "<script" not in page


@pytest.mark.anyio
async def test_health_needs_no_signature_and_names_the_environment(world: World) -> None:
    answer = (await fetch(world, api_paths.HEALTH)).json()
    assert answer == {"status": "ok", "environment": "demo"}


@pytest.mark.anyio
async def test_service_names_who_takes_part_and_their_manifest_keys(world: World) -> None:
    status = read(await world.kiosk().client.get(api_paths.SERVICE), ServiceStatus)
    assert status.open_now
    offer = next(o for o in status.municipalities if o.municipality_code == FREE_TOWN)
    assert offer.core_key == world.core.manifest_key.public_bytes


@pytest.mark.anyio
async def test_log_of_a_visit_holds_nothing_about_the_person(world: World) -> None:
    kiosk = world.kiosk()
    await kiosk.whole_visit(serial=0x1234567890ABCDEF)
    world.core.refuse["/core/v1/subjects:resolve"] = CoreRefusal.NOT_LINKED
    await kiosk.open()
    body = kiosk.proof_body(serial=0x1234567890ABCDEF, code=FREE_TOWN)
    await kiosk.send(api_paths.PROOF, body)

    log = world.log.getvalue()
    assert "NotRegisteredError" in log
    for trace in ("1234567890abcdef", str(0x1234567890ABCDEF), body["signature"]):
        assert trace not in log


def test_field_that_is_not_on_the_list_never_reaches_the_log() -> None:
    stream = io.StringIO()
    make_logger(stream).warning("refused", status=403, serial="canary")
    line = json.loads(stream.getvalue())
    assert line["status"] == 403
    assert "canary" not in stream.getvalue()


@pytest.mark.anyio
async def test_nothing_about_the_person_is_stored_but_the_pseudonym(world: World) -> None:
    serial = 0x1234567890ABCDEF
    await world.kiosk().whole_visit(serial=serial)
    stored = b"".join(
        path.read_bytes() for path in Path(world.engine.url.database or "").parent.iterdir()
    )
    assert serial.to_bytes(8, "big") not in stored
    assert str(serial).encode() not in stored
