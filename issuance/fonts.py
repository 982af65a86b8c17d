"""Where the font of the paper comes from: Noto Serif JP, out of an installed package."""

from importlib.resources import files
from pathlib import Path

FAMILY = "Noto Serif JP"
_PACKAGE = "pylopdf_fonts_jp"
_FILE = "NotoSerifJP-Regular.otf"


def serif_font_file() -> Path:
    """Return the file of the font; the package is always installed as plain files.

    The font has one weight (400); emphasis on the form is made with size and rules.
    """
    return Path(str(files(_PACKAGE) / _FILE))
