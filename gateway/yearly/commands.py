"""``gateway yearly-fee`` and ``gateway assumptions``: the system fee, step by step."""

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.command_line import terminal_cells
from gateway.texts import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.yearly.assumptions import Assumptions
    from gateway.yearly.course import CourseYear
    from gateway.yearly.model import Measure, Month

MAX_YEARS = 50

JsonOption = Annotated[bool, typer.Option("--json", help="JSON で出力 / As JSON.")]
LanguageOption = Annotated[Language, typer.Option("--lang", help="言語 / Language.")]
PopulationOption = Annotated[
    str,
    typer.Option(
        metavar="N",
        help="前年度1月1日の 住民登録人口 / Residents on 1 January before.",
    ),
]
StartOption = Annotated[
    str, typer.Option(metavar="YYYY-MM", help="利用開始月 / First month of service.")
]
ShareOption = Annotated[
    list[str] | None,
    typer.Option(
        "--share",
        metavar="YEAR=USING/ALL",
        help="その年度に 確認された 県内の利用団体数 と全団体数 / Use in the prefecture, as confirmed in a fiscal year; may be repeated.",  # noqa: E501
    ),
]
PopulationInOption = Annotated[
    list[str] | None,
    typer.Option(
        "--population-in",
        metavar="YEAR=N",
        help="その年度の 算定人口 / People that count for one fiscal year; may be repeated.",
    ),
]


@contextmanager
def wrong_input() -> "Iterator[None]":
    """End the program with status 2, saying what is wrong, where, and how to mend it."""
    from gateway.errors import YearlyInputError

    try:
        yield
    except YearlyInputError as error:
        place = error.place if error.place.isupper() else f"--{error.place}"
        typer.echo(f"{place}: {error.ja}\n{place}: {error.en}", err=True)
        raise typer.Exit(2) from None


def read_assumptions() -> "Assumptions":
    """Return the assumptions of the environment."""
    import os

    from gateway.yearly import assumptions

    return assumptions.read_assumptions(os.environ)


def yearly_fee(
    population: PopulationOption,
    start: StartOption,
    measure: Annotated[
        str | None,
        typer.Option(metavar="1|2a|2b", help="特別措置 / Special measure; none: no discount."),
    ] = None,
    years: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_YEARS,
            help="年度の表。措置は 自動で判定 / Table of fiscal years; measures are judged.",
        ),
    ] = None,
    share: ShareOption = None,
    population_in: PopulationInOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = Language.JAPANESE,
) -> None:
    """利用料（年額・月割・税）を計算する / The yearly system fee with every step.

    例 / Example: gateway yearly-fee --population 10000 --start 2023-12 --measure 1
    """
    from dataclasses import asdict

    from gateway.yearly.measures import check_early
    from gateway.yearly.model import Measure, Month
    from gateway.yearly.reading import read_number
    from gateway.yearly.system_fee import first_year_fee
    from gateway.yearly.views import course_table, fee_table

    with wrong_input():
        people, month = read_number(population, "population"), Month.parse(start)
        if years is not None or share or population_in:
            _check_not_given(measure)
            course = _course(people, month, years or 5, share, population_in)
            if as_json:
                typer.echo(json.dumps([_as_json(one) for one in course], ensure_ascii=False))
            else:
                typer.echo(course_table(lang, course, month, within=terminal_cells()))
            return
        chosen = _measure(measure)
        if chosen is Measure.EARLY:
            check_early(month)
        settings = read_assumptions()
        fee = first_year_fee(people, month, chosen, settings)
        if as_json:
            typer.echo(json.dumps(asdict(fee)))
        else:
            typer.echo(fee_table(lang, fee, people, month, measure=chosen, assumptions=settings))


def list_assumptions(as_json: JsonOption = False, lang: LanguageOption = Language.JAPANESE) -> None:
    """資料にない点の仮定を一覧する / What the source leaves open and what we assume."""
    from dataclasses import asdict

    from gateway.yearly.views import assumption_table

    with wrong_input():
        settings = read_assumptions()
    table = assumption_table(lang, settings, within=terminal_cells())
    typer.echo(json.dumps(asdict(settings)) if as_json else table)


def _measure(text: str | None) -> "Measure | None":
    from gateway.errors import YearlyInputError
    from gateway.yearly.model import Measure

    try:
        return None if text is None else Measure(text)
    except ValueError:
        raise YearlyInputError(
            "measure",
            f"「{text}」という措置はありません。1・2a（2①）・2b（2②）のどれかを指定してください。",
            f"there is no measure “{text}”; give 1, 2a or 2b, or leave it out.",
        ) from None


def _check_not_given(measure: str | None) -> None:
    from gateway.errors import YearlyInputError

    if measure is not None:
        raise YearlyInputError(
            "measure",
            "年度の表では措置を自動で判定します。"
            "--measure を外し、--share で県内の利用を指定してください。",
            "the table of years judges the measures itself; leave it out and give --share.",
        )


def _course(
    people: int,
    month: "Month",
    years: int,
    share: list[str] | None,
    population_in: list[str] | None,
) -> "tuple[CourseYear, ...]":
    from gateway.yearly.course import make_course
    from gateway.yearly.reading import read_populations, read_shares

    return make_course(
        month,
        years,
        people,
        populations=read_populations(
            population_in or (), range(month.fiscal_year, month.fiscal_year + years)
        ),
        uses=read_shares(share or ()),
        assumptions=read_assumptions(),
    )


def _as_json(one: "CourseYear") -> dict[str, object]:
    from dataclasses import asdict

    return {
        "fiscal_year": one.fiscal_year,
        "population": one.population,
        "population_day": one.population_day.isoformat(),
        "measure": one.verdict.measure,
        "reasons": one.verdict.reasons,
        **asdict(one.fee),
        "billed_incl_without_measure": one.normal.billed_incl,
        "billed_in": one.billed_in,
    }
