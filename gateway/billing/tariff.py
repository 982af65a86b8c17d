"""What a municipality charges, when and where: rules with a period each, and the price of a sheet.

A rule that ends is followed by another one, and old rules stay, so that any sheet's price can be
explained later. Where a municipality only states a fee, it holds without end. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from gateway.billing.fees import (
    NOTHING,
    FeePolicy,
    SheetPrice,
    bcl_fee,
    price_sheet,
    price_test_sheet,
)
from gateway.billing.ledger import day_of
from gateway.billing.rates import BCL_RATES, COMMISSION_RATES, BclRate, CommissionRate


class Channel(StrEnum):
    """Where a certificate is asked for; the fee may differ. Source: [KONBINI 1.3]."""

    KIOSK = "kiosk"
    COUNTER = "counter"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class FeeRule:
    """What is charged for one certificate on one channel within a period."""

    certificate: str
    channel: Channel
    valid_from: date
    valid_until: date | None
    """Last day; None: until further notice."""
    policy: FeePolicy
    basis: str = ""
    """The ordinance or decision (条例・告示) it rests on."""

    def holds_on(self, day: date) -> bool:
        """Say whether the rule is in force on a day (Japan time)."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class StoreTest:
    """A real-store test (実店舗試験): what these kiosks print in this time is a test sheet."""

    starts_at: datetime
    ends_at: datetime
    kiosk_ids: frozenset[str]

    def includes(self, kiosk_id: str, moment: datetime) -> bool:
        """Say whether a sheet of this kiosk at this moment belongs to the test."""
        return kiosk_id in self.kiosk_ids and self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates that are the same for everybody."""

    commission: tuple[CommissionRate, ...] = COMMISSION_RATES
    bcl: tuple[BclRate, ...] = BCL_RATES


@dataclass(frozen=True, slots=True)
class Tariff:
    """Everything about money in which a municipality differs from another."""

    rules: tuple[FeeRule, ...] = ()
    bcl_since: date | None = None
    """First day on which its certificates are made by BCL; None: it does not use BCL."""
    store_tests: tuple[StoreTest, ...] = field(default=())

    def find_policy(
        self, certificate: str, day: date, *, channel: Channel = Channel.KIOSK
    ) -> FeePolicy | None:
        """Return what is charged on a day; None when it is not offered there then."""
        for rule in self.rules:
            if (rule.certificate, rule.channel) == (certificate, channel) and rule.holds_on(day):
                return rule.policy
        return None

    def find_overlap(self) -> FeeRule | None:
        """Return a rule that begins while another one for the same thing is in force."""
        for one in self.rules:
            for other in self.rules:
                same = (one.certificate, one.channel) == (other.certificate, other.channel)
                if one is not other and same and other.holds_on(one.valid_from):
                    return one
        return None


def find_price(
    tariff: Tariff, certificate: str, moment: datetime, kiosk_id: str, *, rates: Rates
) -> SheetPrice | None:
    """Return what one sheet costs at a kiosk at a moment; None when it is not offered then."""
    day = day_of(moment)
    policy = tariff.find_policy(certificate, day)
    if policy is None:
        return None
    if any(test.includes(kiosk_id, moment) for test in tariff.store_tests):
        return price_test_sheet(day, rates=rates.commission)
    uses_bcl = tariff.bcl_since is not None and tariff.bcl_since <= day
    bcl = bcl_fee(certificate, day, rates.bcl) if uses_bcl else NOTHING
    return price_sheet(policy, day, bcl=bcl, rates=rates.commission)


def rules_of(fees: Iterable[tuple[str, FeePolicy]]) -> tuple[FeeRule, ...]:
    """Return rules for fees that are stated without a period: at the kiosk, always."""
    return tuple(
        FeeRule(certificate, Channel.KIOSK, date.min, None, policy) for certificate, policy in fees
    )
