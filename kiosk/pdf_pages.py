"""Pages of a PDF as pictures, for checking and for previewing; one page at a time in a process.

The renderer may not be entered by two threads at once, so everybody in this package uses this.
"""

from threading import Lock

import pypdfium2
from PIL.Image import Image

from kiosk.errors import DocumentRefusedError

_POINTS_PER_INCH = 72
_renderer = Lock()


def render_pages(pdf: bytes, *, dpi: int) -> tuple[Image, ...]:
    """Return every page as a grey picture. Raises: DocumentRefusedError for what is no PDF."""
    with _renderer:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise DocumentRefusedError("this is no document") from error
        try:
            return tuple(
                page.render(scale=dpi / _POINTS_PER_INCH, grayscale=True).to_pil()
                for page in document
            )
        finally:
            document.close()
