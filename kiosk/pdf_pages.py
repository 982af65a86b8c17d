"""Pages of a PDF as pictures, for checking and for previewing; one document at a time.

The renderer may not be entered by two threads at once: everybody in this package opens documents
here and nowhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import pypdfium2
from PIL.Image import Image

from kiosk.errors import DocumentRefusedError

_POINTS_PER_INCH = 72
_renderer = Lock()


@contextmanager
def opened_pdf(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a document; nobody else can open one until it is closed again.

    Raises: DocumentRefusedError for what is no PDF.
    """
    with _renderer:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise DocumentRefusedError("this is no document") from error
        try:
            yield document
        finally:
            document.close()


def render_pages(pdf: bytes, *, dpi: int) -> tuple[Image, ...]:
    """Return every page as a grey picture. Raises: DocumentRefusedError for what is no PDF."""
    with opened_pdf(pdf) as document:
        return tuple(
            page.render(scale=dpi / _POINTS_PER_INCH, grayscale=True).to_pil() for page in document
        )
