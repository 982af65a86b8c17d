"""Places in a scenario: ``{name}`` becomes a value of a table's row. Pure."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.scenario.model import Scalar

Values = Mapping[str, Scalar]
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9.]+")


class UnknownPlaceError(ValueError):
    """A place that nobody gives a value to."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one run."""

    name: str
    """Fit for a file name; empty where there is only one run."""
    values: Values


def rows_of(table: Sequence[Values] | None, every: Mapping[str, Sequence[Scalar]]) -> list[Row]:
    """Return the values of every run: each row with each combination; at least one."""
    found = []
    for row in table or [{}]:
        shown = [row["name"]] if "name" in row else list(row.values())
        for values in itertools.product(*every.values()):
            combination = dict(zip(every, values, strict=True))
            found.append(Row(_name([*shown, *values]), {**row, **combination}))
    return found


def _name(words: Sequence[Scalar]) -> str:
    joined = "-".join(str(word).lower() for word in words)
    return _NOT_IN_A_NAME.sub("-", joined).strip("-")


def fill(node: Any, values: Values) -> Any:
    """Return a tree with its places filled. Raises: UnknownPlaceError.

    A text that is nothing but a place becomes the value itself, a number for example.
    """
    if isinstance(node, dict):
        return {key: fill(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [fill(item, values) for item in node]
    if not isinstance(node, str):
        return node
    whole = _PLACE.fullmatch(node)
    if whole:
        return _value(whole, values)
    return _PLACE.sub(lambda match: str(_value(match, values)), node)


def _value(match: re.Match[str], values: Values) -> Scalar:
    name = match.group(1)
    if name not in values:
        raise UnknownPlaceError(name)
    return values[name]
