"""What came out of the printer, read as a stranger would read it: words, pages, codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zxingcpp

from kiosk.document_check import CODE_PREFIX, QR_ONLY, RASTER_DPI, read_claims
from kiosk.errors import DocumentRefusedError
from kiosk.pdf_pages import render_pages
from kiosk.screens.preview import read_words

_DAMAGE_CLASS, _SHEETS = 7, 9
"""Labels in the content of a code. Source: [RISAI-PROTOCOL 6]."""


@dataclass(frozen=True, slots=True)
class PageContent:
    """One page."""

    words: str
    codes: tuple[Any, ...]
    """Content of every code on it; ``Any`` because anything may stand in a code."""


class PaperReader:
    """Reads sheets, each only once: a printed sheet does not change any more."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._read: dict[str, tuple[PageContent, ...]] = {}

    def certificates(self) -> Sequence[Path]:
        """Return every certificate that was printed, taken or not."""
        return sorted(self._output.glob("*.pdf"))

    def receipts(self) -> Sequence[str]:
        """Return the words of every receipt."""
        return [path.read_text(encoding="utf-8") for path in sorted(self._output.glob("*.txt"))]

    def pages_of(self, sheet: Path) -> tuple[PageContent, ...]:
        """Return the pages of a certificate; none for what cannot be read."""
        if sheet.name not in self._read:
            self._read[sheet.name] = _read(sheet)
        return self._read[sheet.name]


def _read(sheet: Path) -> tuple[PageContent, ...]:
    pdf = sheet.read_bytes()
    try:
        words, pictures = read_words(pdf), render_pages(pdf, dpi=RASTER_DPI)
    except DocumentRefusedError:
        return ()
    return tuple(
        PageContent(text, _codes(picture)) for text, picture in zip(words, pictures, strict=True)
    )


def _codes(picture: Any) -> tuple[Any, ...]:
    texts = [code.text for code in zxingcpp.read_barcodes(picture, formats=QR_ONLY)]
    return tuple(_claims(text) for text in texts if text.startswith(CODE_PREFIX))


def _claims(text: str) -> Any:
    try:
        return read_claims(text)
    except DocumentRefusedError:
        return {}


def texts_in(claims: Any) -> str:
    """Return every text of a code's content, one a line."""
    if isinstance(claims, str):
        return claims
    if isinstance(claims, dict):
        claims = list(claims.values())
    if isinstance(claims, list | tuple):
        return "\n".join(filter(None, map(texts_in, claims)))
    return ""


def damage_class_in(claims: Any) -> int | None:
    """Return the class of damage that a code names."""
    found = claims.get(_DAMAGE_CLASS) if isinstance(claims, dict) else None
    return found if isinstance(found, int) else None


def sheets_in(claims: Any) -> int | None:
    """Return how many pages a code says there are."""
    found = claims.get(_SHEETS) if isinstance(claims, dict) else None
    return int(found[1]) if isinstance(found, list | tuple) and len(found) > 1 else None
