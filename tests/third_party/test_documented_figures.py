"""The table of docs/CARD.md is what comes out here; contact, which half of it says the other."""

from pathlib import Path

import pytest

from tests.third_party.calls import CALLS, count_apdus
from tests.third_party.desk import Desk

pytestmark = pytest.mark.pcsc

PAGE = Path(__file__).resolve().parents[2] / "docs" / "CARD.md"
DOCUMENTED_WITH = "OpenSC 0.23.0"


def documented() -> dict[str, tuple[str, str]]:
    """Return the figures of the page by call: contact, contactless."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("| `")]
    return {row[1].strip("`"): (row[2], row[3]) for row in rows if len(row) == 5}


def test_the_page_has_every_call_and_all_of_them_work() -> None:
    figures = documented()
    assert [call.words for call in CALLS if call.words not in figures] == []
    assert all(one.isdigit() for call in CALLS for one in figures[call.words])


def test_the_figures_are_what_is_measured(desk: Desk, interface: str, tmp_path: Path) -> None:
    version = desk.run("opensc-tool", "--info").text.splitlines()[0]
    if DOCUMENTED_WITH not in version:
        pytest.skip(f"documented with {DOCUMENTED_WITH}, this is {version}")
    column = ("contact", "contactless").index(interface)
    # Either interface takes half of the calls; the page's command measures all of both.
    figures, calls = documented(), CALLS[column::2]
    wanted = {call.words: figures[call.words][column] for call in calls}
    measured = {call.words: str(count_apdus(desk, call, tmp_path)) for call in calls}
    assert measured == wanted
