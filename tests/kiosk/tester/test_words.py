"""The words of the tester's tools: complete in both languages, none left over."""

import re
from pathlib import Path
from string import Formatter

import pytest

from gateway.wire.bodies import Locale
from kiosk.tester.words import all_words, word

TESTER = Path(__file__).parents[3] / "kiosk" / "tester"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", list(all_words()))
def test_every_text_has_both_languages_with_the_same_places(key: str) -> None:
    texts = all_words()[key]
    assert texts.keys() == {"ja", "en"}
    assert places(texts["ja"]) == places(texts["en"])


def test_no_text_is_left_over() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in TESTER.rglob("*.py"))
    used = set(re.findall(r"[a-z_]+", source))
    made = {f"tab_{name}" for name in ("cards", "dials", "clock", "traces", "scenario")}
    made |= {"trace_card", "trace_line"}
    assert set(all_words()) - used - made == set()


def test_a_text_is_filled() -> None:
    assert word(Locale.ENGLISH, "scenario_count", count=3) == "Steps recorded: 3"
