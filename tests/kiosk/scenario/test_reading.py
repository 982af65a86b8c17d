"""Scenario files: includes, tables, and errors that say where and how to mend."""

from pathlib import Path

import pytest

from gateway.wire.bodies import Locale
from kiosk.flow.model import Screen
from kiosk.scenario.errors import ScenarioFileError
from kiosk.scenario.reading import check_part, find_scenario_files, read_scenarios
from kiosk.scenario.writing import scenario_text
from tests.kiosk.scenario.files import write_part, write_scenario


def test_steps_keep_their_order_and_their_place(tmp_path: Path) -> None:
    path = write_scenario(tmp_path, '{ press = "government", see = "S01" }', '{ see = "S01" }')
    (scenario,) = read_scenarios([path])
    assert [placed.where for placed in scenario.steps] == [f"{path}, step 1", f"{path}, step 2"]
    assert scenario.steps[0].step.press == "government"
    assert scenario.steps[0].step.see is Screen.SERVICES


def test_table_and_combinations_make_one_run_each(tmp_path: Path) -> None:
    more = (
        'table = [{ name = "one", n = 1 }, { name = "two", n = 2 }]\n'
        'every = { lang = ["ja", "en"] }\n'
        'start = { locale = "{lang}" }\n'
    )
    path = write_scenario(tmp_path, '{ see = "S00", coins = { kept = "{n}" } }', more=more)
    runs = read_scenarios([path])
    assert [run.name for run in runs] == ["try.one-ja", "try.one-en", "try.two-ja", "try.two-en"]
    assert runs[3].header.start.locale is Locale.ENGLISH
    kept = [run.steps[0].step.coins.kept for run in runs if run.steps[0].step.coins]
    assert kept == [1, 1, 2, 2]


def test_included_steps_stand_in_their_place_with_their_values(tmp_path: Path) -> None:
    part = write_part(tmp_path, '{ put = "{who}" }', more='places = { who = "resident" }\n')
    plain = '{ include = "walk.part.toml" }'
    other = '{ include = "walk.part.toml", with = { who = "revoked" } }'
    (scenario,) = read_scenarios([write_scenario(tmp_path, plain, other, '{ see = "S05" }')])
    assert [placed.step.put for placed in scenario.steps] == ["resident", "revoked", None]
    assert scenario.steps[0].where == f"{part}, step 1"


def test_a_scenario_is_read_back_from_its_own_text(tmp_path: Path) -> None:
    step = '{ press = "agree", see = "S04", shows = { ja = ["「置く」", "\\\\"] }, within_s = 2.5 }'
    path = write_scenario(tmp_path, step, '{ turn = { dial = "card", setting = "dirty" } }')
    (scenario,) = read_scenarios([path])
    steps = [placed.step for placed in scenario.steps]
    again = tmp_path / "again.toml"
    again.write_text(scenario_text(scenario.header, steps), encoding="utf-8")
    (second,) = read_scenarios([again])
    assert (second.header, [p.step for p in second.steps]) == (scenario.header, steps)


@pytest.mark.parametrize(
    ("step", "what", "mend"),
    [
        ('{ pres = "agree" }', "step 2: pres: nobody knows this key", "perhaps press"),
        ('{ see = "S99" }', "step 2: see: Input should be", "take one of these"),
        ("{ press = \"a\", put = 'b' }", "press and put", "split it into two steps"),
        ('{ note = "why" }', "this one is empty", "fill it in"),
        ('{ see = "{lang}" }', "step 2: nothing fills {lang}", "table, every, places or with"),
        ('{ include = "none.part.toml" }', "step 2: there is no part none", "ends with .part.toml"),
        ('{ include = "loop.part.toml" }', "includes itself", "take one of the includes out"),
        ('{ include = "walk.part.toml", with = { x = 1 } }', "has no place x", "places are: who"),
        ('"agree"', "step 2: not a step", "in braces"),
        ('{ coins = { kept = "ten" } }', "step 2: coins.kept: Input should be", "mend the value"),
        ('{ pin = "12x4" }', "step 2: pin: String should match", "docs/scenario.schema.json"),
    ],
)
def test_a_wrong_step_is_named_with_its_remedy(
    tmp_path: Path, step: str, what: str, mend: str
) -> None:
    write_part(tmp_path, '{ include = "loop.part.toml" }', name="loop")
    write_part(tmp_path, '{ put = "{who}" }', more='places = { who = "resident" }\n')
    path = write_scenario(tmp_path, '{ see = "S00" }', step)
    with pytest.raises(ScenarioFileError) as caught:
        read_scenarios([path])
    words = str(caught.value)
    assert words.startswith(str(tmp_path))
    assert what in words
    assert mend in words


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("steps = [", "not TOML"),
        ('id = "x"\nsteps = [{ see = "S00" }]', "title"),
        ('id = "x"\ntitle = { ja = "x", en = "x" }', "there are no steps"),
        ('id = "x"\nsteps = []\nstart = { size = "10x10" }', "size"),
        ('id = "x"\nstepz = []', "perhaps steps"),
        ('id = "x"\ntable = []', "table"),
        ('id = "x"\nstart = { clock = 2026-11-24T10:00:00 }', "offset from UTC"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, what: str) -> None:
    title = "" if "title" in what or "title" in text else 'title = { ja = "x", en = "x" }\n'
    path = tmp_path / "wrong.toml"
    path.write_text(title + text, encoding="utf-8")
    with pytest.raises(ScenarioFileError, match=str(path)) as caught:
        read_scenarios([path])
    assert what in str(caught.value)


def test_no_value_of_a_file_stands_in_an_error(tmp_path: Path) -> None:
    """Somebody may have written a PIN where it does not belong."""
    path = write_scenario(tmp_path, '{ pin = "98765" }')
    with pytest.raises(ScenarioFileError) as caught:
        read_scenarios([path])
    assert "98765" not in str(caught.value)


def test_two_runs_of_one_name_are_refused(tmp_path: Path) -> None:
    write_scenario(tmp_path, '{ see = "S00" }')
    (tmp_path / "copy.toml").write_text((tmp_path / "try.toml").read_text("utf-8"), "utf-8")
    with pytest.raises(ScenarioFileError, match="is also the name of a run"):
        read_scenarios([tmp_path])


def test_parts_are_not_run_by_themselves(tmp_path: Path) -> None:
    part = write_part(tmp_path, '{ see = "S00" }')
    path = write_scenario(tmp_path, '{ see = "S00" }')
    check_part(part)
    assert find_scenario_files([tmp_path]) == (path,)
    with pytest.raises(ScenarioFileError, match="a part"):
        find_scenario_files([part])


def test_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match="no scenario in it"):
        read_scenarios([tmp_path])
    with pytest.raises(ScenarioFileError, match="no such file"):
        read_scenarios([tmp_path / "gone.toml"])
