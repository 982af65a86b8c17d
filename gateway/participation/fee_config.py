"""The money part of the participation file: fees with periods, BCL, real-store tests, rates."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gateway.billing.fees import FeePolicy, Yen
from gateway.billing.rates import BCL_RATES, COMMISSION_RATES, BclRate, CommissionRate
from gateway.billing.tariff import Channel, FeeRule, Rates, StoreTest
from issuance.wire.codes import DocumentType
from issuance.wire.fields import OpaqueId

Amount = Annotated[int, Field(ge=0, le=100_000)]
"""Yen; the upper end only keeps slips of the pen out."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeeSection(_Section):
    """``[[municipality.fee]]``: one rule."""

    certificate: DocumentType
    channel: Channel = Channel.KIOSK
    valid_from: date
    valid_until: date | None = None
    legal_fee: Amount
    deduction: Amount = 0
    basis: str = ""

    @model_validator(mode="after")
    def check(self) -> "FeeSection":
        """Refuse what cannot be meant."""
        if self.deduction > self.legal_fee:
            raise ValueError("the deduction is larger than the legal fee")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("the rule ends before it begins")
        return self

    def build(self) -> FeeRule:
        """Return the rule."""
        policy = FeePolicy(Yen(self.legal_fee), Yen(self.deduction))
        return FeeRule(
            self.certificate.value,
            self.channel,
            self.valid_from,
            self.valid_until,
            policy,
            self.basis,
        )


class StoreTestSection(_Section):
    """``[[municipality.store_test]]``: when and where a real-store test takes place."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    kiosks: Annotated[tuple[OpaqueId, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def check(self) -> "StoreTestSection":
        """Refuse what cannot be meant."""
        if self.ends_at <= self.starts_at:
            raise ValueError("the test ends before it begins")
        return self

    def build(self) -> StoreTest:
        """Return the test."""
        return StoreTest(self.starts_at, self.ends_at, frozenset(self.kiosks))


class CommissionRateSection(_Section):
    """``[[commission_rate]]``: a new commission from a day on."""

    valid_from: date
    commission: Amount
    resident_share_when_free: Amount
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def check(self) -> "CommissionRateSection":
        """Refuse what cannot be meant."""
        if self.resident_share_when_free > self.commission:
            raise ValueError("the resident's share is larger than the commission")
        return self

    def build(self) -> CommissionRate:
        """Return the rate."""
        share = Yen(self.resident_share_when_free)
        return CommissionRate(self.valid_from, Yen(self.commission), share, self.source)


class BclRateSection(_Section):
    """``[[bcl_rate]]``: a new fee of BCL from a day on."""

    valid_from: date
    fee: Amount
    certificates: Annotated[tuple[str, ...], Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]

    def build(self) -> BclRate:
        """Return the rate."""
        certificates = frozenset(self.certificates)
        return BclRate(self.valid_from, Yen(self.fee), certificates, self.source)


def build_rates(
    commission: tuple[CommissionRateSection, ...], bcl: tuple[BclRateSection, ...]
) -> Rates:
    """Return the known rates with those of the file after them."""
    return Rates(
        (*COMMISSION_RATES, *(one.build() for one in commission)),
        (*BCL_RATES, *(one.build() for one in bcl)),
    )
