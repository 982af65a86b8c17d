"""The demo town with the real paper and the real seal: a kiosk opens what was promised."""

import warnings
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pypdfium2 import PdfDocument
from sqlalchemy import Engine

from issuance.app import Core, open_core
from issuance.certificates.demo_pdf_key import DemoPdfKey, DemoPdfKeyWarning
from issuance.certificates.paper_code import CodeSigner
from issuance.certificates.pdf_signing import PdfSigner
from issuance.certificates.press import MunicipalPress
from issuance.certificates.render import PaperRenderer
from issuance.certificates.sealing import seal
from issuance.database import write
from issuance.linkage.service import link_rows, read_delivery, store_delivery
from issuance.residents.model import CertificateLink, LinkMedium
from issuance.wire.codes import CoreRefusal
from launcher.town_builder import build_town
from tests.issuance.builders import ISSUER, TOWN
from tests.issuance.conftest import World, build_world
from tests.issuance.fakes import FakeClock
from tests.issuance.http.kiosk_session import KioskSession, refused

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def press() -> MunicipalPress:
    signer = CodeSigner(TOWN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DemoPdfKeyWarning)
        key = DemoPdfKey("見本市", now=FakeClock().now()).signing_key
    return MunicipalPress(PaperRenderer(), signer, PdfSigner(key).sign, is_specimen=True)


@pytest.fixture
def town(engine: Engine, clock: FakeClock, press: MunicipalPress) -> World:
    """The demo town behind a core with the real press; card serial 1000 + resident id."""
    world = build_world(engine, clock, people=0)
    links = [
        CertificateLink(
            ISSUER,
            1000 + number,
            f"{number:010d}",
            LinkMedium.CARD,
            date(2024, 1, 1),
            date(2028, 12, 31),
            "demo",
        )
        for number in range(1, 14)
    ]
    now = clock.now()
    with write(engine) as connection:
        store_delivery(connection, TOWN, read_delivery(build_town()), as_of=now, now=now)
        link_rows(connection, TOWN, links, as_of=now, now=now)
    core: Core = open_core(replace(world.core.parts, press=press, seal=seal))
    return replace(world, core=core)


@pytest.mark.parametrize("person", [1, 12, 13])
async def test_a_persona_gets_the_certificate_that_was_promised(town: World, person: int) -> None:
    """The plain resident, the one with variant kanji, and the household of nine."""
    session = KioskSession(town.client(), person=person, number=person)
    catalogue = await session.resolved()
    (details,) = session.details(catalogue).entries
    quote = await session.quoted_from(catalogue)
    manifest, answer = await session.prepared_from(quote)
    (document,) = manifest.documents
    pdf = session.open_document(manifest, answer, 0)
    assert sha256(pdf).digest() == document.pdf_digest
    assert len(PdfDocument(pdf)) == document.pages == quote.pages_expected == details.pages_expected
    assert document.pages == (2 if person == 13 else 1)


async def test_the_persona_with_two_cases_sees_both(town: World) -> None:
    session = KioskSession(town.client(), person=2)
    details = session.details(await session.resolved())
    assert {entry.disaster_name for entry in details.entries} == {
        "令和8年見本地震",
        "令和8年台風第19号",
    }


@pytest.mark.parametrize("person", [8, 9, 10])
async def test_child_moved_out_and_protected_personas_are_sent_to_the_counter(
    town: World, person: int
) -> None:
    session = KioskSession(town.client(), person=person)
    assert refused(await session.resolve()).reason is CoreRefusal.NOT_AT_KIOSK
