"""Era dates change exactly on the first day of an era."""

from datetime import date

import pytest

from issuance.certificates.eras import format_date
from issuance.certificates.errors import DateBeforeErasError


@pytest.mark.parametrize(
    ("day", "spelled"),
    [
        (date(2026, 11, 23), "令和8年11月23日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1873, 1, 1), "明治6年1月1日"),
    ],
)
def test_date_is_spelled_in_its_era(day: date, spelled: str) -> None:
    assert format_date(day) == spelled


def test_day_before_the_calendar_is_refused() -> None:
    with pytest.raises(DateBeforeErasError):
        format_date(date(1872, 12, 31))
