"""Bodies of the core's API for the gateway (``/core/v1``). Names and addresses appear in none.

| request                              | body            | answer          |
|--------------------------------------|-----------------|-----------------|
| POST /core/v1/subjects:resolve       | ResolveRequest  | ResolveAnswer   |
| POST /core/v1/orders:quote           | QuoteRequest    | QuoteAnswer     |
| POST /core/v1/orders:prepare         | PrepareRequest  | PrepareAnswer   |
| POST /core/v1/orders:complete        | CompleteRequest | OrderStatus     |
| POST /core/v1/orders:abort           | AbortRequest    | OrderStatus     |
| POST /core/v1/orders:void            | VoidRequest     | OrderStatus     |
| GET  /core/v1/orders/{session_id}    | –               | OrderStatus     |
| GET  /core/v1/health                 | –               | CoreHealth      |
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from issuance.wire.codes import DocumentType
from issuance.wire.fields import Bytes, Digest, MunicipalityCode, OpaqueId, SessionId, WireBody

MAX_COPIES = 10
"""Assumption: the most copies (通) of one order."""

Copies = Annotated[int, Field(ge=1, le=MAX_COPIES, strict=True)]
CertificateNumberText = Annotated[str, Field(pattern=r"^[0-9A-Z-]{8,32}$")]


class ResolveRequest(WireBody):
    """Who holds the card, as the gateway proved it."""

    session_id: SessionId
    municipality_code: MunicipalityCode
    issuer_key_id: Digest
    """SHA-256 of the issuing CA's SubjectPublicKeyInfo (DER)."""
    serial: Annotated[Bytes, Field(min_length=1, max_length=20)]
    """Certificate serial number, big-endian."""
    session_key: Digest
    """The kiosk's one-time X25519 public key."""


class CatalogueEntry(WireBody):
    """One certificate that may be issued now, without a word about whom or what it concerns."""

    entry_id: OpaqueId
    document_type: DocumentType
    record_version: Annotated[int, Field(ge=1, strict=True)]


class ResolveAnswer(WireBody):
    """What this card holder may have now."""

    subject_ref: OpaqueId
    """Random, valid for this session only."""
    entries: tuple[CatalogueEntry, ...]
    sealed_details: Bytes
    """HPKE ciphertext of :class:`CatalogueDetails` (JSON, UTF-8), sealed to the session key."""


class EntryDetails(WireBody):
    """What the resident reads about one entry; only her kiosk can open it."""

    entry_id: OpaqueId
    disaster_name: str
    damaged_on: date
    house_location: str
    damage_class: str
    """Japanese term of the unified form."""
    damage_class_en: str
    householder_name: str
    pages_expected: int


class CatalogueDetails(WireBody):
    """The readable half of the catalogue."""

    entries: tuple[EntryDetails, ...]


class QuoteRequest(WireBody):
    """One order, as the resident chose it."""

    session_id: SessionId
    subject_ref: OpaqueId
    entry_id: OpaqueId
    copies: Copies


class QuoteAnswer(WireBody):
    """The order with its record version frozen."""

    order_digest: Digest
    document_type: DocumentType
    record_version: Annotated[int, Field(ge=1, strict=True)]
    copies: Copies
    pages_expected: Annotated[int, Field(ge=1, strict=True)]
    """Pages of one copy."""


class PrepareRequest(WireBody):
    """Make the documents of the quoted order."""

    session_id: SessionId
    order_digest: Digest
    is_test: bool = False
    """A sheet of a real-store test (実店舗試験); sent only when it is one."""


class ManifestDocument(WireBody):
    """One copy (通): its number, its length, and the digests of its PDF and of its sealed form."""

    certificate_number: CertificateNumberText
    pages: Annotated[int, Field(ge=1, strict=True)]
    pdf_digest: Digest
    sealed_digest: Digest


class Manifest(WireBody):
    """What the core made, for whom and for which order; signed by the core.

    ``bind`` is computed from the subject that stands *in the rendered document*, never from the
    session: the gateway compares it with the one it proved.
    """

    session_id: SessionId
    municipality_code: MunicipalityCode
    order_digest: Digest
    bind: Digest
    record_version: Annotated[int, Field(ge=1, strict=True)]
    documents: tuple[ManifestDocument, ...]
    prepared_at: datetime
    is_test: bool = False
    """Every page bears 試験 / TEST; stands in the manifest only when it is so."""


class SignedManifest(WireBody):
    """A manifest as the exact bytes that were signed.

    ``signature`` is Ed25519 over ``"RISAI-MANIFEST-v1" ‖ manifest``.
    """

    manifest: Bytes
    """JSON of :class:`Manifest`, UTF-8."""
    key_id: OpaqueId
    signature: Annotated[Bytes, Field(min_length=64, max_length=64)]


class PrepareAnswer(WireBody):
    """The signed manifest and, in its order, one HPKE ciphertext a copy."""

    signed_manifest: SignedManifest
    sealed_documents: tuple[Bytes, ...]


class SheetOutcome(StrEnum):
    """What became of one copy."""

    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    """Never came out whole: the number becomes void."""


class SheetResult(WireBody):
    """The kiosk's report on one certificate number."""

    certificate_number: CertificateNumberText
    outcome: SheetOutcome


class CompleteRequest(WireBody):
    """The outcome of every copy of the order, each number exactly once."""

    session_id: SessionId
    results: Annotated[tuple[SheetResult, ...], Field(min_length=1, max_length=MAX_COPIES)]


ReasonWord = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
"""Why numbers become void, as one word such as ``spoiled``: no free text, no personal data."""


class AbortRequest(WireBody):
    """End an order of which nothing was printed; reserved numbers become void."""

    session_id: SessionId
    reason: ReasonWord


class VoidRequest(WireBody):
    """Void numbers that were issued already; they enter the revocation list."""

    session_id: SessionId
    certificate_numbers: Annotated[
        tuple[CertificateNumberText, ...], Field(min_length=1, max_length=MAX_COPIES)
    ]
    reason: ReasonWord


class NumberState(StrEnum):
    """Life of a certificate number in the core."""

    RESERVED = "reserved"
    """Written down before anything was signed."""
    PREPARED = "prepared"
    ISSUED = "issued"
    VOID = "void"


class NumberStatus(WireBody):
    """One certificate number and its state."""

    certificate_number: CertificateNumberText
    state: NumberState


class OrderStatus(WireBody):
    """Where an order stands; the gateway reconciles doubtful sessions against it."""

    session_id: SessionId
    state: Literal["resolved", "quoted", "prepared", "completed", "aborted"]
    numbers: tuple[NumberStatus, ...]
