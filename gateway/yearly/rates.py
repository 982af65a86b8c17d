"""Every figure of the yearly and first costs as a row with its source. Data, no decisions.

Amounts include consumption tax where the source says so or says nothing.
Source: [MISSION 3], [MISSION 4].
"""

from dataclasses import dataclass
from datetime import date

from gateway.billing.fees import Yen
from gateway.yearly.model import FeeRate, Kind, Measure, YenRange

SYSTEM_FEE = FeeRate(Yen(185_000), Yen(10), "[MISSION 4] 運用費用・被災者支援システム利用料")
"""Without a measure."""

MEASURE_RATES: dict[Measure, FeeRate] = {
    Measure.EARLY: FeeRate(Yen(138_750), Yen(8), "[MISSION 4] 特別措置 1"),
    Measure.HALF: FeeRate(Yen(138_750), Yen(7), "[MISSION 4] 特別措置 2①"),
    Measure.THREE_QUARTERS: FeeRate(Yen(92_500), Yen(6), "[MISSION 4] 特別措置 2②"),
}

EARLY_START_UNTIL = 2023
"""Last fiscal year of beginning for measure 1 (令和5年度). Source: [MISSION 4]."""
EARLY_APPLIES_UNTIL = 2025
"""Last fiscal year in which measure 1 lowers the fee (令和7年度). Source: [MISSION 4]."""
PREFECTURE_YEARS = 3
"""Fiscal years of measure 2 in a prefecture, ① and ② counted together. Source: [MISSION 4]."""
SHARES: dict[Measure, tuple[int, int]] = {
    Measure.HALF: (1, 2),
    Measure.THREE_QUARTERS: (3, 4),
}
"""Part of the prefecture's municipalities that must use the system. Source: [MISSION 4]."""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """Consumption tax (消費税及び地方消費税) from a day on, as a whole percentage."""

    valid_from: date
    percent: int
    source: str


TAX_RATES = (TaxRate(date(2019, 10, 1), 10, "[TAX-10] 標準税率"),)
"""Oldest first."""


@dataclass(frozen=True, slots=True)
class RunningCostShare:
    """Yearly share of the running costs of kiosk issue (コンビニ交付運営負担金) of one size."""

    kind: Kind
    population_from: int
    population_below: int | None
    """None: no upper end."""
    bcl: Yen | None
    """With the shared cloud's certificate server; None where the source's cell is empty."""
    own: Yen
    """With a certificate server of one's own."""
    label_ja: str
    label_en: str


def _share(
    kind: Kind, span: tuple[int, int | None], amounts: tuple[int | None, int], ja: str, en: str
) -> RunningCostShare:
    bcl, own = amounts
    return RunningCostShare(
        kind, span[0], span[1], None if bcl is None else Yen(bcl), Yen(own), ja, en
    )


SHARE_SOURCE = "[MISSION 4] コンビニ交付運営負担金団体規模別一覧（令和5年度から）"
RUNNING_COST_SHARES = (
    _share(Kind.TOWN, (0, None), (345_481, 690_963), "町村", "town or village"),
    _share(
        Kind.CITY, (0, 30_000), (1_873_259, 2_218_741), "市（人口3万未満）", "city under 30,000"
    ),
    _share(
        Kind.CITY,
        (30_000, 50_000),
        (None, 2_218_741),
        "市（人口3万以上5万未満）",
        "city of 30,000 to under 50,000",
    ),
    _share(
        Kind.CITY,
        (50_000, 150_000),
        (None, 2_728_000),
        "市（人口5万以上15万未満）",
        "city of 50,000 to under 150,000",
    ),
    _share(
        Kind.CITY,
        (150_000, None),
        (None, 4_787_037),
        "市（人口15万以上）",
        "city of 150,000 and more",
    ),
    _share(
        Kind.DESIGNATED,
        (0, 1_000_000),
        (None, 7_842_593),
        "指定都市（人口100万未満）",
        "designated city under one million",
    ),
    _share(
        Kind.DESIGNATED,
        (1_000_000, None),
        (None, 9_879_630),
        "指定都市（人口100万以上）",
        "designated city of one million and more",
    ),
)

INITIAL_COST_A = YenRange(Yen(6_000_000), Yen(16_000_000))
"""Building costs of pattern A, the resident system's change included.

Source: [MISSION 4] 初期費用: 600万円～1600万円; less where the cloud is in use already.
"""
INITIAL_COST_B_UNITS = (Yen(10_000), Yen(1_000_000))
"""Pattern B: several of the first to several of the second unit.

Source: [MISSION 4] 初期費用: 数万円～数百万円. How many "several" is stands in the assumptions.
"""
MAINTENANCE_PERCENT = (0, 20)
"""A year's maintenance in per cent of the building costs.

Source: [MISSION 4] 運用費用: from nothing to about 10 to 20 per cent.
"""
