"""``gateway statement``, ``close``, ``closings``, ``verify-ledger`` and ``reconcile-day``."""

import json
import re
import sys
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.command_line import (
    FIRST_YEAR,
    LAST_YEAR,
    fail,
    opened_engine,
    refusals,
    terminal_cells,
)
from gateway.texts import Language, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.billing.sealing import Progress
    from gateway.billing.statement import Statement

FEATURE = "billing"
_CODE = re.compile(r"[0-9]{6}", re.ASCII)

JsonOption = Annotated[bool, typer.Option("--json", help="JSON で出力 / As JSON.")]
LanguageOption = Annotated[Language, typer.Option("--lang", help="言語 / Language.")]
MonthArgument = Annotated[
    str, typer.Argument(metavar="MONTH", help="対象月 / YYYY-MM, Japan time.")
]


def statement(
    municipality: Annotated[
        str, typer.Argument(metavar="MUNICIPALITY", help="団体コード / Six digits, or all.")
    ],
    month: MonthArgument,
    operator: Annotated[
        str | None, typer.Option(help="この事業者だけ / Only with this operator.")
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV で出力 / As CSV.")] = False,
    xlsx: Annotated[Path | None, typer.Option(help="Excel に書き出す / Write a workbook.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="PDF に書き出す / Write a PDF file.")] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="台帳から再計算して 比べる / Make it again and compare."),
    ] = False,
    lang: LanguageOption = Language.JAPANESE,
) -> None:
    """月次の精算書 / A municipality's monthly statement, from the ledger.

    締めた月は確定、締める前は暫定です。 / Final once the month is closed, provisional before.
    例 / Example: gateway statement 990019 2026-10 --pdf statement.pdf
    """
    from gateway.billing.settlement import load_statement, remake_statement
    from gateway.billing.statement_text import as_csv as csv_of
    from gateway.billing.statement_text import as_table, as_words
    from gateway.database import snapshot

    month, municipality = _month(month), _municipality(municipality)
    if as_json and as_csv:
        raise typer.BadParameter("どちらか一つ / give one of them", param_hint="--json, --csv")
    with refusals(), opened_engine() as engine:
        with snapshot(engine) as connection:
            made = load_statement(connection, municipality, month, operator=operator)
        if verify:
            again = remake_statement(engine, municipality, month, operator=operator)
        _write_files(made, xlsx, pdf, lang)
        if as_json:
            typer.echo(json.dumps(as_words(made), ensure_ascii=False))
        elif as_csv:
            typer.echo(csv_of(made), nl=False)
        elif not (xlsx or pdf):
            typer.echo(as_table(made, lang, within=terminal_cells()))
        if verify:
            if again.statement_hash != made.statement_hash:
                fail(say(FEATURE, lang, "verify.statement_differs", month=month))
            typer.echo(say(FEATURE, lang, "verify.statement_fine"), err=True)


def close(
    month: MonthArgument,
    by: Annotated[str, typer.Option(help="担当者 / Your name or id.")] = "",
    preview: Annotated[
        bool,
        typer.Option("--preview", help="締めずに 結果だけ見る / Only show the outcome."),
    ] = False,
    accept_late: Annotated[
        bool,
        typer.Option(
            "--accept-late",
            help="遅い記帳も締める / Settle late entries too; needs --by.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="確認しない / Do not ask.")] = False,
    as_json: JsonOption = False,
    lang: LanguageOption = Language.JAPANESE,
) -> None:
    """月を締める / Close a month for every municipality and operator.

    締めた月は開け直せません。訂正は翌月の記帳です。先に --preview で確かめてください。 /
    A closed month is not opened again; a correction is an entry of the next month.
    """
    from gateway.billing.close_views import books_table, closing_words
    from gateway.billing.reconciliation_store import count_standing
    from gateway.billing.settlement import (
        close_month,
        close_with_late_entries,
        month_end,
        preview_month,
    )
    from gateway.billing.statement_store import find_closing
    from gateway.billing.statement_text import in_japan
    from gateway.database import snapshot
    from gateway.wiring import utc_now

    month = _month(month)
    if accept_late and not by.strip():
        raise typer.BadParameter(
            "確認した担当者を --by で指定してください / name who has looked at it: --by NAME",
            param_hint="--accept-late",
        )
    with refusals(), opened_engine() as engine:
        with snapshot(engine) as connection:
            known = find_closing(connection, month)
            standing = count_standing(connection, month_end(month))
        if known is None and standing:
            typer.echo(say(FEATURE, lang, "close.standing", count=standing), err=True)
        if preview:
            typer.echo(say(FEATURE, lang, "close.preview", month=month))
            typer.echo(books_table(preview_month(engine, month), lang))
            return
        if known is None and not yes and sys.stdin.isatty():
            typer.confirm(say(FEATURE, lang, "close.confirm", month=month), abort=True)
        settle = close_with_late_entries if accept_late else close_month
        with _progress(say(FEATURE, lang, "close.sealing")) as progress:
            closing = settle(engine, month, closed_by=by or _who(), now=utc_now, progress=progress)
        if as_json:
            typer.echo(json.dumps(closing_words(closing)))
            return
        was = known is not None and known.finished_at is not None
        key = "close.already" if was else "close.done"
        moment = "" if closing.finished_at is None else in_japan(closing.finished_at)
        typer.echo(say(FEATURE, lang, key, month=month, moment=moment))
        typer.echo(books_table(preview_month(engine, month), lang))
        digest = "" if closing.digest is None else closing.digest.hex()
        typer.echo(f"{say(FEATURE, lang, 'close.digest')}  {digest}")


def closings(as_json: JsonOption = False, lang: LanguageOption = Language.JAPANESE) -> None:
    """締めた月の一覧 / Months that were closed."""
    from gateway.billing.close_views import closing_words, closings_table
    from gateway.billing.statement_store import list_closings
    from gateway.database import snapshot

    with refusals(), opened_engine() as engine, snapshot(engine) as connection:
        found = list_closings(connection)
    if as_json:
        typer.echo(json.dumps([closing_words(one) for one in found]))
    else:
        typer.echo(closings_table(found, lang))


def verify_ledger(
    month: MonthArgument,
    as_json: JsonOption = False,
    lang: LanguageOption = Language.JAPANESE,
) -> None:
    """台帳と日締め・精算書を照合する / Check every hash of a month again.

    終了コード 1 は差異あり / Exit status 1: something differs.
    """
    from gateway.billing.settlement import check_month

    month = _month(month)
    label = say(FEATURE, lang, "verify.checking")
    with refusals(), opened_engine() as engine, _progress(label) as progress:
        check = check_month(engine, month, progress=progress)
    if as_json:
        words = {"month": month, "statements": check.statements, "differences": check.differences}
        typer.echo(json.dumps(words))
    elif check.differences:
        typer.echo(say(FEATURE, lang, "verify.differs", count=len(check.differences)))
        for one in check.differences:
            typer.echo(f"  {one}")
    else:
        typer.echo(say(FEATURE, lang, "verify.fine", statements=check.statements))
    raise typer.Exit(1 if check.differences else 0)


def reconcile_day(
    day: Annotated[str, typer.Argument(metavar="DAY", help="対象日 / YYYY-MM-DD, Japan time.")],
    takings: Annotated[
        Path | None,
        typer.Option(
            help="事業者の集計 CSV / The operator's own count: kiosk_id, sheets, collected."
        ),
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = Language.JAPANESE,
) -> None:
    """印刷・入金・台帳を端末ごとに突合する / Compare sheets, money and log of a day by kiosk.

    終了コード 1 は差異あり / Exit status 1: something differs.
    """
    from gateway.billing.day_service import reconcile_day as compare
    from gateway.billing.day_views import day_table, day_words
    from gateway.billing.reconciliation_store import read_takings
    from gateway.database import snapshot

    wanted = _day(day)
    with refusals(), opened_engine() as engine, snapshot(engine) as connection:
        said = None if takings is None else read_takings(takings)
        report = compare(connection, wanted, takings=said)
    if as_json:
        typer.echo(json.dumps(day_words(report)))
    else:
        typer.echo(day_table(report, lang, within=terminal_cells()))
    raise typer.Exit(1 if report.differences else 0)


def _write_files(made: "Statement", xlsx: Path | None, pdf: Path | None, lang: Language) -> None:
    if xlsx is not None:
        from gateway.billing.statement_xlsx import as_xlsx

        _write(xlsx, as_xlsx(made, lang), lang)
    if pdf is not None:
        from gateway.billing.press import as_pdf

        _write(pdf, as_pdf(made, lang), lang)


def _write(path: Path, data: bytes, lang: Language) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    typer.echo(say(FEATURE, lang, "file.written", path=path), err=True)


def _month(text: str) -> str:
    try:
        return _known(datetime.strptime(text, "%Y-%m")).strftime("%Y-%m")
    except ValueError:
        raise typer.BadParameter(
            f"“{text}”: 2026-10 のように / write it like 2026-10", param_hint="MONTH"
        ) from None


def _day(text: str) -> date:
    try:
        return _known(datetime.strptime(text, "%Y-%m-%d")).date()
    except ValueError:
        raise typer.BadParameter(
            f"“{text}”: 2026-10-05 のように / write it like 2026-10-05", param_hint="DAY"
        ) from None


def _known(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("not a year of this service")
    return moment


def _municipality(text: str) -> str:
    from gateway.billing.settlement import ALL

    if text != ALL and not _CODE.fullmatch(text):
        raise typer.BadParameter(
            f"“{text}”: 6 桁の数字か all / six digits, or all", param_hint="MUNICIPALITY"
        )
    return text


def _who() -> str:
    import getpass

    return getpass.getuser()


@contextmanager
def _progress(label: str) -> "Iterator[Progress]":
    """Show a bar on a terminal while something long is done; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with typer.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield progress
