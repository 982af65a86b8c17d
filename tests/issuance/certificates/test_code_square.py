"""The square on paper holds exactly the text, at every size there is."""

import re

import pytest
import zxingcpp
from PIL import Image

from issuance.certificates.code_square import (
    LARGEST_STRONG_VERSION,
    MODULE_MM,
    CodeSquare,
    code_edge_mm,
    draw_code,
)
from issuance.certificates.errors import CodeTooLargeError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def picture(square: CodeSquare, scale: int = 4) -> Image.Image:
    """Paint the path with nothing but its own moves, four-module quiet zone around it."""
    quiet = 4
    size = (square.modules + 2 * quiet) * scale
    image = Image.new("L", (size, size), 255)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", square.svg):
        left, top = (int(x) + quiet) * scale, (int(y) + quiet) * scale
        image.paste(0, (left, top, left + int(length) * scale, top + scale))
    return image


@pytest.mark.parametrize("length", [1, 2, 30, 31, 300, 585, 780, 1200, 1600])
def test_every_size_reads_back(length: int) -> None:
    text = ("RS1:" + ALPHABET * 40)[:length]
    (found,) = zxingcpp.read_barcodes(picture(draw_code(text)))
    assert found.text == text


@pytest.mark.parametrize("length", [1, 77, 585, 800, 1200])
def test_edge_is_known_before_drawing(length: int) -> None:
    assert code_edge_mm(length) == draw_code("A" * length).edge_mm


def test_usual_code_is_strong_and_about_five_centimetres() -> None:
    assert code_edge_mm(620) <= (17 + 4 * LARGEST_STRONG_VERSION) * MODULE_MM


def test_code_that_does_not_fit_the_page_is_refused() -> None:
    with pytest.raises(CodeTooLargeError):
        draw_code("A" * 1800)


def test_drawing_is_repeatable() -> None:
    assert draw_code("RS1:ABC") == draw_code("RS1:ABC")
