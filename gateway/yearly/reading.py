"""Figures as people type them, read strictly: a wrong one is named, with how to mend it. Pure."""

import re
from collections.abc import Iterable, Sequence

from gateway.errors import YearlyInputError
from gateway.yearly.measures import PrefectureUse

_MAX_DIGITS = 30
_NUMBER = re.compile(rf"[0-9]{{1,{_MAX_DIGITS}}}", re.ASCII)
_SHARE = re.compile(r"([0-9]{4})=([0-9]{1,4})/([0-9]{1,4})", re.ASCII)
_POPULATION = re.compile(rf"([0-9]{{4}})=([0-9]{{1,{_MAX_DIGITS}}})", re.ASCII)


def read_number(text: str, place: str) -> int:
    """Read a whole number from 0 up, digits only. Raises: YearlyInputError."""
    if not _NUMBER.fullmatch(text):
        raise YearlyInputError(
            place,
            f"「{text}」は使えません。0 以上の整数を半角数字だけで指定してください（例 10000）。",
            f"“{text}” cannot be used; give a whole number from 0 up, digits only, such as 10000.",
        )
    return int(text)


def read_share(text: str) -> PrefectureUse:
    """Read ``YEAR=USING/ALL``, such as ``2023=24/47``. Raises: YearlyInputError."""
    match = _SHARE.fullmatch(text)
    if not match:
        raise YearlyInputError(
            "share",
            f"「{text}」は使えません。"
            "年度=利用団体数/全団体数 の形で指定してください（例 2023=24/47）。",
            f"“{text}” cannot be used; write YEAR=USING/ALL, such as 2023=24/47.",
        )
    year, using, everyone = (int(part) for part in match.groups())
    return PrefectureUse(year, using, everyone)


def read_population(text: str) -> tuple[int, int]:
    """Read ``YEAR=PEOPLE`` for one fiscal year. Raises: YearlyInputError."""
    match = _POPULATION.fullmatch(text)
    if not match:
        raise YearlyInputError(
            "population-in",
            f"「{text}」は使えません。年度=人口 の形で指定してください（例 2025=9800）。",
            f"“{text}” cannot be used; write YEAR=PEOPLE, such as 2025=9800.",
        )
    return int(match[1]), int(match[2])


def read_shares(texts: Iterable[str]) -> tuple[PrefectureUse, ...]:
    """Read every share, one a fiscal year. Raises: YearlyInputError."""
    shares = tuple(read_share(one) for one in texts)
    _check_once("share", [one.fiscal_year for one in shares])
    return shares


def read_populations(texts: Iterable[str], years: range) -> dict[int, int]:
    """Read the people of fiscal years, all within ``years``. Raises: YearlyInputError."""
    given = [read_population(one) for one in texts]
    _check_once("population-in", [year for year, _people in given])
    for year, _people in given:
        if year not in years:
            first, last = years[0], years[-1]
            raise YearlyInputError(
                "population-in",
                f"{year} 年度は表にありません。{first} から {last} までの年度を指定してください。",
                f"fiscal {year} is not in the table; give one from {first} to {last}.",
            )
    return dict(given)


def _check_once(place: str, years: Sequence[int]) -> None:
    for year in years:
        if years.count(year) > 1:
            raise YearlyInputError(
                place,
                f"{year} 年度が2回指定されています。1回だけにしてください。",
                f"fiscal {year} is given twice; give it once.",
            )
