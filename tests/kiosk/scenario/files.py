"""Scenario files for tests: only what matters is written."""

from pathlib import Path

HEAD = 'id = "{id}"\ntitle = {{ ja = "試し", en = "A try" }}\n'
PART_HEAD = 'title = { ja = "部分", en = "A part" }\n'


def write_scenario(folder: Path, *steps: str, more: str = "", name: str = "try") -> Path:
    """Write a scenario of these steps; ``more`` stands before them."""
    path = folder / f"{name}.toml"
    path.write_text(HEAD.format(id=name) + more + "\n" + _steps(steps), encoding="utf-8")
    return path


def write_part(folder: Path, *steps: str, more: str = "", name: str = "walk") -> Path:
    """Write a part of these steps."""
    path = folder / f"{name}.part.toml"
    path.write_text(PART_HEAD + more + "\n" + _steps(steps), encoding="utf-8")
    return path


def _steps(steps: tuple[str, ...]) -> str:
    return "steps = [\n" + "".join(f"  {step},\n" for step in steps) + "]\n"
