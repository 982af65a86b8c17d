"""The page about the dials says what the town has."""

from pathlib import Path

from launcher.dial_catalogue import dial_table
from launcher.dials import core, line
from launcher.dials.board import known_dials

PAGE = (Path(__file__).parents[2] / "docs" / "TESTER.md").read_text(encoding="utf-8")


def test_the_page_has_the_table_of_the_dials() -> None:
    assert dial_table() in PAGE


def test_the_page_names_the_steps_of_both_lines() -> None:
    for steps, name in ((line.STEPS, "line"), (core.STEPS, "core")):
        words = ", ".join(f"`{step}`" for step in steps)
        assert f"Steps of `{name}`: {words}." in PAGE


def test_no_id_is_given_twice() -> None:
    dials = known_dials()
    assert len({dial.id for dial in dials}) == len(dials)
    for dial in dials:
        assert len({one.id for one in dial.settings}) == len(dial.settings)
