"""Rates that hold from a day on: the commission of a sheet and the fee of BCL. Rows with a source.

A new rate is a new row; the rows before it stay, because old sheets keep their price. An operator
adds rows in the participation file (``[[commission_rate]]``, ``[[bcl_rate]]``).
"""

from dataclasses import dataclass
from datetime import date
from typing import NewType, TypeVar

Yen = NewType("Yen", int)
"""Whole yen; may be negative in a balance."""

FIRST_DAY = date(2023, 10, 1)
"""Assumption: the rates of the source hold from the month in which it was written."""


@dataclass(frozen=True, slots=True)
class CommissionRate:
    """The commission of one sheet (コンビニ交付委託手数料) from a day on."""

    valid_from: date
    commission: Yen
    resident_share_when_free: Yen
    """What the resident puts in where the certificate is free of charge, and what anybody puts in
    for a sheet of a real-store test (実店舗試験)."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class BclRate:
    """The fee of one sheet for issuing by BCL (BCL証明発行機能利用料) from a day on.

    The municipality pays it in the fiscal year after; it is no part of the monthly settlement.
    """

    valid_from: date
    fee: Yen
    certificates: frozenset[str]
    """Certificates that bear the fee; any other one is free of it."""
    source: str = ""


COMMISSION_RATES = (
    CommissionRate(FIRST_DAY, Yen(117), Yen(10), "MISSION 4, コンビニ交付委託手数料"),
)
"""Oldest first. Source: [MISSION 4]."""

BCL_RATES = (
    BclRate(
        FIRST_DAY,
        Yen(180),
        frozenset(
            {"resident_record_copy", "seal_registration_certificate", "tax_certificate"}
        ),  # 住民票の写し、印鑑登録証明書、税証明
        "MISSION 4, BCL証明発行機能利用料",
    ),
)
"""Oldest first. Source: [MISSION 4]."""

Rate = TypeVar("Rate", CommissionRate, BclRate)


def rate_on(day: date, rates: tuple[Rate, ...]) -> Rate:
    """Return the rate of a day (Japan time). Raises: LookupError before the first."""
    known = [rate for rate in rates if rate.valid_from <= day]
    if not known:
        raise LookupError("no rate is known for that day")
    return max(known, key=lambda rate: rate.valid_from)
