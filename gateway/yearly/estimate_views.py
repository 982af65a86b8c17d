"""The estimate as people read it in a terminal: side by side, by year, as bars. Pure."""

from dataclasses import replace

from gateway.introduction.model import Pattern
from gateway.text_tables import bar, lay_out, pad
from gateway.texts import Language
from gateway.yearly.assumptions import PREFIX, Assumptions, EmptyCell
from gateway.yearly.estimate import Cost, Estimate, Item, Line, PatternCost, share_amount
from gateway.yearly.model import Server, YenRange
from gateway.yearly.views import measure_name, text

_BAR_CELLS = 34
"""So that a line of the chart fits 80 cells."""


def range_text(language: Language, amount: YenRange | None) -> str:
    """Return an amount, or from–to; a dash where there is nothing to divide by."""
    if amount is None:
        return "-"
    if amount.is_exact:
        return _t(language, "yen", amount=f"{amount.low:,}")
    return _t(language, "range", low=f"{amount.low:,}", high=f"{amount.high:,}")


def row_names(estimate: Estimate) -> list[Item]:
    """Return the items of both patterns in their order."""
    present = {line.item for one in estimate.patterns for line in one.with_measures.lines}
    return [item for item in Item if item in present]


def find_line(cost: Cost, item: Item) -> Line | None:
    """Return the row of an item, if the pattern has it."""
    return next((line for line in cost.lines if line.item is item), None)


def estimate_view(language: Language, estimate: Estimate, assumptions: Assumptions) -> str:
    """Return everything that ``gateway estimate`` prints."""
    case = estimate.case
    share = estimate.share
    title = _t(
        language,
        "title",
        share=share.label_ja if language is Language.JAPANESE else share.label_en,
        population=f"{case.population:,}",
        start=case.start,
        sheets=f"{case.sheets:,}",
        years=case.years,
    )
    fee = _t(language, "charged", fee=case.legal_fee) if case.legal_fee else _t(language, "free")
    parts = [title, fee, "", _t(language, "side_by_side", years=case.years), ""]
    parts += [_side_by_side(language, estimate), "", _t(language, "by_year"), ""]
    parts += [
        _by_year(language, estimate),
        "",
        _t(language, "chart"),
        "",
        _chart(language, estimate),
    ]
    parts += ["", _t(language, "notes")]
    parts += [f"* {note}" for note in notes(language, estimate, assumptions)]
    return "\n".join(parts)


def detail_view(language: Language, estimate: Estimate, *, within: int | None = None) -> str:
    """Return every item of every year, one table for each pattern."""
    parts = []
    for one in estimate.patterns:
        years = [text(language, "year", year=c.fiscal_year) for c in estimate.course]
        rows = [[_t(language, "item"), *years]]
        for line in one.with_measures.lines:
            cells = [range_text(language, amount) for amount in line.amounts]
            if line.is_borne_already:
                cells = [f"({cell})" for cell in cells]
            rows.append([text(language, f"item.{line.item.value}"), *cells])
        totals = [range_text(language, amount) for amount in one.with_measures.by_year]
        rows.append([_t(language, "total"), *totals])
        title = _t(language, "detail", pattern=pattern_name(language, one.pattern))
        parts += [title, "", lay_out(rows, right=range(1, len(rows[0])), within=within), ""]
    return "\n".join(parts)


def pattern_name(language: Language, pattern: Pattern) -> str:
    """Return the pattern as documents write it."""
    return text(language, f"pattern.{pattern.value}")


def _t(language: Language, key: str, **values: object) -> str:
    return text(language, f"estimate.{key}", **values)


def _heads(language: Language, estimate: Estimate) -> list[str]:
    return [
        _t(language, "pattern", pattern=pattern_name(language, one.pattern))
        for one in estimate.patterns
    ]


def _side_by_side(language: Language, estimate: Estimate) -> str:
    costs = [one.with_measures for one in estimate.patterns]
    plain = [one.without_measures for one in estimate.patterns]
    rows = [[_t(language, "item"), *_heads(language, estimate)]]
    for item in row_names(estimate):
        rows.append(
            [text(language, f"item.{item.value}"), *[_total(language, c, item) for c in costs]]
        )
    rows.append([_t(language, "total"), *[range_text(language, c.total) for c in costs]])
    rows.append([_t(language, "total_without"), *[range_text(language, c.total) for c in plain]])
    saved = [
        _t(language, "yen", amount=f"{p.total.low - c.total.low:,}")
        for p, c in zip(plain, costs, strict=True)
    ]
    rows.append([_t(language, "saved"), *saved])
    rows.append([_t(language, "per_sheet"), *[range_text(language, c.per_sheet) for c in costs]])
    rows.append([_t(language, "per_head"), *[range_text(language, c.per_head) for c in costs]])
    return lay_out(rows, right=(1, 2))


def _total(language: Language, cost: Cost, item: Item) -> str:
    line = find_line(cost, item)
    if line is None:
        return "-"
    words = range_text(language, line.total)
    return _t(language, "borne", amount=words) if line.is_borne_already else words


def _by_year(language: Language, estimate: Estimate) -> str:
    head = [_t(language, key) for key in ("year", "measure", "sheets")]
    rows = [[*head, *_heads(language, estimate)]]
    for place, one in enumerate(estimate.course):
        rows.append(
            [
                text(language, "year", year=one.fiscal_year),
                measure_name(language, one.verdict.measure),
                f"{estimate.sheets[place]:,}",
                *[
                    range_text(language, cost.with_measures.by_year[place])
                    for cost in estimate.patterns
                ],
            ]
        )
    return lay_out(rows, right=(2, 3, 4))


def _chart(language: Language, estimate: Estimate) -> str:
    whole = max(
        (amount.high for one in estimate.patterns for amount in one.with_measures.by_year),
        default=0,
    )
    years = [text(language, "year", year=one.fiscal_year) for one in estimate.course]
    lines = []
    for place, year in enumerate(years):
        for shown, one in zip((year, " " * len(year)), estimate.patterns, strict=True):
            amount = one.with_measures.by_year[place]
            solid = bar(amount.low, whole, _BAR_CELLS)
            drawn = pad(solid + bar(amount.high, whole, _BAR_CELLS, "=")[len(solid) :], _BAR_CELLS)
            name = pad(pattern_name(language, one.pattern), 4)
            words = range_text(language, amount)
            lines.append(f"{pad(shown, 9)} {name}|{drawn}| {words}")
    return "\n".join(lines)


def notes(language: Language, estimate: Estimate, assumptions: Assumptions) -> list[str]:
    """Return what a reader must know to trust the figures as far as they reach."""
    chosen: PatternCost = estimate.patterns[0]
    said = [_t(language, "note_ranges"), _t(language, "note_building")]
    low, high = assumptions.several_low, assumptions.several_high
    said.append(_t(language, "note_several", low=low, high=high))
    if chosen.pattern is Pattern.A3:
        said.append(_t(language, "note_b_new"))
    else:
        said.append(_t(language, "note_borne"))
    if chosen.pattern is Pattern.A1:
        said.append(_t(language, "note_less"))
    if estimate.share.bcl is None and chosen.server is Server.BCL:
        name, value = f"{PREFIX}EMPTY_CELL", assumptions.empty_cell.value
        said.append(_t(language, "note_share", name=name, value=value))
        readings = _readings(language, estimate, assumptions)
        said.append(_t(language, "note_readings", readings=readings))
    return said


def _readings(language: Language, estimate: Estimate, assumptions: Assumptions) -> str:
    """Return what each reading of the empty cell would come to: they lie far apart."""
    amounts = []
    for one in EmptyCell:
        share = share_amount(estimate.share, Server.BCL, replace(assumptions, empty_cell=one))
        amounts.append(f"{one.value} {_t(language, 'yen', amount=f'{share:,}')}")
    return " / ".join(amounts)
