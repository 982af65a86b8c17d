"""Japanese eras (元号) as they stand on paper: 令和8年11月23日, 元年 for the first year."""

from datetime import date

_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),
)


def era_date(day: date) -> str:
    """Return the day in era notation.

    Raises: ValueError before 1873, when Japan took over the Gregorian calendar.
    """
    for start, name in _ERAS:
        if day >= start:
            first = 1868 if name == "明治" else start.year
            year = day.year - first + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    raise ValueError("no Gregorian date in Japan before 1873")
