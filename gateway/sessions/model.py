"""A session and the arrows between its states.

    NEW → PROVED → QUOTED → PREPARING → READY → PAID → RELEASED → COMPLETING → ISSUED
                                                                           └→ VOID
    before payment → ABORTED · mismatch → QUARANTINED · nobody knows → IN_DOUBT

Source: [RISAI-PROTOCOL 5].
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.billing.fees import SheetPrice, SheetPurpose
from gateway.wire.bodies import CatalogueOffer, SessionState
from issuance.wire.bodies import SheetOutcome
from issuance.wire.codes import DocumentType

PROOF_TIME = timedelta(seconds=180)
SESSION_TIME = timedelta(minutes=10)
DOUBT_AFTER = timedelta(minutes=15)
"""A paid session that stood still so long is in doubt. Assumption."""

S = SessionState
LEGAL: dict[SessionState, frozenset[SessionState]] = {
    S.NEW: frozenset({S.PROVED, S.ABORTED, S.QUARANTINED}),
    S.PROVED: frozenset({S.QUOTED, S.ABORTED, S.QUARANTINED}),
    S.QUOTED: frozenset({S.QUOTED, S.PREPARING, S.ABORTED, S.QUARANTINED}),
    S.PREPARING: frozenset({S.READY, S.ABORTED, S.QUARANTINED}),
    S.READY: frozenset({S.PAID, S.ABORTED, S.QUARANTINED}),
    S.PAID: frozenset({S.RELEASED, S.COMPLETING, S.IN_DOUBT}),
    S.RELEASED: frozenset({S.COMPLETING, S.IN_DOUBT}),
    S.COMPLETING: frozenset({S.ISSUED, S.VOID, S.IN_DOUBT}),
    S.IN_DOUBT: frozenset({S.COMPLETING}),
    S.ISSUED: frozenset(),
    S.VOID: frozenset(),
    S.ABORTED: frozenset(),
    S.QUARANTINED: frozenset(),
}
BEFORE_PAYMENT = frozenset({S.NEW, S.PROVED, S.QUOTED, S.PREPARING, S.READY})
ENDED = frozenset(state for state, following in LEGAL.items() if not following)


@dataclass(frozen=True, slots=True)
class Session:
    """One session as the gateway stores it: no name, no address, no serial number."""

    session_id: str
    kiosk_id: str
    operator: str
    state: SessionState
    session_key: bytes
    challenge: bytes
    opened_at: datetime
    expires_at: datetime
    changed_at: datetime
    municipality_code: str | None
    subject: bytes | None
    """Pseudonym of the card, keyed per municipality."""
    bind: bytes | None
    subject_ref: str | None
    offers: tuple[CatalogueOffer, ...]
    entry_id: str | None
    document_type: DocumentType | None
    copies: int
    record_version: int
    pages: int
    """Pages of one copy."""
    order_digest: bytes | None
    price: SheetPrice | None
    """The price of one sheet as it was quoted; what is posted later is this and nothing newer."""
    unit_fee: int
    total: int
    manifest: bytes | None
    results: dict[str, SheetOutcome]
    """Certificate number → outcome, once the kiosk reported."""
    receipt_number: str | None
    refund: int

    @property
    def is_test(self) -> bool:
        """Whether its sheets belong to a real-store test (実店舗試験)."""
        return self.price is not None and self.price.purpose is SheetPurpose.STORE_TEST
