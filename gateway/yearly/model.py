"""Words of the yearly fees: fiscal years, months, measures, sizes, ranges of yen.

A fiscal year (年度) is named by the year in which it begins: fiscal 2023 (令和5年度) runs from
1 April 2023 to 31 March 2024.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.billing.fees import Yen
from gateway.errors import YearlyInputError

FIRST_MONTH = 4
MONTHS_OF_YEAR = 12
_MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, such as the month in which the service begins (利用開始月)."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read ``YYYY-MM``. Raises: YearlyInputError."""
        if not _MONTH.fullmatch(text):
            raise YearlyInputError(
                "start",
                f"「{text}」は年月ではありません。2023-12 のように書いてください。",
                f"“{text}” is no month; write it like 2023-12.",
            )
        return cls(int(text[:4]), int(text[5:]))

    @property
    def fiscal_year(self) -> int:
        """The fiscal year in which the month lies."""
        return self.year if self.month >= FIRST_MONTH else self.year - 1

    @property
    def months_left(self) -> int:
        """Months from this one to the fiscal year's last, both counted: 12 in April, 1 in March."""
        return MONTHS_OF_YEAR - (self.month - FIRST_MONTH) % MONTHS_OF_YEAR

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def population_day(fiscal_year: int) -> date:
    """Return the day whose resident register counts: 1 January of the fiscal year before.

    That day lies in the calendar year after which ``fiscal_year`` is named.
    """
    return date(fiscal_year, 1, 1)


class Measure(StrEnum):
    """A special measure (特別措置) that lowers the system fee."""

    EARLY = "1"
    """措置1（早期割引）: for those who begin early."""
    HALF = "2a"
    """措置2①: half of the prefecture's municipalities use the system."""
    THREE_QUARTERS = "2b"
    """措置2②: three quarters of them do."""


class Reason(StrEnum):
    """Why a measure applies to a fiscal year or why none does."""

    EARLY_START = "early_start"
    HALF_CONFIRMED = "half_confirmed"
    THREE_QUARTERS_CONFIRMED = "three_quarters_confirmed"
    STARTED_LATE = "started_late"
    EARLY_ENDED = "early_ended"
    NOT_CONFIRMED = "not_confirmed"
    PREFECTURE_ENDED = "prefecture_ended"


@dataclass(frozen=True, slots=True)
class FeeRate:
    """Base amount and amount per head of a year's system fee, tax included."""

    base: Yen
    per_head: Yen
    source: str


@dataclass(frozen=True, slots=True)
class YearFee:
    """The system fee (利用料) of one fiscal year with every step of its calculation."""

    annual_incl: Yen
    """The whole year, tax included."""
    annual_excl: Yen
    monthly_excl: Yen
    months: int
    """Months of use in this fiscal year, 1 to 12."""
    billed_excl: Yen
    billed_incl: Yen
    """What is billed in the next fiscal year."""


class Kind(StrEnum):
    """What sort of municipality it is, as far as fees ask."""

    TOWN = "town"
    """町村."""
    CITY = "city"
    """市（特別区を含む）. Assumption: special wards stand with the cities."""
    DESIGNATED = "designated"
    """指定都市."""


class Server(StrEnum):
    """Whose certificate server (証明書発行サーバ) makes the certificates."""

    BCL = "bcl"
    """The shared cloud's (自治体基盤クラウドシステム)."""
    OWN = "own"
    """The municipality's own (自庁)."""


@dataclass(frozen=True, slots=True)
class YenRange:
    """An amount that is known only as from–to; both ends belong to it."""

    low: Yen
    high: Yen

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("a range begins with its lower end")

    @classmethod
    def exactly(cls, amount: int) -> "YenRange":
        """Return the range that holds one amount only."""
        return cls(Yen(amount), Yen(amount))

    @property
    def is_exact(self) -> bool:
        """Whether both ends are the same."""
        return self.low == self.high

    def __add__(self, other: "YenRange") -> "YenRange":
        return YenRange(Yen(self.low + other.low), Yen(self.high + other.high))

    def divided(self, by: int) -> "YenRange | None":
        """Return both ends for one of ``by``, rounded half up; None for none."""
        if by == 0:
            return None
        return YenRange(Yen((2 * self.low + by) // (2 * by)), Yen((2 * self.high + by) // (2 * by)))


NOTHING = YenRange.exactly(0)
