"""Who pays what for one sheet."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.billing.fees import (
    FeePolicy,
    SheetPurpose,
    Yen,
    bcl_fee,
    price_sheet,
    price_test_sheet,
)
from gateway.billing.rates import FIRST_DAY, CommissionRate

DAY = date(2026, 11, 23)


def test_free_sheet_costs_the_resident_ten_and_the_municipality_107() -> None:
    price = price_sheet(FeePolicy(Yen(0)), DAY)
    assert (price.resident_pays, price.commission_by_resident) == (10, 10)
    assert (price.commission_by_municipality, price.commission, price.revenue) == (107, 117, 0)


@pytest.mark.parametrize("fee", [1, 100, 117, 200, 300])
def test_charged_sheet_costs_the_fee_and_the_municipality_bears_117(fee: int) -> None:
    price = price_sheet(FeePolicy(Yen(fee)), DAY)
    assert (price.resident_pays, price.revenue) == (fee, fee)
    assert (price.commission_by_resident, price.commission_by_municipality) == (0, 117)


@given(fee=st.integers(0, 10_000))
def test_parts_of_the_commission_add_up(fee: int) -> None:
    price = price_sheet(FeePolicy(Yen(fee)), DAY)
    assert price.commission_by_resident + price.commission_by_municipality == price.commission
    assert price.resident_pays == price.revenue + price.commission_by_resident


@given(fee=st.integers(0, 10_000))
def test_price_and_its_reversal_sum_to_nothing(fee: int) -> None:
    price = price_sheet(FeePolicy(Yen(fee)), DAY)
    back = price.reversed()
    assert price.resident_pays + back.resident_pays == 0
    assert price.commission + back.commission == 0
    assert back.reversed() == price


def test_deduction_is_not_paid_and_leaves_the_legal_fee_alone() -> None:
    """A by-law that takes 290 yen off 300 makes the sheet cost 10; it is not free of charge."""
    policy = FeePolicy(Yen(300), deduction=Yen(290))
    price = price_sheet(policy, DAY)
    assert (policy.legal_fee, price.resident_pays, price.revenue) == (300, 10, 10)
    assert (price.commission_by_resident, price.commission_by_municipality) == (0, 117)


def test_fee_that_is_deducted_in_full_is_free_of_charge() -> None:
    price = price_sheet(FeePolicy(Yen(300), deduction=Yen(300)), DAY)
    assert price == price_sheet(FeePolicy(Yen(0)), DAY)


def test_test_sheet_costs_ten_and_107_and_is_known_as_such() -> None:
    price = price_test_sheet(DAY)
    assert (price.resident_pays, price.commission_by_municipality, price.bcl_fee) == (10, 107, 0)
    assert price.purpose is price.reversed().purpose is SheetPurpose.STORE_TEST


@pytest.mark.parametrize(
    ("certificate", "fee"),
    [
        ("resident_record_copy", 180),
        ("seal_registration_certificate", 180),
        ("tax_certificate", 180),
        ("victim_certificate", 0),
    ],
)
def test_bcl_takes_its_fee_for_three_kinds_only(certificate: str, fee: int) -> None:
    assert bcl_fee(certificate, DAY) == fee


def test_fee_of_bcl_is_neither_paid_at_the_kiosk_nor_part_of_the_commission() -> None:
    with_bcl = price_sheet(FeePolicy(Yen(300)), DAY, bcl=Yen(180))
    without = price_sheet(FeePolicy(Yen(300)), DAY)
    assert (with_bcl.resident_pays, with_bcl.commission) == (300, 117)
    assert (with_bcl.bcl_fee, without.bcl_fee, with_bcl.reversed().bcl_fee) == (180, 0, -180)


def test_new_rate_holds_from_its_day_and_old_sheets_keep_theirs() -> None:
    rates = (
        CommissionRate(FIRST_DAY, Yen(117), Yen(10)),
        CommissionRate(date(2027, 4, 1), Yen(120), Yen(10)),
    )
    free = FeePolicy(Yen(0))
    assert price_sheet(free, date(2027, 3, 31), rates=rates).commission_by_municipality == 107
    assert price_sheet(free, date(2027, 4, 1), rates=rates).commission_by_municipality == 110


def test_day_before_the_first_rate_has_no_price() -> None:
    with pytest.raises(LookupError):
        price_sheet(FeePolicy(Yen(0)), date(2000, 1, 1))
