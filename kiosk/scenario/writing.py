"""A scenario as the text of a file, one step a line; for the recorder and for evidence."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kiosk.scenario.model import Header, Step

SCHEMA_LINE = "#:schema ../docs/scenario.schema.json"


def scenario_text(header: Header, steps: Iterable[Step], *, comment: str = "") -> str:
    """Return a scenario file that reads back as the same steps."""
    head = header.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    lines = [SCHEMA_LINE, *(f"# {line}" for line in comment.splitlines())]
    lines += [f"{key} = {_value(value)}" for key, value in head.items()]
    lines += ["", "steps = [", *(f"  {step_text(step)}," for step in steps), "]"]
    return "\n".join(lines) + "\n"


def step_text(step: Step) -> str:
    """Return one step as it stands in a file."""
    return _value(step.model_dump(mode="json", exclude_unset=True, by_alias=True))


def _value(value: Any) -> str:
    """Return a value as TOML; a JSON text is a TOML text too."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
