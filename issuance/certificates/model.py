"""Orders for certificates, the cases behind them, and the life of a certificate number."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from issuance.damage.model import DamagedHouse, Determination, Hold
from issuance.residents.model import FeedState, LinkedResident, Protection
from issuance.victims.model import Disaster, VictimHousehold
from issuance.wire.bodies import NumberState


class OrderState(StrEnum):
    """Where one kiosk session's order stands in the core."""

    RESOLVED = "resolved"
    QUOTED = "quoted"
    PREPARING = "preparing"
    """Numbers are reserved; the documents are being made, or the making was interrupted."""
    PREPARED = "prepared"
    COMPLETED = "completed"
    ABORTED = "aborted"


QUOTABLE = frozenset({OrderState.RESOLVED, OrderState.QUOTED})
ABORTABLE = frozenset(OrderState) - {OrderState.COMPLETED, OrderState.ABORTED}


class MembershipRule(StrEnum):
    """Which membership of the certificate's household a card holder needs."""

    AT_DISASTER = "at_disaster"
    AT_DISASTER_AND_NOW = "at_disaster_and_now"


@dataclass(frozen=True, slots=True)
class IssuingMunicipality:
    """Who certifies: words of the paper that come from master data only."""

    code: str
    name: str
    issuer_title: str
    """For example 見本市長."""
    issuer_name: str


@dataclass(frozen=True, slots=True)
class KioskPolicy:
    """What one municipality demands before a kiosk may issue."""

    max_data_age: timedelta
    """Older resident data stops kiosk issue. Assumption: 36 hours unless set otherwise."""
    minimum_age: int = 15
    membership: MembershipRule = MembershipRule.AT_DISASTER_AND_NOW


@dataclass(frozen=True, slots=True)
class Case:
    """Everything known about one damaged house of one household."""

    house: DamagedHouse
    disaster: Disaster
    household: VictimHousehold
    determinations: tuple[Determination, ...]
    holds: tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the municipality knows about a card holder at one moment."""

    linked: LinkedResident
    feeds: tuple[FeedState, ...]
    protections: tuple[Protection, ...]
    """Of everybody in the resident's household of today and in the households of the cases."""
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class IssuableCase:
    """A case whose certificate may be issued now, with the determination that counts."""

    case: Case
    determination: Determination


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a session's catalogue."""

    entry_id: str
    house_id: str
    record_digest: bytes
    record_version: int
    pages: int


@dataclass(frozen=True, slots=True)
class Order:
    """One kiosk session as the core remembers it."""

    session_id: str
    subject_ref: str
    issuer_key_id: bytes
    serial: int
    session_key: bytes
    bind: bytes
    state: OrderState
    resolved_at: datetime
    entry_id: str | None
    copies: int | None
    order_digest: bytes | None
    prepared_at: datetime | None
    """When the numbers were reserved; the documents carry this moment."""


@dataclass(frozen=True, slots=True)
class ReservedNumber:
    """A certificate number (整理番号) of one copy."""

    certificate_number: str
    copy_no: int
    certificate_id: bytes
    """The random id on the paper (cti), from which the revocation id is derived."""
    issued_on: date
    state: NumberState
    pdf_digest: bytes | None


@dataclass(frozen=True, slots=True)
class Revocation:
    """An issued number that is void."""

    certificate_number: str
    certificate_id: bytes
    revoked_at: datetime
    reason: str
