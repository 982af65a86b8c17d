"""The words of the tester's tools."""

import tomllib
from functools import cache
from importlib import resources

from gateway.wire.bodies import Locale


@cache
def all_words() -> dict[str, dict[str, str]]:
    """Return every text by key and language."""
    file = resources.files("kiosk.tester").joinpath("words.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def word(locale: Locale, key: str, **values: object) -> str:
    """Return a text with its places filled. Raises: KeyError."""
    text = all_words()[key][locale.value]
    return text.format(**values) if values else text
