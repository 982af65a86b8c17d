"""``gateway estimate`` and ``GET /v1/estimate``: the same answer on every way."""

import io
import json
import re
import zipfile
from pathlib import Path

import httpx
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from gateway.__main__ import app
from gateway.texts import Language
from gateway.yearly.answer import read_case
from gateway.yearly.assumptions import Assumptions
from gateway.yearly.estimate import estimate
from gateway.yearly.estimate_views import detail_view, estimate_view
from gateway.yearly.workbook import estimate_workbook
from tests.gateway.world import ORIGIN, World

RUNNER = CliRunner()
CASE = {
    "population": "40000",
    "class": "city",
    "pattern": "A3",
    "start": "2026-12",
    "sheets": "300",
    "share": "2026=24/47",
}
WORDS = [word for name, value in CASE.items() for word in (f"--{name}", value)]


def run(*words: str) -> tuple[int, str]:
    result = RUNNER.invoke(app, ["estimate", *words])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ("パターンA③", "合計（措置あり）", "2030年度")),
        ("en", ("Pattern A3", "Per head", "FY2030")),
    ],
)
def test_terminal_shows_both_patterns_and_a_chart(language: str, words: tuple[str, ...]) -> None:
    status, text = run(*WORDS, "--lang", language, "--detail")
    assert status == 0
    assert [word for word in words if word not in text] == []
    assert re.search(r"\|#+=+ *\|", text)


def test_lines_fit_a_terminal_of_120_cells() -> None:
    case = read_case(
        population="3700000", kind="designated", pattern="A3", start="2026-05", sheets="90000"
    )
    made = estimate(case, Assumptions())
    for language in Language:
        lines = estimate_view(language, made, Assumptions()).splitlines()
        assert [line for line in lines if cell_len(line) > 120] == []


def test_tables_and_chart_fit_a_terminal_of_80_cells() -> None:
    """Titles and notes are prose and may wrap; a row of figures that wraps cannot be read."""
    case = read_case(
        population="3700000", kind="designated", pattern="A3", start="2026-05", sheets="90000"
    )
    made = estimate(case, Assumptions())
    for language in Language:
        shown = estimate_view(language, made, Assumptions())
        shown += detail_view(language, made, within=80)
        rows = [line for line in shown.splitlines() if re.search(r"\d - [\d,]+|--  --|\|#", line)]
        assert len(rows) > 30
        assert [line for line in rows if cell_len(line) > 80] == []


def test_note_on_the_empty_cell_names_what_every_reading_costs() -> None:
    """A city that reads one figure only may plan millions of yen too little."""
    _, text = run(*WORDS, "--lang", "en")
    assert "merged 1,873,259 / deduct 1,873,259 / own 2,218,741" in text


def test_json_is_what_the_api_answers() -> None:
    answer = json.loads(run(*WORDS, "--json")[1])
    assert [year["measure"] for year in answer["years"]] == [None, "2a", "2a", "2a", None]
    assert [one["pattern"] for one in answer["patterns"]] == ["A3", "B"]
    assert answer["patterns"][0]["without_measures"]["total"] == {
        "low": 18_041_564,
        "high": 41_908_230,
    }


WRONG = {
    "class": "village",
    "pattern": "C",
    "population": "many",
    "sheets": "-1",
    "start": "2026",
    "legal-fee": "99999",
    "bcl-sheets": "x",
    "share": "half",
}


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_wrong_word_is_named(name: str, value: str) -> None:
    status, text = run(*WORDS, f"--{name}", value)
    assert status == 2
    assert f"--{name}: " in text


def test_workbook_holds_numbers_and_sources(tmp_path: Path) -> None:
    path = tmp_path / "estimate.xlsx"
    assert run(*WORDS, "--xlsx", str(path))[0] == 0
    with zipfile.ZipFile(path) as book:
        pages = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        first = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert len(pages) == 4
    assert "<v>18041564</v>" in first
    assert "[MISSION 4]" in strings
    assert "RISAI_YEARLY_EMPTY_CELL" in strings


def test_workbook_speaks_both_languages() -> None:
    made = estimate(read_case(**_case()), Assumptions())
    texts = []
    for language in Language:
        with zipfile.ZipFile(io.BytesIO(estimate_workbook(language, made, Assumptions()))) as book:
            texts.append(book.read("xl/sharedStrings.xml").decode())
    assert "構築費用" in texts[0]
    assert "Building costs" in texts[1]


def test_workbook_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    status, text = run(*WORDS, "--xlsx", str(tmp_path / "nowhere" / "e.xlsx"))
    assert status == 1
    assert "e.xlsx" in text


def test_detail_has_a_column_for_every_year() -> None:
    made = estimate(read_case(**_case()), Assumptions())
    assert "FY2028" in detail_view(Language.ENGLISH, made)


def _case() -> dict[str, str]:
    return {("kind" if k == "class" else k): v for k, v in CASE.items() if k != "share"}


async def get(world: World, query: object) -> httpx.Response:
    transport = httpx.ASGITransport(app=world.gateway.app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        return await client.get("/v1/estimate", params=query)  # type: ignore[arg-type]  # any query


@pytest.mark.anyio
async def test_api_answers_anybody_without_a_signature(world: World) -> None:
    answer = await get(world, CASE)
    assert answer.status_code == 200
    told = json.loads(run(*WORDS, "--json")[1])
    assert answer.json()["patterns"] == told["patterns"]
    assert answer.json()["environment"] == "demo"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({**CASE, "class": "village"}, ["class"]),
        ({k: v for k, v in CASE.items() if k != "start"}, ["start"]),
        ({**CASE, "colour": "red"}, []),
        ({**CASE, "share": ["2026=1/2"] * 21}, ["share"]),
        ({**CASE, "sheets": ["1", "2"]}, ["sheets"]),
    ],
)
async def test_api_names_the_wrong_field(
    world: World, query: dict[str, object], fields: list[str]
) -> None:
    answer = await get(world, query)
    assert answer.status_code == 422
    assert answer.json()["fields"] == fields


@pytest.mark.anyio
async def test_documentation_lists_the_query(world: World) -> None:
    transport = httpx.ASGITransport(app=world.gateway.app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        page = (await client.get("/docs")).text
    assert "/v1/estimate" in page
    assert "legal-fee" in page
