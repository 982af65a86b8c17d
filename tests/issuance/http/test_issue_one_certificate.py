"""The whole way of one certificate through the real ASGI application."""

from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidTag

from issuance.wire.bodies import NumberState, OrderStatus
from issuance.wire.recipes import MANIFEST_LABEL
from tests.issuance.conftest import World
from tests.issuance.http.kiosk_session import KioskSession, accepted

pytestmark = pytest.mark.anyio


async def test_a_card_holder_gets_her_certificate(world: World) -> None:
    session = KioskSession(world.client())
    catalogue = await session.resolved()
    details = session.details(catalogue)

    assert [entry.disaster_name for entry in details.entries] == ["令和8年見本地震"]
    assert details.entries[0].householder_name == "見本　花子1"
    assert details.entries[0].damage_class == "半壊"
    assert "花子" not in catalogue.model_dump_json()

    quote = await session.quoted_from(catalogue, copies=2)
    manifest, answer = await session.prepared_from(quote)

    signed = answer.signed_manifest
    world.core.parts.manifest_key.private_key.public_key().verify(
        signed.signature, MANIFEST_LABEL + signed.manifest
    )
    assert manifest.bind == session.bind
    assert manifest.order_digest == quote.order_digest
    assert manifest.record_version == quote.record_version
    assert len(manifest.documents) == 2
    for index, document in enumerate(manifest.documents):
        pdf = session.open_document(manifest, answer, index)
        assert sha256(pdf).digest() == document.pdf_digest
        assert sha256(answer.sealed_documents[index]).digest() == document.sealed_digest
        assert "見本　花子1".encode() in pdf

    numbers = [document.certificate_number for document in manifest.documents]
    done = await session.complete({numbers[0]: "printed", numbers[1]: "not_printed"})
    status = OrderStatus.model_validate_json(accepted(done))
    assert status.state == "completed"
    assert [number.state for number in status.numbers] == [NumberState.ISSUED, NumberState.VOID]
    assert await session.status() == status


async def test_nobody_else_opens_the_document(world: World) -> None:
    session = KioskSession(world.client())
    manifest, answer = await session.prepared()
    other = KioskSession(world.client(), person=2, number=2)
    with pytest.raises(InvalidTag):
        other.open_document(manifest, answer, 0)
