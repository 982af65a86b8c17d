"""Which special measure (特別措置) lowers the fee of a fiscal year, and why. Pure.

| measure | condition                                       | fiscal years                     |
|---------|-------------------------------------------------|----------------------------------|
| 1       | begun by fiscal 2023                            | from the first to 2025           |
| 2a ①    | half of the prefecture's municipalities use it  | three in all for the prefecture, |
| 2b ②    | three quarters do                               | counted from the first of either |

Measure 2 begins in the fiscal year after the one in which its condition was confirmed. Where two
apply the one with the higher discount does. Source: [MISSION 4] 特別措置.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.errors import YearlyInputError
from gateway.yearly.assumptions import Assumptions, Confirmation
from gateway.yearly.model import Measure, Month, Reason
from gateway.yearly.rates import (
    EARLY_APPLIES_UNTIL,
    EARLY_START_UNTIL,
    MEASURE_RATES,
    PREFECTURE_YEARS,
    SHARES,
)


@dataclass(frozen=True, slots=True)
class PrefectureUse:
    """How many of a prefecture's municipalities use the system, as confirmed in a fiscal year."""

    fiscal_year: int
    using: int
    municipalities: int

    def __post_init__(self) -> None:
        if not 0 <= self.using <= self.municipalities or self.municipalities < 1:
            raise YearlyInputError(
                "share",
                "「年度=利用団体数/全団体数」は 0 以上かつ全団体数以下で指定してください。",
                "write YEAR=USING/ALL, with USING from 0 to ALL.",
            )

    @property
    def level(self) -> Measure | None:
        """The measure whose condition the confirmed share meets."""
        met = None
        for measure, (part, whole) in SHARES.items():
            if self.using * whole >= self.municipalities * part:
                met = measure
        return met


@dataclass(frozen=True, slots=True)
class Verdict:
    """The measure of one fiscal year with its reasons."""

    measure: Measure | None
    reasons: tuple[Reason, ...]
    """Why it applies; where none does, why each one does not."""


def check_early(start: Month) -> None:
    """Refuse measure 1 for a later start. Raises: YearlyInputError."""
    if start.fiscal_year > EARLY_START_UNTIL:
        raise YearlyInputError(
            "measure",
            f"措置1は {EARLY_START_UNTIL} 年度までに利用を開始した団体だけに適用されます"
            f"（指定: {start} = {start.fiscal_year} 年度）。"
            "--measure を外すか、2a・2b を指定してください。",
            f"measure 1 is for those who began by fiscal {EARLY_START_UNTIL}; {start} lies in "
            f"fiscal {start.fiscal_year}. Leave --measure out, or give 2a or 2b.",
        )


def judge(
    fiscal_year: int, start: Month, uses: Iterable[PrefectureUse], assumptions: Assumptions
) -> Verdict:
    """Return which measure applies to ``fiscal_year`` for one that begins in ``start``."""
    early, why_early = _early(fiscal_year, start)
    prefecture, why_prefecture = _prefecture(fiscal_year, tuple(uses), assumptions)
    candidates = {m: r for m, r in ((early, why_early), (prefecture, why_prefecture)) if m}
    if not candidates:
        return Verdict(None, (why_early, why_prefecture))
    best = min(candidates, key=_discounted)
    return Verdict(best, (candidates[best],))


def _discounted(measure: Measure) -> tuple[int, int]:
    """The greater the discount, the smaller: no measure is better in one and worse in the other."""
    rate = MEASURE_RATES[measure]
    return rate.base, rate.per_head


def _early(fiscal_year: int, start: Month) -> tuple[Measure | None, Reason]:
    if start.fiscal_year > EARLY_START_UNTIL:
        return None, Reason.STARTED_LATE
    if fiscal_year > EARLY_APPLIES_UNTIL:
        return None, Reason.EARLY_ENDED
    return Measure.EARLY, Reason.EARLY_START


def _prefecture(
    fiscal_year: int, uses: tuple[PrefectureUse, ...], assumptions: Assumptions
) -> tuple[Measure | None, Reason]:
    met = [use.fiscal_year for use in uses if use.level]
    before = [use for use in uses if use.fiscal_year < fiscal_year]
    if not met or min(met) >= fiscal_year:
        return None, Reason.NOT_CONFIRMED
    if fiscal_year > min(met) + PREFECTURE_YEARS:
        return None, Reason.PREFECTURE_ENDED
    match assumptions.measure_2_level:
        case Confirmation.LASTS:
            levels = [use.level for use in before]
        case Confirmation.LATEST:
            levels = [use.level for use in before if use.fiscal_year == fiscal_year - 1]
    level = min((one for one in levels if one), key=_discounted, default=None)
    if level is None:
        return None, Reason.NOT_CONFIRMED
    if level is Measure.THREE_QUARTERS:
        return level, Reason.THREE_QUARTERS_CONFIRMED
    return level, Reason.HALF_CONFIRMED
