"""The estimate as a workbook (xlsx): side by side, every year, sources and assumptions.

Lower and upper ends stand in columns of their own, as numbers, so that a clerk can go on with them.
"""

import io
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from gateway.texts import Language
from gateway.yearly.assumptions import Assumptions
from gateway.yearly.estimate import SOURCES, Cost, Estimate, Line
from gateway.yearly.estimate_views import estimate_view, find_line, notes, pattern_name, row_names
from gateway.yearly.model import YenRange
from gateway.yearly.views import assumption_rows, measure_name, text

_WIDE, _NARROW = 34, 16
_A4 = 9


@dataclass(slots=True)
class _Sheet:
    """A sheet that is written row by row."""

    page: Any
    formats: dict[str, Any]
    row: int = 0

    def put(self, cells: list[str | int | None], style: str = "") -> None:
        """Write one row; text is never taken for a formula."""
        for place, cell in enumerate(cells):
            if isinstance(cell, int):
                shown = self.formats["bold_yen" if style == "total" else "yen"]
                self.page.write_number(self.row, place, cell, shown)
            elif cell is not None:
                shown = self.formats.get("head" if style == "head" else style)
                self.page.write_string(self.row, place, cell, shown)
        self.row += 1


def estimate_workbook(language: Language, estimate: Estimate, assumptions: Assumptions) -> bytes:
    """Return the workbook's bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        formats = {
            "yen": book.add_format({"num_format": "#,##0"}),
            "bold_yen": book.add_format({"num_format": "#,##0", "bold": True}),
            "head": book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1}),
            "total": book.add_format({"bold": True}),
            "title": book.add_format({"bold": True, "font_size": 13}),
        }
        _summary(
            _add(book, formats, text(language, "estimate.summary")), language, estimate, assumptions
        )
        for one in estimate.patterns:
            name = pattern_name(language, one.pattern)
            sheet = _add(book, formats, text(language, "estimate.years_sheet", pattern=name))
            _years(sheet, language, estimate, one.with_measures)
        _sources(
            _add(book, formats, text(language, "estimate.sources")), language, estimate, assumptions
        )
    return buffer.getvalue()


def _add(book: Any, formats: dict[str, Any], name: str) -> _Sheet:
    page = book.add_worksheet(name)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, _WIDE)
    page.set_column(1, 14, _NARROW)
    page.set_footer("&C&P / &N")
    return _Sheet(page, formats)


def _ends(amount: YenRange | None) -> list[str | int | None]:
    return ["-", "-"] if amount is None else [int(amount.low), int(amount.high)]


def _summary(
    sheet: _Sheet, language: Language, estimate: Estimate, assumptions: Assumptions
) -> None:
    def t(key: str) -> str:
        return text(language, f"estimate.{key}")

    title, fee, *_rest = estimate_view(language, estimate, assumptions).splitlines()
    sheet.put([title], "title")
    sheet.put([fee])
    sheet.put([])
    names = [pattern_name(language, one.pattern) for one in estimate.patterns]
    sheet.put([t("item"), *[f"{n} {t(e)}" for n in names for e in ("low", "high")]], "head")
    sheet.page.freeze_panes(sheet.row, 1)
    costs = [one.with_measures for one in estimate.patterns]
    plain = [one.without_measures for one in estimate.patterns]
    for item in row_names(estimate):
        lines = [find_line(cost, item) for cost in costs]
        name = text(language, f"item.{item.value}")
        if any(line is not None and line.is_borne_already for line in lines):
            name += " *"
        sheet.put([name, *[cell for line in lines for cell in _ends(line.total if line else None)]])
    rows: list[tuple[str, list[YenRange | None]]] = [
        ("total", [cost.total for cost in costs]),
        ("total_without", [cost.total for cost in plain]),
        ("per_sheet", [cost.per_sheet for cost in costs]),
        ("per_head", [cost.per_head for cost in costs]),
    ]
    for key, amounts in rows:
        sheet.put([t(key), *[cell for amount in amounts for cell in _ends(amount)]], "total")
    sheet.put([])
    for note in notes(language, estimate, assumptions):
        sheet.put([f"* {note}"])


def _years(sheet: _Sheet, language: Language, estimate: Estimate, cost: Cost) -> None:
    years = [text(language, "year", year=one.fiscal_year) for one in estimate.course]
    ends = [text(language, f"estimate.{end}") for end in ("low", "high")]
    head = [f"{year} {end}" for year in years for end in ends]
    sheet.put([text(language, "estimate.item"), *head], "head")
    sheet.page.freeze_panes(1, 1)
    measures = [measure_name(language, one.verdict.measure) for one in estimate.course]
    sheet.put([text(language, "estimate.measure"), *[c for m in measures for c in (m, None)]])
    for line in cost.lines:
        sheet.put([_line_name(language, line), *[c for a in line.amounts for c in _ends(a)]])
    totals = [cell for amount in cost.by_year for cell in _ends(amount)]
    sheet.put([text(language, "estimate.total"), *totals], "total")


def _line_name(language: Language, line: Line) -> str:
    return text(language, f"item.{line.item.value}") + " *" * line.is_borne_already


def _sources(
    sheet: _Sheet, language: Language, estimate: Estimate, assumptions: Assumptions
) -> None:
    sheet.put([text(language, f"estimate.{key}") for key in ("item", "source")], "head")
    for item in row_names(estimate):
        sheet.put([text(language, f"item.{item.value}"), SOURCES[item]])
    sheet.put([])
    head = [text(language, f"assumptions.{key}") for key in ("name", "value", "choices", "what")]
    sheet.put([*head], "head")
    for row in assumption_rows(language, assumptions):
        sheet.put([*row])
