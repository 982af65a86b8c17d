"""The program ``gateway``: the centre from the command line.

Exit status: 0 done, 1 refused or broken, 2 wrong usage. Libraries are loaded by the command that
needs them, so that ``--help`` is quick.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.billing.commands import close, closings, reconcile_day, statement, verify_ledger
from gateway.command_line import fail, opened_connection, opened_gateway, read_settings, refusals
from gateway.introduction.commands import introduce_app
from gateway.participation.commands import kiosks_app
from gateway.participation.suspension_commands import suspensions_app
from gateway.yearly.commands import list_assumptions, yearly_fee
from gateway.yearly.estimate_commands import estimate

if TYPE_CHECKING:
    from gateway.app import Gateway
    from gateway.reconcile import Reconciler, Report

app = typer.Typer(
    pretty_exceptions_enable=False,  # It would print local variables, a PIN among them.
    help="証明書交付センター / The gateway between kiosks and municipalities.",
    no_args_is_help=True,
)
breaker_app = typer.Typer(help="緊急停止 / The breaker of a municipality.", no_args_is_help=True)
app.add_typer(breaker_app, name="breaker")
app.add_typer(kiosks_app, name="kiosks")
app.add_typer(introduce_app, name="introduce")
app.add_typer(suspensions_app, name="suspensions")
app.command("statement")(statement)
app.command("close")(close)
app.command("closings")(closings)
app.command("verify-ledger")(verify_ledger)
app.command("reconcile-day")(reconcile_day)
app.command("yearly-fee")(yearly_fee)
app.command("estimate")(estimate)
app.command("assumptions")(list_assumptions)

Code = Annotated[str, typer.Argument(metavar="MUNICIPALITY", help="団体コード / Six digits.")]
CodeOption = Annotated[str, typer.Option("--municipality", help="団体コード / Six digits.")]
OperatorOption = Annotated[str, typer.Option("--operator", help="担当者 / Your name or id.")]


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="待ち受けアドレス / Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="ポート / Port.")] = 8601,
) -> None:
    """センターを動かす / Serve kiosks."""
    import asyncio

    import uvicorn

    from gateway.billing.day_service import NightlySealer
    from gateway.housekeeping import keep_house
    from gateway.http.log import make_logger

    async def serve_and_keep_house(gateway: "Gateway") -> None:
        config = uvicorn.Config(
            gateway.app, host=host, port=port, log_level="warning", access_log=False
        )
        keeping = asyncio.create_task(
            keep_house(
                _reconciler(gateway),
                make_logger(),
                pause=asyncio.sleep,
                sealer=NightlySealer(gateway.worker.engine, gateway.conductor.now),
            )
        )
        try:
            await uvicorn.Server(config).serve()
        finally:
            keeping.cancel()

    with opened_gateway() as gateway:
        asyncio.run(serve_and_keep_house(gateway))


@app.command()
def check() -> None:
    """設定・鍵・参加者を確かめる / Check settings, keys and who takes part."""
    from gateway.introduction.store import load_live
    from gateway.participation.model import fee_words
    from gateway.wiring import participation_of, policy_of, signing_key

    settings = read_settings()
    with refusals():
        participation = participation_of(settings)
        policy = policy_of(settings)
        key = signing_key(settings)
    typer.echo(f"環境 / environment        {settings.environment.value}")
    typer.echo(f"鍵 / key                  {key.key_id} {key.public_bytes.hex()}")
    typer.echo(f"認証局 / authorities      {len(policy.pinned_authorities)}")
    with opened_connection() as connection:
        live = load_live(connection)
    for municipality in participation.municipalities:
        record = live.get(municipality.code)
        serves = f"稼働 / live {record.live_from}" if record else "関門未了 / gate not passed"
        fees = ", ".join(fee_words(municipality))
        typer.echo(
            f"市区町村 / municipality   {municipality.code} {municipality.name} "
            f"{municipality.core_origin} {fees} {serves}"
        )
    typer.echo(f"キオスク / kiosks         {len(participation.kiosks)}")
    typer.echo("問題ありません。 / Everything is in place.")


@app.command()
def reconcile(
    settle: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="SESSION printed|void|reported|listed",
            help="確認できた結果で確定する / Settle a session in doubt as you found it.",
        ),
    ] = None,
    operator: Annotated[str, typer.Option(help="担当者 / Your name or id.")] = "",
    printed: Annotated[
        list[str] | None,
        typer.Option(help="印刷済みの番号 / A number that came out."),
    ] = None,
) -> None:
    """止まった取引を照合する / Take up what was left standing; nothing in doubt settles itself."""
    import asyncio

    from gateway.reconcile import Settlement, report_lines

    with opened_gateway() as gateway, refusals():
        reconciler = _reconciler(gateway)
        if settle is None:
            report: Report = asyncio.run(reconciler.run())
            for line in report_lines(report):
                typer.echo(line)
            raise typer.Exit(1 if report.remaining or report.doubts else 0)
        try:
            settlement = Settlement(settle[1])
        except ValueError:
            raise typer.BadParameter("printed | void | reported | listed") from None
        ended = asyncio.run(
            reconciler.settle(settle[0], settlement, operator=operator, printed=printed or ())
        )
        typer.echo(f"確定 / settled: {ended.session_id} {ended.state.value}")


@app.command("void-sheet")
def void_one_sheet(
    municipality: Code,
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="証明書番号 / Certificate number.")
    ],
    reason: Annotated[str, typer.Option(help="理由 (a-z0-9-) / Reason, such as spoiled.")],
) -> None:
    """交付済みの証明書を取り消す / Void an issued sheet and post the reversing entry."""
    import asyncio

    from gateway.sessions.voiding import void_sheet

    with opened_gateway() as gateway, refusals():
        entry = asyncio.run(
            void_sheet(
                gateway.worker,
                gateway.cores,
                code=municipality,
                number=number,
                reason=reason,
                now=gateway.conductor.now,
            )
        )
        typer.echo(f"取消 / voided: {entry.certificate_number} {entry.month}")


@breaker_app.command("status")
def breaker_status() -> None:
    """止まっている市区町村と記録の検査 / Stopped lines, and whether the log is whole."""
    from gateway.integrity.breaker import find_broken_entry, list_breakers

    with opened_connection() as connection:
        stopped = list_breakers(connection)
        broken = find_broken_entry(connection)
    for one in stopped:
        asked = f" 解除申請 / reset asked by {one.reset_requested_by}" * bool(
            one.reset_requested_by
        )
        typer.echo(f"{one.municipality_code} {one.alarm} {one.tripped_at.isoformat()}{asked}")
    if not stopped:
        typer.echo("停止はありません。 / No line is stopped.")
    if broken is not None:
        fail(f"記録が壊れています / the log does not fit at entry {broken}")


@breaker_app.command("reset")
def breaker_reset(
    municipality: CodeOption,
    operator: OperatorOption,
    reason: Annotated[str, typer.Option(help="理由 / Why it is safe to go on.")],
) -> None:
    """二人で解除する / Start a line again; two different people must ask."""
    from gateway.integrity.breaker import reset
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        runs = reset(connection, municipality, operator=operator, reason=reason, now=utc_now())
    typer.echo(
        "解除しました。 / The line runs again."
        if runs
        else "申請しました。別の担当者の操作が必要です。 / Asked; a second person must confirm."
    )


def _reconciler(gateway: "Gateway") -> "Reconciler":
    from gateway.reconcile import Reconciler

    return Reconciler(gateway.worker, gateway.cores, gateway.ending, gateway.conductor.now)


def main() -> None:
    """Run the program."""
    app()


if __name__ == "__main__":
    main()
