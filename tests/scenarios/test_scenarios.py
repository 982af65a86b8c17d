"""Every scenario of the repository, each in a town of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode
from kiosk.flow.model import Screen
from kiosk.scenario.mould import TownMould
from kiosk.scenario.reading import Scenario, check_part, find_part_files, read_scenarios
from kiosk.scenario.running import Stage, run_scenario
from kiosk.scenario.selection import select
from kiosk.scenario.worlds import find_open_world

FOLDER = Path(__file__).parents[2] / "scenarios"
SCENARIOS = read_scenarios([FOLDER])


@pytest.fixture(scope="module")
def mould(tmp_path_factory: pytest.TempPathFactory) -> TownMould:
    return TownMould(find_open_world(), tmp_path_factory.mktemp("towns"))


@pytest.mark.parametrize("scenario", select(SCENARIOS), ids=lambda one: one.name)
def test_scenario(scenario: Scenario, mould: TownMould, tmp_path: Path) -> None:
    """Slow ones run with: kiosk run scenarios --headless --slow."""
    outcome = run_scenario(scenario, Stage(mould, tmp_path))
    assert outcome.failure is None, f"{outcome.failure.text}; evidence: {outcome.evidence}"


def test_every_part_is_right_and_used() -> None:
    parts = find_part_files([FOLDER])
    for part in parts:
        check_part(part)
    used = {placed.path.resolve() for one in SCENARIOS for placed in one.steps}
    assert [part.name for part in parts if part.resolve() not in used] == []


def test_there_are_at_least_sixty_situations() -> None:
    """Rows of a table and languages do not count."""
    assert len({one.header.id for one in SCENARIOS}) >= 60


def expected(scenario: Scenario) -> Iterator[tuple[str, Locale]]:
    """Return every screen and code that its steps name, with the language of that moment."""
    locale = scenario.header.start.locale
    for placed in scenario.steps:
        step = placed.step
        if step.press == "language":
            locale = Locale.ENGLISH if locale is Locale.JAPANESE else Locale.JAPANESE
        if step.see is Screen.MAIN_MENU and step.press in ("finish", "cancel"):
            locale = scenario.header.start.locale
        named = [
            *step.via,
            *([step.see] if step.see else []),
            *([step.error] if step.error else []),
        ]
        yield from ((one.value, locale) for one in named)


@pytest.mark.parametrize("locale", Locale)
def test_every_screen_and_every_code_is_expected_somewhere(locale: Locale) -> None:
    """What was really reached is told by: kiosk coverage scenarios --run."""
    named = {name for one in SCENARIOS for name, spoken in expected(one) if spoken is locale}
    every = {screen.value for screen in Screen} | {code.value for code in ErrorCode}
    assert every - named - {Screen.ERROR.value} == set()
