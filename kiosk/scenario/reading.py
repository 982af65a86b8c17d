"""From files to runs: reads, includes, fills in tables, and says exactly what is wrong where."""

import os.path
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kiosk.scenario.errors import ScenarioFileError
from kiosk.scenario.model import Header, Include, PartFile, Scalar, ScenarioFile, Step
from kiosk.scenario.places import UnknownPlaceError, fill, rows_of
from kiosk.scenario.wrong_values import explain

PART_SUFFIX = ".part.toml"
_DEEPEST = 20
"""So many files may include each other in a row."""
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step and where it is written."""

    path: Path
    number: int
    """Counted from 1 in its file."""
    step: Step

    @property
    def where(self) -> str:
        """The place as people find it."""
        return f"{self.path}, step {self.number}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run: everything included, every place filled."""

    path: Path
    header: Header
    row: str
    """Name of the table's row; empty where there is only one run."""
    steps: tuple[PlacedStep, ...]

    @property
    def name(self) -> str:
        """The name of the run, fit for a file name."""
        return f"{self.header.id}.{self.row}" if self.row else self.header.id


def find_scenario_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return every scenario file under the paths, without parts. Raises: ScenarioFileError."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*.toml") if not is_part(one))
            if not inside:
                raise ScenarioFileError(str(path), "no scenario in it", "write one: name.toml")
            found.update(dict.fromkeys(inside))
        elif is_part(path):
            raise ScenarioFileError(str(path), "a part", "run a scenario that includes it")
        elif path.is_file():
            found[path] = None
        else:
            raise ScenarioFileError(str(path), "no such file or folder", "mend the name")
    return tuple(found)


def find_part_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return every part in the folders."""
    folders = (path for path in paths if path.is_dir())
    return tuple(sorted({one for path in folders for one in path.rglob(f"*{PART_SUFFIX}")}))


def is_part(path: Path) -> bool:
    """Say whether a file holds steps for others to include."""
    return path.name.endswith(PART_SUFFIX)


def read_scenarios(paths: Iterable[Path]) -> tuple[Scenario, ...]:
    """Return all runs of all files, in order. Raises: ScenarioFileError."""
    by_name: dict[str, Scenario] = {}
    for path in find_scenario_files(paths):
        for scenario in read_scenario_file(path):
            other = by_name.get(scenario.name)
            if other is not None:
                raise ScenarioFileError(
                    str(path),
                    f"{scenario.name} is also the name of a run in {other.path}",
                    "give each file its own id, and each row of a table its own name",
                )
            by_name[scenario.name] = scenario
    return tuple(by_name.values())


def read_scenario_file(path: Path) -> tuple[Scenario, ...]:
    """Return the runs of one file. Raises: ScenarioFileError."""
    raw = _load(path)
    known = set(ScenarioFile.model_fields)
    for key in raw:
        if key not in known:
            _refuse_key(path, key, known)
    head = {key: value for key, value in raw.items() if key not in ("table", "every", "steps")}
    probe: dict[str, Any] = {"id": "x", "title": {"ja": "x", "en": "x"}, "steps": [{"see": "S00"}]}
    probe |= {key: raw[key] for key in ("table", "every") if key in raw}
    family = _valid(ScenarioFile, probe, str(path))
    runs = []
    for row in rows_of(family.table, family.every):
        header = _valid(Header, _filled(head, row.values, str(path)), str(path))
        steps = tuple(_steps(path, raw.get("steps"), row.values, ()))
        runs.append(Scenario(path, header, row.name, steps))
    return tuple(runs)


def check_part(path: Path) -> None:
    """Check a part by itself, with the values its places have. Raises: ScenarioFileError."""
    _part_steps(path, {}, str(path), ())


def _refuse_key(path: Path, key: str, known: set[str]) -> None:
    what, mend = explain({"type": "extra_forbidden", "loc": (key,), "msg": ""}, known)
    raise ScenarioFileError(str(path), what, mend)


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        mend = 'mend the line; steps look like: { press = "confirm", see = "S07" },'
        raise ScenarioFileError(str(path), f"not TOML: {error}", mend) from error
    except (OSError, UnicodeDecodeError) as error:
        mend = "mend the name, or save it as UTF-8"
        raise ScenarioFileError(str(path), f"cannot be read ({error})", mend) from error


def _steps(
    path: Path, raw: object, values: Mapping[str, Scalar], outer: tuple[Path, ...]
) -> Iterable[PlacedStep]:
    if not isinstance(raw, list) or not raw:
        mend = 'begin with: steps = [ { see = "S00" }, …'
        raise ScenarioFileError(str(path), "there are no steps", mend)
    for number, one in enumerate(raw, start=1):
        where = f"{path}, step {number}"
        if not isinstance(one, dict):
            mend = 'write it in braces: { press = "confirm" }'
            raise ScenarioFileError(where, "not a step", mend)
        filled = _filled(one, values, where)
        if "include" in filled:
            yield from _included(path, _valid(Include, filled, where), where, outer)
        else:
            yield PlacedStep(path, number, _valid(Step, filled, where))


def _included(
    path: Path, include: Include, where: str, outer: tuple[Path, ...]
) -> Iterable[PlacedStep]:
    part = Path(os.path.normpath(path.parent / include.include))
    if not is_part(part) or not part.is_file():
        mend = f"name a file that ends with {PART_SUFFIX}, seen from {path.parent}"
        raise ScenarioFileError(where, f"there is no part {include.include}", mend)
    if len(outer) >= _DEEPEST or part.resolve() in outer:
        mend = "take one of the includes out"
        raise ScenarioFileError(where, f"{include.include} includes itself in the end", mend)
    return _part_steps(part, include.with_, where, (*outer, part.resolve()))


def _part_steps(
    part: Path, given: Mapping[str, Scalar], where: str, outer: tuple[Path, ...]
) -> tuple[PlacedStep, ...]:
    raw = _load(part)
    probe = {**raw, "steps": [{"see": "S00"}]}
    places = _valid(PartFile, probe, str(part)).places
    for name in given:
        if name not in places:
            mend = f"its places are: {', '.join(places) or 'none'}"
            raise ScenarioFileError(where, f"{part.name} has no place {name}", mend)
    return tuple(_steps(part, raw.get("steps"), {**places, **given}, outer))


def _filled(node: dict[str, Any], values: Mapping[str, Scalar], where: str) -> dict[str, Any]:
    try:
        filled: dict[str, Any] = fill(node, values)
    except UnknownPlaceError as error:
        mend = f"give it a value in table, every, places or with; there are: {', '.join(values)}"
        raise ScenarioFileError(where, f"nothing fills {{{error.name}}}", mend) from error
    return filled


def _valid(model: type[_Model], raw: dict[str, Any], where: str) -> _Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        what, mend = explain(dict(first), set(model.model_fields))
        raise ScenarioFileError(where, what, mend) from None
