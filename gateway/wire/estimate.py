"""The answer of ``GET /v1/estimate``: what joining costs. Amounts are whole yen, tax included."""

from gateway.wire.bodies import Environment
from issuance.wire.fields import WireBody


class Amount(WireBody):
    """From–to in whole yen; both the same where the amount is known."""

    low: int
    high: int


class CostLine(WireBody):
    """One item over the fiscal years."""

    item: str
    amounts: tuple[Amount, ...]
    borne_already: bool
    """Stands in no total."""
    source: str


class Cost(WireBody):
    """All items of one pattern, with or without special measures."""

    lines: tuple[CostLine, ...]
    by_year: tuple[Amount, ...]
    total: Amount
    per_sheet: Amount | None
    per_head: Amount | None


class PatternCost(WireBody):
    """One pattern both ways."""

    pattern: str
    with_measures: Cost
    without_measures: Cost


class EstimateYear(WireBody):
    """A fiscal year (April to March), named by the year in which it begins."""

    fiscal_year: int
    measure: str | None
    reasons: tuple[str, ...]
    months: int
    sheets: int
    system_fee: int
    billed_in: int


class EstimateAnswer(WireBody):
    """Five fiscal years for a pattern A and for B side by side."""

    environment: Environment
    years: tuple[EstimateYear, ...]
    patterns: tuple[PatternCost, ...]
    assumptions: dict[str, str | int]
