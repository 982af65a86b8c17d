"""Many sessions at the same time: every sheet belongs to its requester."""

import asyncio
import logging

import pytest
from sqlalchemy import Engine

from issuance.database import write
from issuance.integrity.service import verify_log
from tests.issuance.builders import TOWN
from tests.issuance.conftest import build_world
from tests.issuance.fakes import FakeClock
from tests.issuance.http.kiosk_session import KioskSession, accepted, refused

pytestmark = pytest.mark.anyio
SESSIONS = 10
PEOPLE = 5


async def test_every_sheet_belongs_to_its_requester(engine: Engine, clock: FakeClock) -> None:
    """Ten sessions of five people: every person stands at two kiosks in the same second."""
    world = build_world(engine, clock, people=PEOPLE)

    async def visit(number: int) -> str:
        session = KioskSession(world.client(), person=number % PEOPLE + 1, number=number)
        manifest, answer = await session.prepared()
        assert f"花子{session.person}".encode() in session.open_document(manifest, answer, 0)
        certificate_number = manifest.documents[0].certificate_number
        accepted(await session.complete({certificate_number: "printed"}))
        return certificate_number

    numbers = await asyncio.gather(*(visit(number) for number in range(1, SESSIONS + 1)))
    assert len(set(numbers)) == SESSIONS
    with write(engine) as connection:
        assert verify_log(connection, TOWN)[0] == 2 * SESSIONS


async def test_the_log_names_classes_and_no_person(
    engine: Engine, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    world = build_world(engine, clock, people=1)
    with caplog.at_level(logging.INFO, logger="issuance"):
        refused(await KioskSession(world.client(), person=99).resolve())
        session = KioskSession(world.client())
        quote = await session.quoted()
        world.press.crashes = 1
        refused(await session.prepare(quote))
    text = caplog.text
    assert "NotLinkedError" in text
    assert "OSError" in text
    for secret in ("花子", "power", session.session_id, "1001", "03e9"):
        assert secret not in text
