"""What a sheet (通) costs, who pays which part: decisions on values, nothing that waits.

| the sheet is                       | into the machine   | municipality bears of the commission |
|------------------------------------|--------------------|--------------------------------------|
| free of charge                     | 10 yen             | 107 yen                              |
| charged for                        | fee less deduction | 117 yen                              |
| of a real-store test (実店舗試験)   | 10 yen             | 107 yen                              |

The commission goes to the operator of the store; a fee below it leaves the municipality short.
Where a certificate is made by BCL the municipality also owes the fee of BCL, a fiscal year later.
Source: [MISSION 4], commission 117 yen a sheet, 10 / 107, BCL 180 yen a sheet.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from gateway.billing.rates import BCL_RATES, COMMISSION_RATES, BclRate, CommissionRate, rate_on
from gateway.billing.rates import Yen as Yen  # Named here too: fees are what people look for.

NOTHING = Yen(0)


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """What a municipality charges for one sheet; zero means free of charge."""

    legal_fee: Yen
    """The fee of the ordinance (手数料条例)."""
    deduction: Yen = NOTHING
    """What is taken off it (減免・控除); the legal fee stays what it is. Source: [KONBINI 1.3]."""

    @property
    def charged(self) -> Yen:
        """What remains to be paid. Assumption: nothing remaining is as good as free of charge."""
        return Yen(self.legal_fee - self.deduction)


class EntryKind(StrEnum):
    """Kinds of ledger entries."""

    ISSUED = "issued"
    VOIDED = "voided"
    """Reverses an issued entry of the same number."""


class SheetPurpose(StrEnum):
    """What a sheet was printed for."""

    SERVICE = "service"
    STORE_TEST = "store-test"
    """A sheet of the real-store test (実店舗試験), marked 試験 and counted apart."""


@dataclass(frozen=True, slots=True)
class SheetPrice:
    """All amounts of one sheet."""

    resident_pays: Yen
    commission: Yen
    commission_by_resident: Yen
    commission_by_municipality: Yen
    revenue: Yen
    """What the municipality takes in (歳入); the commission is booked apart as expense."""
    bcl_fee: Yen = NOTHING
    """What the municipality owes for BCL, settled in the next fiscal year."""
    purpose: SheetPurpose = SheetPurpose.SERVICE

    def reversed(self) -> "SheetPrice":
        """Return the same amounts with the opposite sign."""
        return SheetPrice(
            Yen(-self.resident_pays),
            Yen(-self.commission),
            Yen(-self.commission_by_resident),
            Yen(-self.commission_by_municipality),
            Yen(-self.revenue),
            Yen(-self.bcl_fee),
            self.purpose,
        )


def bcl_fee(certificate: str, day: date, rates: tuple[BclRate, ...] = BCL_RATES) -> Yen:
    """Return what a municipality that uses BCL owes for one sheet of a certificate."""
    rate = rate_on(day, rates)
    return rate.fee if certificate in rate.certificates else Yen(0)


def price_sheet(
    policy: FeePolicy,
    day: date,
    *,
    bcl: Yen = NOTHING,
    rates: tuple[CommissionRate, ...] = COMMISSION_RATES,
) -> SheetPrice:
    """Return what one sheet costs on that day."""
    rate = rate_on(day, rates)
    if policy.charged == 0:
        return _free_sheet(rate, bcl)
    return SheetPrice(
        resident_pays=policy.charged,
        commission=rate.commission,
        commission_by_resident=Yen(0),
        commission_by_municipality=rate.commission,
        revenue=policy.charged,
        bcl_fee=bcl,
    )


def price_test_sheet(
    day: date, *, rates: tuple[CommissionRate, ...] = COMMISSION_RATES
) -> SheetPrice:
    """Return what one sheet of a real-store test costs, whatever the municipality charges.

    Source: [MISSION 4], 実店舗試験費用. Assumption: BCL takes nothing for a test.
    """
    return replace(_free_sheet(rate_on(day, rates), NOTHING), purpose=SheetPurpose.STORE_TEST)


def _free_sheet(rate: CommissionRate, bcl: Yen) -> SheetPrice:
    share = rate.resident_share_when_free
    return SheetPrice(
        resident_pays=share,
        commission=rate.commission,
        commission_by_resident=share,
        commission_by_municipality=Yen(rate.commission - share),
        revenue=Yen(0),
        bcl_fee=bcl,
    )
