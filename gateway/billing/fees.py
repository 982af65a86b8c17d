"""What a sheet (通) costs, who pays which part: decisions on values, nothing that waits.

| municipality issues | resident pays at the kiosk | municipality bears of the commission |
|---------------------|----------------------------|--------------------------------------|
| free of charge      | 10 yen                     | 107 yen                              |
| for a fee           | the fee                    | 117 yen                              |

The commission goes to the operator of the store; a fee below it leaves the municipality short.
Source: [MISSION 2.2], commission 117 yen a sheet.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

Yen = NewType("Yen", int)
"""Whole yen; may be negative in a balance."""


@dataclass(frozen=True, slots=True)
class CommissionRate:
    """The commission of one sheet (コンビニ交付委託手数料) from a day on."""

    valid_from: date
    commission: Yen
    resident_share_when_free: Yen


COMMISSION_RATES = (CommissionRate(date(2023, 10, 1), Yen(117), Yen(10)),)
"""Oldest first. Source: [MISSION 2.2]; the first day is that of the source, an assumption."""


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """What a municipality charges for one sheet; zero means free of charge."""

    legal_fee: Yen


class EntryKind(StrEnum):
    """Kinds of ledger entries."""

    ISSUED = "issued"
    VOIDED = "voided"
    """Reverses an issued entry of the same number."""


@dataclass(frozen=True, slots=True)
class SheetPrice:
    """All amounts of one sheet."""

    resident_pays: Yen
    commission: Yen
    commission_by_resident: Yen
    commission_by_municipality: Yen
    revenue: Yen
    """What the municipality takes in (歳入); the commission is booked apart as expense."""

    def reversed(self) -> "SheetPrice":
        """Return the same amounts with the opposite sign."""
        return SheetPrice(
            Yen(-self.resident_pays),
            Yen(-self.commission),
            Yen(-self.commission_by_resident),
            Yen(-self.commission_by_municipality),
            Yen(-self.revenue),
        )


def rate_on(day: date) -> CommissionRate:
    """Return the commission rate of a day (Japan time). Raises: LookupError before the first."""
    for rate in reversed(COMMISSION_RATES):
        if day >= rate.valid_from:
            return rate
    raise LookupError("no commission rate is known for that day")


def price_sheet(policy: FeePolicy, day: date) -> SheetPrice:
    """Return what one sheet costs on that day."""
    rate = rate_on(day)
    if policy.legal_fee == 0:
        share = rate.resident_share_when_free
        return SheetPrice(
            resident_pays=share,
            commission=rate.commission,
            commission_by_resident=share,
            commission_by_municipality=Yen(rate.commission - share),
            revenue=Yen(0),
        )
    return SheetPrice(
        resident_pays=policy.legal_fee,
        commission=rate.commission,
        commission_by_resident=Yen(0),
        commission_by_municipality=rate.commission,
        revenue=policy.legal_fee,
    )
