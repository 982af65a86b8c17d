"""``gateway estimate``: what joining costs, before anybody joins."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.command_line import fail, read_settings, terminal_cells
from gateway.texts import Language
from gateway.yearly.commands import (
    JsonOption,
    LanguageOption,
    PopulationOption,
    ShareOption,
    StartOption,
    read_assumptions,
    wrong_input,
)


def estimate(
    population: PopulationOption,
    kind: Annotated[
        str,
        typer.Option(
            "--class",
            metavar="town|city|designated",
            help="町村・市・指定都市 / Town or village, city, designated city.",
        ),
    ],
    pattern: Annotated[
        str, typer.Option(metavar="A1|A2|A3|B", help="導入パターン / Pattern of introduction.")
    ],
    start: StartOption,
    sheets: Annotated[
        str, typer.Option(metavar="N", help="罹災証明書の 年間通数 / Victim certificates a year.")
    ],
    legal_fee: Annotated[
        str, typer.Option(metavar="YEN", help="手数料（無料は 0） / Fee of one, 0 if free.")
    ] = "0",
    bcl_sheets: Annotated[
        str,
        typer.Option(
            metavar="N",
            help="BCLで発行する 住民票・印鑑・税証明 / Other certificates by BCL a year.",
        ),
    ] = "0",
    share: ShareOption = None,
    detail: Annotated[
        bool, typer.Option("--detail", help="年度ごとの内訳も出す / Every item of every year.")
    ] = False,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Excel に書き出す / Write a workbook too.")
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = Language.JAPANESE,
) -> None:
    """5年度分の費用をパターンAとBで比べる / Five years of costs, patterns A and B side by side.

    例 / Example: gateway estimate --population 40000 --class city --pattern A2
    --start 2027-04 --sheets 300
    """
    from gateway.yearly.answer import read_case, to_wire
    from gateway.yearly.estimate import estimate as calculate
    from gateway.yearly.estimate_views import detail_view, estimate_view
    from gateway.yearly.workbook import estimate_workbook

    with wrong_input():
        case = read_case(
            population=population,
            kind=kind,
            pattern=pattern,
            start=start,
            sheets=sheets,
            legal_fee=legal_fee,
            bcl_sheets=bcl_sheets,
            shares=share or (),
        )
        assumptions = read_assumptions()
        made = calculate(case, assumptions)
    if as_json:
        typer.echo(
            to_wire(made, read_settings().environment, assumptions).model_dump_json(indent=1)
        )
    else:
        typer.echo(estimate_view(lang, made, assumptions))
        if detail:
            typer.echo("\n" + detail_view(lang, made, within=terminal_cells()), nl=False)
    if xlsx is not None:
        try:
            xlsx.write_bytes(estimate_workbook(lang, made, assumptions))
        except OSError as error:
            fail(f"{xlsx}: 書き込めません / cannot be written: {error.strerror}")
        typer.echo(f"書き出しました / written: {xlsx}", err=True)
