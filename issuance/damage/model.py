"""Damaged houses and what was determined about them.

Damage is judged per building and certified per household, so a *damaged house* here is one building
× one household × one disaster. Source: [DOMAIN 1.3, 1.4, 1.8].
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DamageOutcome(StrEnum):
    """The result of one survey (被害の程度): the six classes and two that are never printed."""

    TOTAL = "total"
    """全壊."""
    LARGE_HALF = "large_half"
    """大規模半壊."""
    MEDIUM_HALF = "medium_half"
    """中規模半壊."""
    HALF = "half"
    """半壊."""
    QUASI_HALF = "quasi_half"
    """準半壊."""
    PARTIAL = "partial"
    """準半壊に至らない（一部損壊）."""
    NONE = "none"
    """無被害."""
    UNDETERMINED = "undetermined"
    """判定不能."""


PRINTABLE_OUTCOMES = frozenset(DamageOutcome) - {DamageOutcome.NONE, DamageOutcome.UNDETERMINED}


class ApplicationState(StrEnum):
    """Where the application for a certificate stands (申請状態)."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class HoldKind(StrEnum):
    """Why a certificate must wait although a determination exists."""

    CORRECTION = "correction"
    """訂正."""
    RESURVEY = "resurvey"
    """再調査."""
    REVOCATION = "revocation"
    """取消."""


@dataclass(frozen=True, slots=True)
class DamagedHouse:
    """One building as one household's dwelling in one disaster (被災住家)."""

    house_id: str
    disaster_id: str
    building_id: str
    """家屋番号."""
    household_id: str
    damaged_on: date
    location: str
    """被災住家の所在地."""
    application: ApplicationState


@dataclass(frozen=True, slots=True)
class Determination:
    """The result of one survey round (被害認定)."""

    house_id: str
    survey_round: int
    """1 first survey, 2 second survey, 3 and up re-surveys; the latest final one wins."""
    outcome: DamageOutcome
    decided_on: date
    is_final: bool
    approved_by: str | None
    """Number of the officer who approved kiosk issue (コンビニ交付承認); None when nobody did."""
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop on one damaged house's certificates."""

    house_id: str
    hold_no: int
    kind: HoldKind
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        """Tell whether the hold stands on ``day``."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
