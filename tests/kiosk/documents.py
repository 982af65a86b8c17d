"""Small documents whose pages carry a readable code, and defective ones, one defect each."""

import io
import zlib
from functools import cache
from typing import Any

import base45
import cbor2
import qrcode
from PIL import Image

_PAGE = (480, 480)
_DPI = 100


def code_text(
    number: str, page: int = 1, pages: int = 1, *, compressed: bool = False, tag: int = 18
) -> str:
    """Return a code as the core makes it, with a signature that means nothing."""
    claims = {1: "JP-990019", 6: 0, 7: bytes(16), -70001: {1: number, 9: [page, pages]}}
    return wrap(cbor2.dumps(claims, canonical=True), compressed=compressed, tag=tag)


def wrap(payload: Any, *, compressed: bool = False, tag: int = 18) -> str:
    """Return a code around any payload."""
    message = cbor2.dumps(cbor2.CBORTag(tag, [b"", {}, payload, bytes(64)]))
    return pack(zlib.compress(message, 9) if compressed else message)


def pack(message: bytes) -> str:
    """Return the text of a code around any bytes."""
    encoded: bytes = base45.b45encode(message)
    return "RS1:" + encoded.decode()


@cache
def document(*codes: str) -> bytes:
    """Return a PDF of one page a code; an empty text makes a page without one."""
    pictures = [_page(code) for code in codes]
    file = io.BytesIO()
    pictures[0].save(file, "PDF", resolution=_DPI, save_all=True, append_images=pictures[1:])
    return file.getvalue()


def certificate(number: str, pages: int = 1) -> bytes:
    """Return the document that belongs to a number."""
    return document(*(code_text(number, page, pages) for page in range(1, pages + 1)))


def _page(text: str) -> Image.Image:
    picture = Image.new("L", _PAGE, 255)
    if text:
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=4)
        code.add_data(text, optimize=0)
        picture.paste(code.make_image().get_image().convert("L"), (20, 20))
    return picture
