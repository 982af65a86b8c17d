"""What runs have reached, kept in a file (JSON) between ``kiosk run`` and ``kiosk coverage``."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kiosk.scenario.errors import ScenarioFileError
from kiosk.scenario.outcome import Outcome
from kiosk.scenario.reach import Reach

FORMAT = 1


def reached_by(outcomes: Sequence[Outcome]) -> dict[str, Reach]:
    """Return what each run that passed has reached, by its name."""
    return {one.scenario.name: one.reach for one in outcomes if one.has_passed}


def write_reached(path: Path, reached: Mapping[str, Reach]) -> None:
    """Write the file; it is there whole or not at all."""
    runs = {name: reach.as_json() for name, reach in reached.items()}
    text = json.dumps({"format": FORMAT, "runs": runs}, ensure_ascii=False, indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


def read_reached(paths: Iterable[Path]) -> dict[str, Reach]:
    """Return the runs of all files. Raises: ScenarioFileError."""
    found: dict[str, Reach] = {}
    for path in paths:
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            if raw["format"] != FORMAT:
                raise KeyError("format")
            found |= {name: Reach.from_json(one) for name, one in raw["runs"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            mend = "write it with: kiosk run scenarios --headless --coverage FILE"
            raise ScenarioFileError(str(path), "not a file of what was reached", mend) from error
    return found
