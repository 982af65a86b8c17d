"""Step 7: a manifest that differs in one thing is refused, whatever the thing."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from gateway.errors import BindingMismatchError
from gateway.participation.model import Municipality
from gateway.sessions.manifest import verify_manifest
from gateway.sessions.model import Session
from gateway.wire.bodies import SessionState
from issuance.wire.bodies import Manifest, ManifestDocument, PrepareAnswer
from issuance.wire.codes import DocumentType
from signed_http.keys import SigningKey
from tests.gateway.fakes import NOON, FakeCore

CORE = FakeCore("990001", origin="http://core.test", now=lambda: NOON)
SEALED = (b"first", b"second")
SESSION = Session(
    session_id="a" * 32,
    kiosk_id="kiosk-1",
    operator="a",
    state=SessionState.PREPARING,
    session_key=bytes(32),
    challenge=bytes(32),
    opened_at=NOON,
    expires_at=NOON,
    changed_at=NOON,
    municipality_code="990001",
    subject=bytes(32),
    bind=b"b" * 32,
    subject_ref="ref",
    offers=(),
    entry_id="entry-1",
    document_type=DocumentType.VICTIM_CERTIFICATE,
    copies=2,
    record_version=3,
    pages=1,
    order_digest=b"o" * 32,
    price=None,
    unit_fee=10,
    total=20,
    manifest=None,
    results={},
    receipt_number=None,
    refund=0,
)
TOWN = Municipality(
    code="990001",
    prefecture="",
    name="",
    name_en="",
    core_origin="",
    core_response_key_id="",
    core_response_key=bytes(32),
    core_manifest_key_id=CORE.manifest_key.key_id,
    core_manifest_key=CORE.manifest_key.public_bytes,
    pseudonym_key=bytes(32),
)


def document(number: str, sealed: bytes) -> ManifestDocument:
    return ManifestDocument(
        certificate_number=number,
        pages=1,
        pdf_digest=bytes(32),
        sealed_digest=sha256(sealed).digest(),
    )


GOOD = Manifest(
    session_id=SESSION.session_id,
    municipality_code="990001",
    order_digest=b"o" * 32,
    bind=b"b" * 32,
    record_version=3,
    documents=(document("990001-01", SEALED[0]), document("990001-02", SEALED[1])),
    prepared_at=NOON,
)


def test_manifest_that_fits_in_everything_is_believed() -> None:
    assert verify_manifest(CORE.sign(GOOD, SEALED), SESSION, TOWN) == GOOD


DIFFERENCES: dict[str, dict[str, object]] = {
    "session": {"session_id": "b" * 32},
    "municipality": {"municipality_code": "990002"},
    "order": {"order_digest": bytes(32)},
    "bind": {"bind": bytes(32)},
    "record-version": {"record_version": 4},
    "copies": {"documents": GOOD.documents[:1]},
    "pages": {"documents": (GOOD.documents[0], GOOD.documents[1].model_copy(update={"pages": 2}))},
    "numbers": {"documents": (document("990001-01", b"first"), document("990001-01", b"second"))},
    "ciphertext": {"documents": GOOD.documents[::-1]},
}


@pytest.mark.parametrize(("name", "change"), DIFFERENCES.items())
def test_manifest_that_differs_in_one_thing_stops_the_line(
    name: str, change: dict[str, object]
) -> None:
    answer = CORE.sign(GOOD.model_copy(update=change), SEALED)

    with pytest.raises(BindingMismatchError) as refused:
        verify_manifest(answer, SESSION, TOWN)

    assert refused.value.difference == name


def tampered(answer: PrepareAnswer) -> PrepareAnswer:
    signed = answer.signed_manifest
    other = signed.manifest.replace(b'"record_version":3', b'"record_version":4')
    assert other != signed.manifest
    return answer.model_copy(
        update={"signed_manifest": signed.model_copy(update={"manifest": other})}
    )


def signed_by_another(answer: PrepareAnswer) -> PrepareAnswer:
    core = FakeCore("990001", origin="", now=lambda: NOON)
    core.manifest_key = SigningKey.generate(CORE.manifest_key.key_id)
    return core.sign(GOOD, SEALED)


def unknown_key_id(answer: PrepareAnswer) -> PrepareAnswer:
    signed = answer.signed_manifest.model_copy(update={"key_id": "other"})
    return answer.model_copy(update={"signed_manifest": signed})


@pytest.mark.parametrize(
    ("defect", "name"),
    [(tampered, "signature"), (signed_by_another, "signature"), (unknown_key_id, "key")],
)
def test_manifest_not_signed_by_this_core_stops_the_line(
    defect: Callable[[PrepareAnswer], PrepareAnswer], name: str
) -> None:
    with pytest.raises(BindingMismatchError) as refused:
        verify_manifest(defect(CORE.sign(GOOD, SEALED)), SESSION, TOWN)

    assert refused.value.difference == name


def test_session_that_was_quoted_otherwise_does_not_take_the_manifest() -> None:
    with pytest.raises(BindingMismatchError):
        verify_manifest(CORE.sign(GOOD, SEALED), replace(SESSION, pages=2), TOWN)
