"""Fees have periods, channels and deductions; the price of a sheet follows from them alone."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.billing.fees import FeePolicy, SheetPurpose, Yen
from gateway.billing.rates import COMMISSION_RATES, CommissionRate
from gateway.billing.tariff import (
    Channel,
    FeeRule,
    Rates,
    StoreTest,
    Tariff,
    find_price,
    rules_of,
)
from tests.gateway.fakes import NOON

RECORD = "resident_record_copy"


def rule(
    legal_fee: int,
    valid_from: date,
    valid_until: date | None = None,
    *,
    deduction: int = 0,
    channel: Channel = Channel.KIOSK,
) -> FeeRule:
    policy = FeePolicy(Yen(legal_fee), Yen(deduction))
    return FeeRule(RECORD, channel, valid_from, valid_until, policy)


CAMPAIGN = Tariff(
    rules=(
        rule(300, date(2024, 4, 1), date(2026, 11, 22)),
        rule(300, date(2026, 11, 23), date(2026, 12, 31), deduction=290),
        rule(300, date(2027, 1, 1)),
        rule(400, date(2024, 4, 1), channel=Channel.COUNTER),
    ),
    bcl_since=date(2026, 4, 1),
)


def pays(tariff: Tariff, moment: datetime, certificate: str = RECORD) -> int | None:
    price = find_price(tariff, certificate, moment, "k1", rates=Rates())
    return None if price is None else price.resident_pays


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOON - timedelta(hours=12, seconds=1), 300),
        (NOON - timedelta(hours=12), 10),
        (NOON, 10),
        (datetime.fromisoformat("2026-12-31T23:59:59+09:00"), 10),
        (datetime.fromisoformat("2027-01-01T00:00:00+09:00"), 300),
        (datetime.fromisoformat("2024-03-31T23:59:59+09:00"), None),
    ],
)
def test_fee_changes_at_midnight_in_japan(moment: datetime, expected: int | None) -> None:
    assert pays(CAMPAIGN, moment) == expected


def test_fee_of_the_counter_is_not_that_of_the_kiosk() -> None:
    day = date(2026, 11, 23)
    counter = CAMPAIGN.find_policy(RECORD, day, channel=Channel.COUNTER)
    assert counter == FeePolicy(Yen(400))
    assert CAMPAIGN.find_policy(RECORD, day, channel=Channel.ONLINE) is None


def test_certificate_without_a_rule_is_not_offered() -> None:
    assert pays(CAMPAIGN, NOON, "tax_certificate") is None


def test_fee_of_bcl_is_owed_where_bcl_is_used_and_from_its_first_day() -> None:
    def fee(tariff: Tariff, moment: datetime) -> int:
        price = find_price(tariff, RECORD, moment, "k1", rates=Rates())
        assert price is not None
        return price.bcl_fee

    assert fee(CAMPAIGN, NOON) == 180
    assert fee(CAMPAIGN, datetime.fromisoformat("2026-03-31T12:00:00+09:00")) == 0
    assert fee(Tariff(rules=CAMPAIGN.rules), NOON) == 0


def test_kiosks_of_a_store_test_print_test_sheets_while_it_lasts() -> None:
    test = StoreTest(NOON, NOON + timedelta(hours=2), frozenset({"k1"}))
    tariff = Tariff(rules=CAMPAIGN.rules, store_tests=(test,))

    def purpose(kiosk_id: str, moment: datetime) -> SheetPurpose:
        price = find_price(tariff, RECORD, moment, kiosk_id, rates=Rates())
        assert price is not None
        return price.purpose

    assert purpose("k1", NOON) is SheetPurpose.STORE_TEST
    assert purpose("k2", NOON) is SheetPurpose.SERVICE
    assert purpose("k1", NOON + timedelta(hours=2)) is SheetPurpose.SERVICE


def test_rule_that_begins_while_another_holds_is_found() -> None:
    again = rule(200, date(2026, 12, 1), date(2026, 12, 24))
    assert CAMPAIGN.find_overlap() is None
    assert Tariff(rules=(*CAMPAIGN.rules, again)).find_overlap() == again


def test_new_commission_is_a_row_of_its_own() -> None:
    rates = Rates(commission=(*COMMISSION_RATES, CommissionRate(NOON.date(), Yen(120), Yen(10))))
    tariff = Tariff(rules=rules_of([(RECORD, FeePolicy(Yen(0)))]))
    price = find_price(tariff, RECORD, NOON, "k1", rates=rates)
    assert price is not None
    assert (price.commission, price.commission_by_municipality) == (120, 110)


@given(
    fee=st.integers(0, 1000),
    deduction=st.integers(0, 1000),
    bcl=st.booleans(),
    test=st.booleans(),
)
def test_parts_of_every_price_add_up(fee: int, deduction: int, bcl: bool, test: bool) -> None:
    span = StoreTest(NOON, NOON + timedelta(hours=1), frozenset({"k1"} if test else ()))
    first = date(2026, 1, 1)
    tariff = Tariff(
        rules=(rule(fee, first, deduction=min(fee, deduction)),),
        bcl_since=first if bcl else None,
        store_tests=(span,),
    )
    price = find_price(tariff, RECORD, NOON, "k1", rates=Rates())
    assert price is not None
    assert price.commission_by_resident + price.commission_by_municipality == price.commission
    assert price.resident_pays == price.revenue + price.commission_by_resident
    back = price.reversed()
    assert back.reversed() == price
    assert price.resident_pays + back.resident_pays == price.bcl_fee + back.bcl_fee == 0
