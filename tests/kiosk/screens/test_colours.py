"""Whether everything can be read: contrast computed from the palette (WCAG 2.2, 1.4.3)."""

import re
from importlib import resources

import pytest
from textual.color import Color
from textual.theme import Theme

from kiosk.screens.themes import CONTRAST, LIGHT, TEXT_ON_GROUND, colour_of

LEAST = {"risai-light": 4.5, "risai-contrast": 7.0}


def luminance(colour: Color) -> float:
    """Return the relative luminance as WCAG 2.2 defines it."""
    parts = [part / 255 for part in colour.rgb]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert round(contrast(Color.parse("#000000"), Color.parse("#ffffff")), 3) == 21


@pytest.mark.parametrize("theme", [LIGHT, CONTRAST], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_from_its_ground(theme: Theme, text: str, ground: str) -> None:
    pair = (Color.parse(colour_of(theme, text)), Color.parse(colour_of(theme, ground)))
    least = 4.5 if ground == "accent" or text == "accent" else LEAST[theme.name]
    assert contrast(*pair) >= least


def test_both_themes_name_the_same_colours() -> None:
    assert LIGHT.variables.keys() == CONTRAST.variables.keys()


def test_the_style_sheet_writes_in_no_other_colours_than_those_checked() -> None:
    style = resources.files("kiosk").joinpath("theme", "kiosk.tcss").read_text(encoding="utf-8")
    written = set(re.findall(r"[ {]color: \$([a-z-]+)", style))
    assert written <= {text for text, _ in TEXT_ON_GROUND} | {"secondary"}
