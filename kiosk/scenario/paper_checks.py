"""Whether the paper is as a step expects it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from kiosk.scenario.model import CodeCheck, PaperCheck, Step
from kiosk.scenario.paper import (
    PageContent,
    damage_class_in,
    sheets_in,
    texts_in,
)
from kiosk.scenario.sight import Sight, missing, present, texts


def unmet_on_paper(step: Step, sight: Sight) -> str | None:
    """Return the first expectation of the paper that does not hold."""
    wanted = step.paper
    if wanted is None:
        return None
    sheets = sight.paper.certificates()
    return _counted(wanted, sight, len(sheets)) or _found(
        _unmet_on_sheet(wanted, sight, sheet) for sheet in sheets
    )


def _counted(wanted: PaperCheck, sight: Sight, printed: int) -> str | None:
    lying = len(sight.parts.printer.output_tray())
    if wanted.tray is not None and lying != wanted.tray:
        return f"{wanted.tray} certificates are expected in the tray, but {lying} lie there"
    if wanted.printed is not None and printed != wanted.printed:
        return f"{wanted.printed} certificates are expected, but {printed} were printed"
    receipts = sight.paper.receipts()
    if wanted.receipts is not None and len(receipts) != wanted.receipts:
        return f"{wanted.receipts} receipts are expected, but {len(receipts)} were printed"
    lacking = missing(texts(wanted.receipt_contains), "\n".join(receipts))
    return f"“{lacking}” is on no receipt" if lacking is not None else None


def _unmet_on_sheet(wanted: PaperCheck, sight: Sight, sheet: Path) -> str | None:
    if _looks_inside(wanted):
        pages = sight.paper.pages_of(sheet)
        unmet = _words(wanted, pages) or _codes(wanted.code, pages)
        if unmet is not None:
            return unmet
    if not wanted.genuine:
        return None
    objections = sight.world.check_sheet(sheet)
    return f"the offline check objects: {objections[0]}" if objections else None


def _looks_inside(wanted: PaperCheck) -> bool:
    asked = (wanted.contains, wanted.without, wanted.code, wanted.pages)
    return any(one not in (None, ()) for one in asked)


def _words(wanted: PaperCheck, pages: Sequence[PageContent]) -> str | None:
    if wanted.pages is not None and len(pages) != wanted.pages:
        return f"a certificate of {wanted.pages} pages is expected, but it has {len(pages)}"
    text = "\n".join(page.words for page in pages)
    lacking, unwanted = missing(texts(wanted.contains), text), present(texts(wanted.without), text)
    if lacking is not None:
        return f"“{lacking}” is not on the certificate"
    return f"“{unwanted}” is on the certificate" if unwanted is not None else None


def _codes(wanted: CodeCheck | None, pages: Sequence[PageContent]) -> str | None:
    if wanted is None:
        return None
    if not pages:
        return "the certificate cannot be read"
    return _found(_code(wanted, page) for page in pages)


def _code(wanted: CodeCheck, page: PageContent) -> str | None:
    if len(page.codes) != 1:
        return f"a page carries {len(page.codes)} codes instead of one"
    claims = page.codes[0]
    lacking = missing(texts(wanted.says), texts_in(claims))
    if lacking is not None:
        return f"the code does not say “{lacking}”"
    for name, expected, found in (
        ("class of damage", wanted.damage_class, damage_class_in(claims)),
        ("number of pages", wanted.sheets, sheets_in(claims)),
    ):
        if expected is not None and expected != found:
            return f"the code's {name} is expected to be {expected}, but it is {found}"
    return None


def _found(unmet: Iterable[str | None]) -> str | None:
    return next((one for one in unmet if one is not None), None)
