"""All words of the kiosk, by language and key."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from gateway.wire.bodies import Locale


@cache
def _load(locale: Locale) -> dict[str, Any]:
    text = resources.files("kiosk").joinpath("text", f"{locale.value}.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


def say(locale: Locale, key: str, **values: object) -> str:
    """Return the text of a dotted key with its places filled. Raises: KeyError."""
    node: Any = _load(locale)
    for part in key.split("."):
        node = node[part]
    if not isinstance(node, str):
        raise KeyError(key)
    return node.format(**values) if values else node


def all_keys(locale: Locale) -> dict[str, str]:
    """Return every key of a language with its text."""
    found: dict[str, str] = {}

    def walk(node: dict[str, Any], prefix: str) -> None:
        for name, value in node.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{name}.")
            else:
                found[prefix + name] = value

    walk(_load(locale), "")
    return found
