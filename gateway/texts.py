"""The words of the gateway's commands, by feature, language and key.

Every feature keeps ``text/ja.toml`` and ``text/en.toml`` beside its code.
"""

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any


class Language(StrEnum):
    """What people at the centre and in municipalities read."""

    JAPANESE = "ja"
    ENGLISH = "en"


@cache
def _load(feature: str, language: Language) -> dict[str, Any]:
    text = resources.files(f"gateway.{feature}").joinpath("text", f"{language.value}.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


def say(feature: str, language: Language, key: str, **values: object) -> str:
    """Return the text of a dotted key with its places filled. Raises: KeyError."""
    node: Any = _load(feature, language)
    for part in key.split("."):
        node = node[part]
    if not isinstance(node, str):
        raise KeyError(key)
    return node.format(**values) if values else node


def all_keys(feature: str, language: Language) -> dict[str, str]:
    """Return every key of a feature's language with its text."""
    found: dict[str, str] = {}

    def walk(node: dict[str, Any], prefix: str) -> None:
        for name, value in node.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{name}.")
            else:
                found[prefix + name] = value

    walk(_load(feature, language), "")
    return found
