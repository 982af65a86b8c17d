"""``gateway introduce``: from the choice of a pattern to the first day of service."""

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.command_line import opened_connection, refusals, terminal_cells
from gateway.texts import Language

if TYPE_CHECKING:
    from gateway.introduction.model import Introduction, Pattern
    from gateway.introduction.progress import Progress

introduce_app = typer.Typer(
    help="導入: パターン・計画・書類・試験・関門 / Introduction up to the first day of service.",
    no_args_is_help=True,
)
task_app = typer.Typer(help="作業の完了と取消 / Tasks done and undone.", no_args_is_help=True)
document_app = typer.Typer(help="書類の状態 / States of documents.", no_args_is_help=True)
introduce_app.add_typer(task_app, name="task")
introduce_app.add_typer(document_app, name="document")

Code = Annotated[str, typer.Argument(metavar="MUNICIPALITY", help="団体コード / Six digits.")]
AnyCode = Annotated[
    str | None,
    typer.Argument(metavar="[MUNICIPALITY]", help="団体コード（省略可） / Six digits; optional."),
]
OperatorOption = Annotated[str, typer.Option("--operator", help="担当者 / Your name or id.")]
NoteOption = Annotated[str, typer.Option("--note", help="記録・証跡 / Note, proof.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON で出力 / As JSON.")]
LanguageOption = Annotated[Language, typer.Option("--lang", help="言語 / Language.")]
StartOption = Annotated[
    str, typer.Option("--start", metavar="YYYY-MM-DD", help="サービス開始希望日 / First day.")
]
PatternOption = Annotated[
    str, typer.Option("--pattern", metavar="A1|A2|A3|B", help="導入パターン / Pattern.")
]
_JA = Language.JAPANESE


@introduce_app.command("pattern")
def choose_pattern(
    bcl: Annotated[str, typer.Option(metavar="yes|no", help="BCLを利用中か / BCL in use?")],
    kiosk_issue: Annotated[
        str, typer.Option(metavar="yes|no", help="コンビニ交付を利用中か / Kiosk issue in use?")
    ],
    linkage: Annotated[
        str, typer.Option(metavar="yes|no", help="自動連携が必要か / Automatic linkage wanted?")
    ] = "no",
    as_json: JsonOption = False,
    lang: LanguageOption = _JA,
) -> None:
    """導入パターンを判定する / Find the pattern with its applications and contracts."""
    from gateway.introduction.patterns import Answers, choose
    from gateway.introduction.views import choice_view

    choice = choose(
        Answers(_yes(bcl, "--bcl"), _yes(kiosk_issue, "--kiosk-issue"), _yes(linkage, "--linkage"))
    )
    if as_json:
        told = {
            "pattern": choice.pattern,
            "asked": {question: answer for question, answer in choice.asked},
            "applications": choice.services,
            "remarks": choice.remarks,
        }
        typer.echo(json.dumps(told))
    else:
        typer.echo(choice_view(lang, choice))


@introduce_app.command("begin")
def begin_introduction(
    municipality: Code,
    name: Annotated[str, typer.Option(help="団体名 / Name of the municipality.")],
    pattern: PatternOption,
    start: StartOption,
    operator: OperatorOption,
    kiosk_issue: Annotated[
        str,
        typer.Option(
            metavar="yes|no", help="コンビニ交付を利用中か（A3は no） / In use before? A3: no."
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """導入を始める / Begin an introduction with its plan."""
    from gateway.introduction.service import begin

    made = _introduction(pattern, start, kiosk_issue, municipality, name, operator)
    with refusals(), opened_connection() as connection:
        progress = begin(connection, made)
    _tell(progress, as_json)


@introduce_app.command("plan")
def show_plan(
    municipality: AnyCode = None,
    pattern: PatternOption = "",
    start: StartOption = "",
    as_json: JsonOption = False,
    lang: LanguageOption = _JA,
) -> None:
    """日付入りの計画を出す / The plan with its days, of one municipality or of a pattern."""
    from gateway.introduction.plan import check_start, make_plan
    from gateway.introduction.progress import fold
    from gateway.introduction.service import get_progress
    from gateway.introduction.views import plan_view
    from gateway.introduction.words import plan_words

    today = _today()
    with refusals():
        if municipality is None:
            made = _introduction(pattern, start, "", "000000", "", "plan")
            check_start(made.start_on, today)
            progress = fold(made, ())
        else:
            with opened_connection() as connection:
                progress = get_progress(connection, municipality)
    plan, used = make_plan(progress, today), progress.introduction.pattern
    if as_json:
        typer.echo(json.dumps(plan_words(plan, used), ensure_ascii=False))
    else:
        typer.echo(plan_view(lang, plan, used, within=terminal_cells()))


@introduce_app.command("status")
def show_status(
    municipality: AnyCode = None, as_json: JsonOption = False, lang: LanguageOption = _JA
) -> None:
    """進み具合を見る / Progress bar and chart; without a code every introduction."""
    from gateway.introduction.chart import status_view
    from gateway.introduction.plan import make_plan
    from gateway.introduction.service import get_progress
    from gateway.introduction.store import list_codes, load_live
    from gateway.introduction.views import text
    from gateway.introduction.words import status_words

    today = _today()
    with refusals(), opened_connection() as connection:
        codes = list_codes(connection) if municipality is None else (municipality,)
        found = [get_progress(connection, code) for code in codes]
        live = load_live(connection)
    if as_json:
        told = [
            status_words(one, make_plan(one, today), is_live=code in live)
            for code, one in zip(codes, found, strict=True)
        ]
        typer.echo(json.dumps(told if municipality is None else told[0], ensure_ascii=False))
        return
    for code, progress in zip(codes, found, strict=True):
        plan = make_plan(progress, today)
        typer.echo(status_view(lang, progress, plan, live.get(code), today) + "\n")
    if not codes:
        typer.echo(text(lang, "status.none"))


@introduce_app.command("gate")
def show_gate(municipality: Code, as_json: JsonOption = False, lang: LanguageOption = _JA) -> None:
    """関門で残っているものを見る / What the gate waits for; exit status 1 while it is open."""
    from gateway.introduction.gate import open_items
    from gateway.introduction.service import get_progress
    from gateway.introduction.store import count_test_sheets, find_live
    from gateway.introduction.views import gate_view, text

    with refusals(), opened_connection() as connection:
        progress = get_progress(connection, municipality)
        record = find_live(connection, municipality)
        sheets = count_test_sheets(connection, municipality)
    missing = () if record else open_items(progress)
    if as_json:
        live_from = None if record is None else record.live_from.isoformat()
        told = {"missing": missing, "live_from": live_from, "test_sheets": sheets}
        typer.echo(json.dumps(told))
    else:
        typer.echo(gate_view(lang, progress, record))
        typer.echo(text(lang, "gate.test_sheets", count=sheets))
    raise typer.Exit(1 if missing else 0)


@introduce_app.command("go-live")
def let_go_live(municipality: Code, operator: OperatorOption, as_json: JsonOption = False) -> None:
    """関門を通し、サービスを始める / Pass the gate; refused while anything is open."""
    from gateway.introduction.service import go_live
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        record = go_live(connection, municipality, by=operator, now=utc_now())
    live_from = record.live_from.isoformat()
    told = json.dumps({"municipality_code": municipality, "live_from": live_from})
    typer.echo(told if as_json else f"関門を通過 / gate passed: {municipality} {live_from}")


@introduce_app.command("reschedule")
def move_start(
    municipality: Code,
    start: StartOption,
    operator: OperatorOption,
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> None:
    """サービス開始日を変える / Move the first day of service with its plan."""
    from gateway.introduction.service import reschedule
    from gateway.wiring import utc_now

    day = _day(start)
    with refusals(), opened_connection() as connection:
        progress = reschedule(connection, municipality, day, by=operator, note=note, now=utc_now())
    _tell(progress, as_json)


@task_app.command("done")
def finish_task(
    municipality: Code,
    task: Annotated[str, typer.Argument(metavar="TASK", help="作業 ID / Task id.")],
    operator: OperatorOption,
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> None:
    """作業を完了にする / Record that a task is done."""
    from gateway.introduction.service import do_task
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        progress = do_task(connection, municipality, task, by=operator, note=note, now=utc_now())
    _tell(progress, as_json)


@task_app.command("undo")
def take_task_back(
    municipality: Code,
    task: Annotated[str, typer.Argument(metavar="TASK", help="作業 ID / Task id.")],
    operator: OperatorOption,
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> None:
    """作業の完了を取り消す / Record that a task is not done after all."""
    from gateway.introduction.service import undo_task
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        progress = undo_task(connection, municipality, task, by=operator, note=note, now=utc_now())
    _tell(progress, as_json)


@document_app.command("set")
def set_document(
    municipality: Code,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="書類 ID / Document id.")],
    state: Annotated[
        str,
        typer.Argument(
            metavar="STATE",
            help="次の状態 / Next state: needed, drafted, sent, returned, settled.",
        ),
    ],
    operator: OperatorOption,
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> None:
    """書類の状態を進める / Record a document's next state."""
    from gateway.introduction.model import DocumentState
    from gateway.introduction.service import move_document
    from gateway.wiring import utc_now

    try:
        wanted = DocumentState(state)
    except ValueError:
        raise typer.BadParameter(
            f"one of: {', '.join(DocumentState)}", param_hint="STATE"
        ) from None
    with refusals(), opened_connection() as connection:
        progress = move_document(
            connection, municipality, document, wanted, by=operator, note=note, now=utc_now()
        )
    _tell(progress, as_json)


def _tell(progress: "Progress", as_json: bool) -> None:
    from gateway.introduction.chart import title_and_bar
    from gateway.introduction.plan import make_plan
    from gateway.introduction.words import status_words

    if as_json:
        words = status_words(progress, make_plan(progress, _today()), is_live=False)
        typer.echo(json.dumps(words, ensure_ascii=False))
    else:
        typer.echo(title_and_bar(_JA, progress))


def _introduction(
    pattern: str, start: str, kiosk_issue: str, code: str, name: str, operator: str
) -> "Introduction":
    from gateway.introduction.model import Introduction, Pattern
    from gateway.wiring import utc_now

    chosen = _pattern(pattern)
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        raise typer.BadParameter("6 桁の数字 / six digits", param_hint="MUNICIPALITY")
    uses = chosen is not Pattern.A3
    if kiosk_issue:
        uses = _yes(kiosk_issue, "--kiosk-issue")
    if (uses and chosen is Pattern.A3) or (not uses and chosen in (Pattern.A2, Pattern.B)):
        raise typer.BadParameter(
            f"{pattern}: コンビニ交付の利用状況と合いません / does not fit; see: "
            "gateway introduce pattern",
            param_hint="--kiosk-issue",
        )
    return Introduction(code, name, chosen, _day(start), uses, utc_now(), operator)


def _pattern(text: str) -> "Pattern":
    from gateway.introduction.model import Pattern

    try:
        return Pattern(text.upper())
    except ValueError:
        raise typer.BadParameter(
            f"“{text}”: A1, A2, A3, B（決め方 / to find it: gateway introduce pattern）",
            param_hint="--pattern",
        ) from None


def _day(text: str) -> date:
    try:
        if len(text) != len("2027-04-01"):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"“{text}”: 2027-04-01 のように / write it like 2027-04-01", param_hint="--start"
        ) from None


def _yes(text: str, place: str) -> bool:
    answers = {"yes": True, "no": False}
    if text not in answers:
        raise typer.BadParameter(f"“{text}”: yes | no", param_hint=place)
    return answers[text]


def _today() -> date:
    from gateway.introduction.service import day_in_japan
    from gateway.wiring import utc_now

    return day_in_japan(utc_now())
