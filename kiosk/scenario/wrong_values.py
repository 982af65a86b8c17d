"""What is wrong with a value of a scenario file, and how to mend it, in plain words. Pure."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

_MENDS = {
    "missing": "add it",
    "enum": "take one of these",
    "literal_error": "take one of these",
    "timezone_aware": "add the offset from UTC: 2026-11-24T10:00:00+09:00",
    "string_pattern_mismatch": "see the form that it must have in docs/scenario.schema.json",
    "value_error": "split it into two steps, or fill it in",
}


def explain(error: Mapping[str, Any], known: set[str]) -> tuple[str, str]:
    """Return what is wrong and how to mend it, for one error of the model; never the value."""
    kind = str(error["type"])
    place = ".".join(str(part) for part in error["loc"] if not _is_branch(str(part)))
    if kind == "extra_forbidden":
        return f"{place}: nobody knows this key", _nearest(str(error["loc"][-1]), known)
    words = str(error["msg"]).removeprefix("Value error, ")
    return (f"{place}: {words}" if place else words), _MENDS.get(kind, "mend the value")


def _is_branch(part: str) -> bool:
    """Say whether it is the library's name for one branch of a choice, not a key."""
    return "[" in part or part in ("str", "InBoth", "int", "bool")


def _nearest(key: str, known: set[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"perhaps {near[0]}" if near else f"known are: {', '.join(sorted(known))}"
