"""From words to a case, and from an estimate to the wire: shared by command and API. Pure."""

from collections.abc import Sequence
from dataclasses import asdict

from gateway.errors import YearlyInputError
from gateway.introduction.model import Pattern
from gateway.wire import estimate as wire
from gateway.wire.bodies import Environment
from gateway.yearly.assumptions import Assumptions
from gateway.yearly.estimate import SOURCES, Case, Cost, Estimate
from gateway.yearly.model import Kind, Month, YenRange
from gateway.yearly.reading import read_number, read_shares

MAX_LEGAL_FEE = 10_000


def read_case(
    *,
    population: str,
    kind: str,
    pattern: str,
    start: str,
    sheets: str,
    legal_fee: str = "0",
    bcl_sheets: str = "0",
    shares: Sequence[str] = (),
) -> Case:
    """Return the case that these words describe. Raises: YearlyInputError."""
    fee = read_number(legal_fee, "legal-fee")
    if fee > MAX_LEGAL_FEE:
        raise YearlyInputError(
            "legal-fee",
            f"手数料は {MAX_LEGAL_FEE} 円以下で指定してください。",
            f"a fee of at most {MAX_LEGAL_FEE} yen can be estimated.",
        )
    return Case(
        population=read_number(population, "population"),
        kind=_read_kind(kind),
        pattern=_read_pattern(pattern),
        start=Month.parse(start),
        sheets=read_number(sheets, "sheets"),
        legal_fee=fee,
        bcl_sheets=read_number(bcl_sheets, "bcl-sheets"),
        uses=read_shares(shares),
    )


def to_wire(
    estimate: Estimate, environment: Environment, assumptions: Assumptions
) -> wire.EstimateAnswer:
    """Return the estimate as the API answers it."""
    return wire.EstimateAnswer(
        environment=environment,
        years=tuple(
            wire.EstimateYear(
                fiscal_year=one.fiscal_year,
                measure=one.verdict.measure,
                reasons=one.verdict.reasons,
                months=one.fee.months,
                sheets=sheets,
                system_fee=one.fee.billed_incl,
                billed_in=one.billed_in,
            )
            for one, sheets in zip(estimate.course, estimate.sheets, strict=True)
        ),
        patterns=tuple(
            wire.PatternCost(
                pattern=one.pattern,
                with_measures=_cost(one.with_measures),
                without_measures=_cost(one.without_measures),
            )
            for one in estimate.patterns
        ),
        assumptions=asdict(assumptions),
    )


def _cost(cost: Cost) -> wire.Cost:
    return wire.Cost(
        lines=tuple(
            wire.CostLine(
                item=line.item,
                amounts=tuple(_amount(amount) for amount in line.amounts),
                borne_already=line.is_borne_already,
                source=SOURCES[line.item],
            )
            for line in cost.lines
        ),
        by_year=tuple(_amount(amount) for amount in cost.by_year),
        total=_amount(cost.total),
        per_sheet=_amount(cost.per_sheet) if cost.per_sheet else None,
        per_head=_amount(cost.per_head) if cost.per_head else None,
    )


def _amount(amount: YenRange) -> wire.Amount:
    return wire.Amount(low=amount.low, high=amount.high)


def _read_kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        raise YearlyInputError(
            "class",
            f"「{text}」という区分はありません。"
            "town（町村）・city（市）・designated（指定都市）のどれかを指定してください。",
            f"there is no class “{text}”; give town, city or designated.",
        ) from None


def _read_pattern(text: str) -> Pattern:
    try:
        return Pattern(text.upper())
    except ValueError:
        raise YearlyInputError(
            "pattern",
            f"「{text}」というパターンはありません。A1・A2・A3・B のどれかを指定してください"
            "（決め方: gateway introduce pattern）。",
            f"there is no pattern “{text}”; give A1, A2, A3 or B "
            "(to find yours: gateway introduce pattern).",
        ) from None
