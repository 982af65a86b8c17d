"""``gateway suspensions``: announce when a service stops, in words that residents read."""

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from gateway.command_line import FIRST_YEAR, LAST_YEAR, opened_connection, refusals

suspensions_app = typer.Typer(
    help="サービス停止のお知らせ / Suspensions and their notices.", no_args_is_help=True
)


@suspensions_app.command("announce")
def announce_suspension(
    starts: Annotated[
        str,
        typer.Option("--from", metavar="YYYY-MM-DDTHH:MM", help="開始（日本時間） / Japan time."),
    ],
    ends: Annotated[
        str,
        typer.Option("--until", metavar="YYYY-MM-DDTHH:MM", help="終了（日本時間） / Japan time."),
    ],
    text_ja: Annotated[str, typer.Option("--ja", help="お知らせ / Notice in Japanese.")],
    text_en: Annotated[str, typer.Option("--en", help="英語のお知らせ / Notice in English.")],
    operator: Annotated[str, typer.Option("--operator", help="担当者 / Your name or id.")],
    municipality: Annotated[
        str | None,
        typer.Option(help="団体コード（省くと全体） / Six digits; without it everybody."),
    ] = None,
    certificate: Annotated[
        list[str] | None,
        typer.Option(help="証明書種別（省くと全部） / Kind of certificate; without it all."),
    ] = None,
) -> None:
    """停止を知らせる / Announce a suspension; kiosks show it at once."""
    from gateway.participation.hours import Suspension
    from gateway.participation.suspensions import announce
    from gateway.wiring import utc_now
    from issuance.wire.codes import DocumentType

    try:
        kinds = frozenset(DocumentType(one) for one in certificate or ())
    except ValueError:
        known = ", ".join(DocumentType)
        raise typer.BadParameter(f"one of: {known}", param_hint="--certificate") from None
    told = Suspension(_moment(starts, "--from"), _moment(ends, "--until"), text_ja, text_en, kinds)
    with refusals(), opened_connection() as connection:
        made = announce(connection, municipality, told, by=operator, now=utc_now())
    typer.echo(f"お知らせしました / announced: {made.suspension_id}")


@suspensions_app.command("withdraw")
def withdraw_suspension(
    suspension_id: Annotated[str, typer.Argument(metavar="ID", help="番号 / Its id.")],
) -> None:
    """お知らせを取り下げる / Take an announcement back."""
    from gateway.participation.suspensions import withdraw
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        withdraw(connection, suspension_id, now=utc_now())
    typer.echo(f"取り下げ / withdrawn: {suspension_id}")


@suspensions_app.command("list")
def list_suspensions(
    as_json: Annotated[bool, typer.Option("--json", help="JSON で出力 / As JSON.")] = False,
) -> None:
    """お知らせの一覧 / Everything that was announced."""
    from gateway.participation.hours import JAPAN
    from gateway.participation.suspensions import list_announced

    with opened_connection() as connection:
        announced = list_announced(connection)
    rows: list[dict[str, Any]] = [
        {
            "suspension_id": one.suspension_id,
            "municipality_code": one.municipality_code,
            "certificates": sorted(one.suspension.certificates),
            "starts_at": one.suspension.starts_at.astimezone(JAPAN).isoformat(),
            "ends_at": one.suspension.ends_at.astimezone(JAPAN).isoformat(),
            "text_ja": one.suspension.text_ja,
            "text_en": one.suspension.text_en,
            "withdrawn": one.is_withdrawn,
        }
        for one in announced
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        whom = row["municipality_code"] or "全体 / all"
        state = " 取り下げ / withdrawn" * bool(row["withdrawn"])
        what = ", ".join(row["certificates"]) or "全部 / all certificates"
        period = f"{row['starts_at']} - {row['ends_at']}"
        typer.echo(f"{row['suspension_id']} {whom} {period}{state}")
        typer.echo(f"  {what}")
        typer.echo(f"  {row['text_ja']} / {row['text_en']}")
    if not rows:
        typer.echo("お知らせはありません。 / Nothing was announced.")


def _moment(text: str, place: str) -> datetime:
    from gateway.participation.hours import JAPAN

    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=JAPAN)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError(text)
        return moment
    except ValueError:
        raise typer.BadParameter(
            f"“{text}”: 2026-12-01T17:30 のように / write it like 2026-12-01T17:30",
            param_hint=place,
        ) from None
