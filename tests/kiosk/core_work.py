"""A session as the fake gateway keeps it, and what its core makes for it: sealed, numbered."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from gateway.wire.bodies import PrintReport, Quote, SessionState
from issuance.wire.bodies import (
    CatalogueDetails,
    EntryDetails,
    Manifest,
    ManifestDocument,
    SheetOutcome,
)
from issuance.wire.recipes import catalogue_info, document_info
from tests.kiosk.documents import certificate

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
TOWN = "990019"
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass
class FakeSession:
    """One session as the fake gateway keeps it."""

    session_id: str
    session_key: bytes
    state: SessionState = SessionState.NEW
    bind: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    quote: Quote | None = None
    documents: tuple[ManifestDocument, ...] = ()
    sealed: tuple[bytes, ...] = ()
    reports: list[PrintReport] = field(default_factory=list)
    outcomes: dict[str, SheetOutcome] = field(default_factory=dict)
    paid: int = 0


def details_of(entry_id: str) -> EntryDetails:
    return EntryDetails(
        entry_id=entry_id,
        disaster_name="令和8年見本地震",
        damaged_on=NOW.date(),
        house_location="見本県見本市架空町1番",
        damage_class="半壊",
        damage_class_en="Half destroyed",
        householder_name="見本　花子",
        pages_expected=1,
    )


def seal_catalogue(session: FakeSession, details: CatalogueDetails) -> bytes:
    """Seal the readable half of a catalogue to a session."""
    return _seal(
        session,
        details.model_dump_json().encode(),
        catalogue_info(session_id=session.session_id, bind=session.bind),
    )


def sealed_certificate(
    session: FakeSession, number: str, pages: int
) -> tuple[ManifestDocument, bytes]:
    return seal_document(session, number, certificate(number, pages), pages)


def seal_document(
    session: FakeSession, number: str, pdf: bytes, pages: int
) -> tuple[ManifestDocument, bytes]:
    """Seal one document to a session; return its line of the manifest with it."""
    assert session.quote is not None
    digest = sha256(pdf).digest()
    info = document_info(
        session_id=session.session_id,
        order=session.quote.order_digest,
        bind=session.bind,
        pdf_digest=digest,
    )
    sealed = _seal(session, pdf, info)
    entry = ManifestDocument(
        certificate_number=number,
        pages=pages,
        pdf_digest=digest,
        sealed_digest=sha256(sealed).digest(),
    )
    return entry, sealed


def manifest_of(session: FakeSession) -> Manifest:
    """Return the manifest of a session's documents."""
    assert session.quote is not None
    return Manifest(
        session_id=session.session_id,
        municipality_code=TOWN,
        order_digest=session.quote.order_digest,
        bind=session.bind,
        record_version=session.quote.record_version,
        documents=session.documents,
        prepared_at=NOW,
    )


def _seal(session: FakeSession, plain: bytes, info: bytes) -> bytes:
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(session.session_key), info=info)
