"""``gateway yearly-fee`` as a clerk types it."""

import json

import pytest
from typer.testing import CliRunner

from gateway.__main__ import app

RUNNER = CliRunner()


def run(*words: str) -> tuple[int, str]:
    result = RUNNER.invoke(app, list(words))
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ((), [285_000, 259_091, 21_590, 4, 86_360, 94_996]),
        (("--measure", "1"), [218_750, 198_864, 16_572, 4, 66_288, 72_916]),
    ],
)
def test_worked_example_as_six_integers(more: tuple[str, ...], expected: list[int]) -> None:
    status, text = run("yearly-fee", "--population", "10000", "--start", "2023-12", *more, "--json")
    assert status == 0
    names = ["annual_incl", "annual_excl", "monthly_excl", "months", "billed_excl", "billed_incl"]
    assert json.loads(text) == dict(zip(names, expected, strict=True))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_step_is_shown(language: str) -> None:
    words = ("--population", "10000", "--start", "2023-12", "--measure", "1", "--lang", language)
    _, text = run("yearly-fee", *words)
    for figure in ("218,750", "198,864", "16,572", "66,288", "72,916", "2024"):
        assert figure in text


WRONG = {
    "negative": (("--population", "-5"), "population"),
    "fraction": (("--population", "5.5"), "population"),
    "full-width digits": (("--population", "１００"), "population"),
    "underscore": (("--population", "1_000"), "population"),
    "too many digits": (("--population", "9" * 5000), "population"),
    "month 13": (("--start", "2023-13"), "start"),
    "before the tax": (("--start", "2018-04"), "start"),
    "no such measure": (("--measure", "3"), "measure"),
    "measure 1 too late": (("--start", "2024-04", "--measure", "1"), "measure"),
    "measure and years": (("--measure", "1", "--years", "3"), "measure"),
    "share": (("--share", "24/47"), "share"),
    "impossible share": (("--share", "2023=48/47"), "share"),
    "population of a year outside the table": (("--population-in", "2099=9800"), "population-in"),
    "population of a year": (("--population-in", "9800"), "population-in"),
}


@pytest.mark.parametrize(("words", "place"), WRONG.values(), ids=WRONG.keys())
def test_wrong_input_is_named_and_wrong_usage(words: tuple[str, ...], place: str) -> None:
    given = dict(zip(words[::2], words[1::2], strict=True))
    given = {"--population": "10000", "--start": "2023-12"} | given
    status, text = run("yearly-fee", *(part for pair in given.items() for part in pair))
    assert status == 2
    assert f"--{place}: " in text


@pytest.mark.parametrize(
    ("option", "values"),
    [("--share", ("2023=10/47", "2023=24/47")), ("--population-in", ("2024=5", "2024=6"))],
)
def test_year_that_is_given_twice_is_refused(option: str, values: tuple[str, str]) -> None:
    """Two answers to one question: nobody should have to guess which was taken."""
    words = ("yearly-fee", "--population", "10000", "--start", "2023-12")
    status, text = run(*words, option, values[0], option, values[1])
    assert status == 2
    assert "given twice" in text


def test_table_of_years_tells_measure_reason_and_billing() -> None:
    words = ("yearly-fee", "--population", "10000", "--start", "2023-12", "--years", "5")
    status, text = run(*words, "--share", "2023=24/47", "--json")
    assert status == 0
    rows = json.loads(text)
    assert [row["measure"] for row in rows] == ["1", "2a", "2a", "2a", None]
    assert [row["billed_in"] for row in rows] == [2024, 2025, 2026, 2027, 2028]
    assert rows[4]["reasons"] == ["early_ended", "prefecture_ended"]
    for language, word in (("ja", "措置2①"), ("en", "measure 2 (1)")):
        assert word in run(*words, "--share", "2023=24/47", "--lang", language)[1]


def test_assumptions_are_listed_and_set_by_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert json.loads(run("assumptions", "--json")[1])["empty_cell"] == "merged"
    monkeypatch.setenv("RISAI_YEARLY_EMPTY_CELL", "own")
    assert json.loads(run("assumptions", "--json")[1])["empty_cell"] == "own"
    assert "RISAI_YEARLY_EMPTY_CELL" in run("assumptions", "--lang", "en")[1]


@pytest.mark.parametrize(
    ("name", "value"), [("EMPTY_CELL", "guess"), ("SEVERAL_LOW", "0"), ("TRIAL_SHEETS", "many")]
)
def test_assumption_of_another_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"RISAI_YEARLY_{name}", value)
    status, text = run("assumptions")
    assert status == 2
    assert f"RISAI_YEARLY_{name}" in text
