"""docs/JOINING.md shows what the program prints, and names every assumption."""

from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.__main__ import app
from gateway.yearly.assumptions import PREFIX, Assumptions

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "JOINING.md").read_text("utf-8")
EXAMPLE = ("yearly-fee", "--population", "10000", "--start", "2023-12", "--lang", "en")


@pytest.mark.parametrize("more", [(), ("--measure", "1")])
def test_worked_example_is_what_the_command_prints(more: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, [*EXAMPLE, *more]).output.strip() in PAGE


def test_every_assumption_stands_on_the_page_with_its_value() -> None:
    rows = {line.split("|")[1]: line for line in PAGE.splitlines() if line.startswith("| `RISAI_")}
    for field in fields(Assumptions):
        name = f"`{PREFIX}{field.name.upper()}`"
        (row,) = (row for names, row in rows.items() if name in names)
        assert str(field.default) in row, name


def test_commands_of_the_page_exist() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("gateway ")]
    assert lines
    for line in lines:
        words = [word for word in line.split()[1:4] if word.isidentifier() or "-" in word[1:]]
        command = words[:1] if words[0] in ("estimate", "yearly-fee") else words[:2]
        assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0, line
