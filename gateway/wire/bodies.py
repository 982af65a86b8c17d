"""Bodies of the gateway's API for kiosks and other integrators (``/v1``).

| step | request                           | body           | answer          |
|------|-----------------------------------|----------------|-----------------|
| 0    | GET  /v1/service                  | –              | ServiceStatus   |
| 1    | POST /v1/sessions                 | OpenSession    | SessionOpened   |
| 3    | POST /v1/sessions/{id}/proof      | Proof          | Catalogue       |
| 5    | POST /v1/sessions/{id}/quote      | OrderWish      | Quote           |
| 6–7  | POST /v1/sessions/{id}/prepare    | Confirmation   | Prepared        |
| 8    | POST /v1/sessions/{id}/payment    | Payment        | SessionStatus   |
| 9    | POST /v1/sessions/{id}/release    | Nothing        | Released        |
| 10   | POST /v1/sessions/{id}/prints     | PrintReport    | SessionStatus   |
| 11   | POST /v1/sessions/{id}/complete   | Completion     | Receipt         |
| F    | POST /v1/sessions/{id}/abort      | Abort          | SessionStatus   |
| F    | POST /v1/sessions/{id}/void       | Abort          | SessionStatus   |
| –    | GET  /v1/sessions/{id}            | –              | SessionStatus   |

Every response carries ``environment``.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from issuance.wire.bodies import CatalogueEntry, Copies, SheetResult, SignedManifest
from issuance.wire.codes import DocumentType
from issuance.wire.fields import Bytes, Digest, MunicipalityCode, OpaqueId, SessionId, WireBody

Yen = Annotated[int, Field(ge=0, strict=True)]

MAX_CERTIFICATE_BYTES = 4096


class Environment(StrEnum):
    """Whether sheets are specimens (demo) or worth their paper."""

    DEMO = "demo"
    PRODUCTION = "production"


class Locale(StrEnum):
    """Language of the session."""

    JAPANESE = "ja"
    ENGLISH = "en"


class Nothing(WireBody):
    """An empty JSON object."""


class Notice(WireBody):
    """A suspension or an announcement, in words for the resident."""

    municipality_code: MunicipalityCode | None = None
    """Absent when it concerns everybody."""
    starts_at: datetime
    ends_at: datetime
    text_ja: str
    text_en: str


class MunicipalityOffer(WireBody):
    """A municipality that takes part, and whether it can be served now."""

    municipality_code: MunicipalityCode
    prefecture: str
    name: str
    name_en: str
    open_now: bool
    core_key_id: OpaqueId
    core_key: Digest
    """Raw Ed25519 key that signs this municipality's manifests; vouched for by the gateway."""


class ServiceStatus(WireBody):
    """Hours, notices and who takes part, at this moment."""

    environment: Environment
    open_now: bool
    opens_at: datetime | None = None
    """Next opening when closed."""
    municipalities: tuple[MunicipalityOffer, ...]
    notices: tuple[Notice, ...]


class OpenSession(WireBody):
    """A kiosk asks for a session with a key made for it alone."""

    locale: Locale
    session_key: Digest
    """One-time X25519 public key, 32 bytes."""


class SessionOpened(WireBody):
    """The challenge for the card."""

    environment: Environment
    session_id: SessionId
    challenge: Digest
    """256 random bits, used once."""
    origin: str
    """What goes under the card's signature as origin."""
    proof_expires_at: datetime
    expires_at: datetime


class Proof(WireBody):
    """The card's answer. The certificate is called unverified until the gateway has verified it."""

    municipality_code: MunicipalityCode
    unverified_certificate: Annotated[Bytes, Field(min_length=1)]
    """DER."""
    signature: Annotated[Bytes, Field(min_length=1, max_length=1024)]
    """PKCS#1 v1.5, SHA-256, over the authentication digest."""


class CatalogueOffer(WireBody):
    """An entry with the price of one sheet."""

    entry: CatalogueEntry
    unit_fee: Yen
    """What the resident pays for one copy (通), in yen."""


class Catalogue(WireBody):
    """What may be issued now; the readable half is sealed to the kiosk."""

    environment: Environment
    offers: tuple[CatalogueOffer, ...]
    sealed_details: Bytes
    bind: Digest


class OrderWish(WireBody):
    """One entry and how many copies of it."""

    entry_id: OpaqueId
    copies: Copies


class Quote(WireBody):
    """The price, fixed, for the order, frozen."""

    environment: Environment
    order_digest: Digest
    document_type: DocumentType
    entry_id: OpaqueId
    record_version: int
    copies: Copies
    pages_expected: int
    unit_fee: Yen
    total: Yen


class Confirmation(WireBody):
    """The resident confirms exactly this order."""

    order_digest: Digest


class Prepared(WireBody):
    """The documents exist, sealed; the manifest tells what they are."""

    environment: Environment
    signed_manifest: SignedManifest
    total: Yen


class PaymentMethod(StrEnum):
    """How the resident paid."""

    COINS = "coins"


class Payment(WireBody):
    """The money is in the machine."""

    amount: Yen
    method: PaymentMethod
    terminal_ref: OpaqueId
    """The machine's own number of the payment."""


class Released(WireBody):
    """The sealed documents, handed over once."""

    environment: Environment
    sealed_documents: tuple[Bytes, ...]


class PrintOutcome(StrEnum):
    """What the printer said of one attempt at one copy."""

    PRINTED = "printed"
    JAMMED = "jammed"
    SUPPLIES_OUT = "supplies_out"
    SPOILED = "spoiled"


class PrintReport(WireBody):
    """One attempt at one copy."""

    certificate_number: Annotated[str, Field(pattern=r"^[0-9A-Z-]{8,32}$")]
    attempt: Annotated[int, Field(ge=1, le=20, strict=True)]
    pages_out: Annotated[int, Field(ge=0, le=100, strict=True)]
    outcome: PrintOutcome


class Completion(WireBody):
    """The end of it: every copy's outcome, each number exactly once."""

    results: Annotated[tuple[SheetResult, ...], Field(min_length=1, max_length=10)]


class Abort(WireBody):
    """Why a session ends without (all of) its sheets."""

    reason: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]


class SessionState(StrEnum):
    """The states of a session; every arrow between them is one compare-and-set."""

    NEW = "NEW"
    PROVED = "PROVED"
    QUOTED = "QUOTED"
    PREPARING = "PREPARING"
    READY = "READY"
    PAID = "PAID"
    RELEASED = "RELEASED"
    COMPLETING = "COMPLETING"
    ISSUED = "ISSUED"
    ABORTED = "ABORTED"
    VOID = "VOID"
    IN_DOUBT = "IN_DOUBT"
    QUARANTINED = "QUARANTINED"


class SessionStatus(WireBody):
    """Where the session stands."""

    environment: Environment
    session_id: SessionId
    state: SessionState
    refund: Yen = 0
    """What has to go back to the resident, in yen."""


class Receipt(WireBody):
    """What was issued and what it cost; no personal data."""

    environment: Environment
    session_id: SessionId
    receipt_number: OpaqueId
    sheets: int
    unit_fee: Yen
    total: Yen
    refund: Yen
    """For copies that were paid but could not be printed."""
    issued_at: datetime
