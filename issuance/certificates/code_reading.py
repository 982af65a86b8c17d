"""Finds the codes in a picture or in the pages of a file, as a scanner would see them."""

from dataclasses import dataclass
from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image, UnidentifiedImageError

from issuance.certificates.errors import NotReadableFileError
from issuance.certificates.paper_code import PREFIX

RASTER_DPI = 200
"""The resolution of an ordinary scan; the code's modules are made for it."""

MAX_PAGES = 20
MAX_PIXELS = 60_000_000
"""An A4 sheet at 600 dpi has 35 million."""

_POINTS_PER_INCH = 72
_QR_CODE = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_IMAGE_FORMATS = ("PNG", "JPEG")


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one page shows."""

    codes: tuple[str, ...]
    text: str
    """The text in the file, empty for a scan."""


def read_image(data: bytes) -> tuple[str, ...]:
    """Return the codes in a PNG or JPEG picture. Raises: NotReadableFileError."""
    try:
        with Image.open(BytesIO(data), formats=_IMAGE_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise NotReadableFileError("the picture is too large")
            return _read_codes(image.convert("L"))
    except (UnidentifiedImageError, Image.DecompressionBombWarning, OSError, SyntaxError) as error:
        raise NotReadableFileError("not a picture that can be opened") from error


def read_pages(data: bytes) -> tuple[PageReading, ...]:
    """Return what every page of a PDF shows. One thread at a time. Raises: NotReadableFileError."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise NotReadableFileError("not a PDF that can be opened") from error
    try:
        if len(document) > MAX_PAGES:
            raise NotReadableFileError("more pages than any certificate has")
        return tuple(_read_page(document, index) for index in range(len(document)))
    except pypdfium2.PdfiumError as error:
        raise NotReadableFileError("a page cannot be opened") from error
    finally:
        document.close()


def _read_page(document: pypdfium2.PdfDocument, index: int) -> PageReading:
    page = document[index]
    width, height = page.get_size()
    scale = RASTER_DPI / _POINTS_PER_INCH
    if width * height * scale * scale > MAX_PIXELS:
        raise NotReadableFileError("a page is too large")
    text_page = page.get_textpage()
    text = text_page.get_text_bounded()
    bitmap = page.render(scale=scale, grayscale=True)
    codes = _read_codes(bitmap.to_pil())
    for part in (bitmap, text_page, page):
        part.close()
    return PageReading(codes, text)


def _read_codes(image: Image.Image) -> tuple[str, ...]:
    found = zxingcpp.read_barcodes(image, formats=_QR_CODE)
    return tuple(code.text for code in found if code.text.startswith(PREFIX))
