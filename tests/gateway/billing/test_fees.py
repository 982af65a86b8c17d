"""Who pays what for one sheet."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.billing.fees import COMMISSION_RATES, FeePolicy, Yen, price_sheet, rate_on

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


def test_rate_holds_from_its_first_day() -> None:
    first = COMMISSION_RATES[0].valid_from
    assert rate_on(first).commission == 117


def test_day_before_the_first_rate_has_none() -> None:
    with pytest.raises(LookupError):
        rate_on(date(2000, 1, 1))
