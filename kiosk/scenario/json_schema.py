"""The JSON schema of scenario files, made from the model; for editors and other tools."""

import json
from typing import Any

from pydantic import TypeAdapter

from kiosk.scenario.model import PartFile, ScenarioFile

_PLACE = {"type": "string", "pattern": r"^\{[a-z][a-z0-9_]*\}$"}


def scenario_schema() -> dict[str, Any]:
    """Return the schema of a scenario file or a part; a place may stand for any value."""
    schema: dict[str, Any] = TypeAdapter(ScenarioFile | PartFile).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Risai kiosk scenario",
        **_tidy(schema),
    }


def schema_text() -> str:
    """Return the schema as it lies in ``docs/scenario.schema.json``."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"


def _tidy(node: Any) -> Any:
    """Leave out what TOML does not know, and let ``{name}`` stand for any value but free text."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if not _is_noise(key, value)}
    choices = [choice for choice in kept.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        kept = {**{key: kept[key] for key in kept if key != "anyOf"}, **choices[0]}
    elif choices:
        kept["anyOf"] = choices
    tidied = {key: _tidy(value) for key, value in kept.items()}
    if not _is_value(kept):
        return tidied
    words = {"description": tidied.pop("description")} if "description" in tidied else {}
    return {**words, "anyOf": [tidied, _PLACE]}


def _is_noise(key: str, value: object) -> bool:
    """Say whether it is what a library adds by itself: a null default, a title made of a name."""
    return (key == "default" and value is None) or (key == "title" and isinstance(value, str))


def _is_value(node: dict[str, Any]) -> bool:
    """Say whether a schema describes a single value that a place cannot be by itself."""
    kind = node.get("type")
    is_narrow_text = kind == "string" and bool({"enum", "const", "pattern", "format"} & set(node))
    return kind in ("boolean", "integer", "number") or is_narrow_text
