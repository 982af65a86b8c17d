"""The schema that editors read is the model's."""

from pathlib import Path

from kiosk.scenario.json_schema import scenario_schema, schema_text
from kiosk.scenario.model import Step

COMMITTED = Path(__file__).parents[3] / "docs" / "scenario.schema.json"


def test_the_committed_schema_is_the_models() -> None:
    """Mend it with: kiosk schema > docs/scenario.schema.json."""
    assert COMMITTED.read_text(encoding="utf-8") == schema_text()


def test_every_act_and_check_is_described() -> None:
    properties = scenario_schema()["$defs"]["Step"]["properties"]
    assert set(properties) == set(Step.model_fields)
    assert [name for name, one in properties.items() if "description" not in one] == []


def test_a_place_may_stand_for_a_number() -> None:
    kept = scenario_schema()["$defs"]["CoinsCheck"]["properties"]["kept"]
    kinds = [choice["type"] for choice in kept["anyOf"]]
    assert kinds == ["integer", "string"]
