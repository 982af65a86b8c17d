"""Fees with periods, BCL, real-store tests and rates come from the participation file."""

from datetime import date
from pathlib import Path

import pytest

from gateway.errors import ParticipationError
from gateway.participation.config import load_participation
from gateway.participation.model import fee_words
from issuance.wire.codes import DocumentType
from tests.gateway.fakes import NOON
from tests.gateway.participation.files import GOOD, write_participation

CASE = DocumentType.VICTIM_CERTIFICATE
FEES = """
bcl_since = 2026-04-01

[[municipality.fee]]
certificate = "victim_certificate"
valid_from = 2026-11-01
valid_until = 2026-11-30
legal_fee = 300
deduction = 290
basis = "手数料条例 別表"

[[municipality.fee]]
certificate = "victim_certificate"
valid_from = 2026-12-01
legal_fee = 300

[[municipality.store_test]]
starts_at = 2026-11-23T12:00:00+09:00
ends_at = 2026-11-23T13:00:00+09:00
kiosks = ["kiosk-2"]
"""
RATES = """
[[commission_rate]]
valid_from = 2027-04-01
commission = 120
resident_share_when_free = 10
source = "notice of 2027"

[[bcl_rate]]
valid_from = 2027-04-01
fee = 190
certificates = ["resident_record_copy"]
source = "notice of 2027"
"""
WITH_FEES = GOOD.replace("fees = { victim_certificate = 0 }\n", FEES)


def test_rules_give_the_price_of_the_day(tmp_path: Path) -> None:
    loaded = load_participation(write_participation(tmp_path, WITH_FEES + RATES))
    (town,) = loaded.municipalities

    def pays(day: int, kiosk: str) -> int:
        moment = NOON.replace(month=11 + day // 31, day=day % 31 + 1)
        price = town.find_price(CASE, moment, kiosk, rates=loaded.rates)
        assert price is not None
        return price.resident_pays

    assert (pays(22, "kiosk-1"), pays(31, "kiosk-1")) == (10, 300)
    price = town.find_price(CASE, NOON, "kiosk-2", rates=loaded.rates)
    assert price is not None
    assert price.purpose.value == "store-test"
    assert town.has_fees
    assert town.tariff.bcl_since == date(2026, 4, 1)
    assert [rate.commission for rate in loaded.rates.commission] == [117, 120]
    assert any("2026-11-01..2026-11-30" in words for words in fee_words(town))


def test_rule_with_a_period_goes_before_a_fee_without_one(tmp_path: Path) -> None:
    both = GOOD.replace(
        "fees = { victim_certificate = 0 }\n", "fees = { victim_certificate = 0 }\n" + FEES
    )
    loaded = load_participation(write_participation(tmp_path, both))
    (town,) = loaded.municipalities
    october = town.find_price(CASE, NOON.replace(month=10), "kiosk-1", rates=loaded.rates)
    november = town.find_price(CASE, NOON, "kiosk-1", rates=loaded.rates)
    assert october is not None
    assert november is not None
    assert (october.revenue, november.revenue) == (0, 10)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("deduction = 290", "deduction = 301", "deduction is larger"),
        ("valid_until = 2026-11-30", "valid_until = 2026-10-30", "ends before it begins"),
        ("valid_from = 2026-12-01", "valid_from = 2026-11-30", "begins while another one holds"),
        ("ends_at = 2026-11-23T13", "ends_at = 2026-11-23T11", "test ends before"),
        ("resident_share_when_free = 10", "resident_share_when_free = 121", "share is larger"),
        ('source = "notice of 2027"', 'source = ""', "source"),
    ],
)
def test_contradiction_is_refused_with_its_place(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = (WITH_FEES + RATES).replace(right, wrong, 1)
    with pytest.raises(ParticipationError, match=said):
        load_participation(write_participation(tmp_path, text))
