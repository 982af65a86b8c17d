"""The program ``issuance``: one municipality's core from the command line.

Exit status: 0 done, 1 refused or broken, 2 wrong usage. Libraries are loaded by the command that
needs them, so that ``--help`` is quick.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from issuance.certificates.verify_cli import ANCHOR_FILE, verify_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from issuance.linkage.model import Mistake
    from issuance.settings import IssuanceSettings

app = typer.Typer(
    pretty_exceptions_enable=False,  # It would print local variables, a PIN among them.
    help="市町村の証明書発行システム / A municipality's issuance core.",
    no_args_is_help=True,
)
log_app = typer.Typer(help="発行記録 / The issue log.", no_args_is_help=True)
breaker_app = typer.Typer(help="緊急停止 / The breaker.", no_args_is_help=True)
revocation_app = typer.Typer(help="失効リスト / The revocation list.", no_args_is_help=True)
trust_app = typer.Typer(help="信頼リスト / The trust list.", no_args_is_help=True)
app.command("verify")(verify_command)
app.add_typer(log_app, name="log")
app.add_typer(breaker_app, name="breaker")
app.add_typer(revocation_app, name="revocation-list")
app.add_typer(trust_app, name="trust-list")

Output = Annotated[Path, typer.Option("--output", "-o", help="書き出すファイル / File to write.")]


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="待ち受けアドレス / Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="ポート / Port.")] = 8602,
) -> None:
    """証明書発行サーバーを動かす / Serve the gateway's requests."""
    import logging

    import uvicorn

    from issuance.app import create_app
    from issuance.errors import SettingsRefusedError
    from issuance.wiring import build_parts

    settings = _settings()
    try:
        application = create_app(build_parts(settings))
    except SettingsRefusedError as error:
        _fail(str(error))
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False)


@app.command()
def check() -> None:
    """設定・鍵・データベースを確かめる / Check settings, keys and database."""
    from issuance.app import configuration_digest
    from issuance.errors import SettingsRefusedError
    from issuance.wiring import build_parts

    settings = _settings()
    try:
        parts = build_parts(settings)
    except SettingsRefusedError as error:
        _fail(str(error))
    typer.echo(f"市町村 / municipality   {settings.municipality_code} {settings.municipality_name}")
    typer.echo(f"環境 / environment      {settings.environment}")
    typer.echo(f"ゲートウェイ / gateways  {', '.join(sorted(parts.gateway_keys))}")
    typer.echo(f"構成 / configuration    {configuration_digest(parts)}")
    typer.echo("問題ありません。 / Everything is in place.")


@app.command("make-keys")
def make_keys() -> None:
    """足りない鍵を作る / Make the keys that are missing (not the PDF key)."""
    import secrets

    from issuance.key_folder import PSEUDONYM_KEY_BYTES, write_fresh_keys

    folder = _settings().key_folder
    made = write_fresh_keys(folder, pseudonym_key=secrets.token_bytes(PSEUDONYM_KEY_BYTES))
    typer.echo(f"作成 / made: {', '.join(made) or '-'}")


@app.command("import")
def import_files(
    source: Annotated[
        Path, typer.Argument(exists=True, help="CSV ファイルまたはフォルダー / CSV file or folder.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="確かめるだけで保存しない / Check only.")
    ] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="データの時点 / Moment of the data."),
    ] = None,
) -> None:
    """住民・被災者・被害のデータを取り込む / Import CSV files, all of them or nothing."""
    from issuance.database import open_engine, upgrade
    from issuance.errors import ImportRefusedError, LinkConflictError
    from issuance.linkage.service import read_delivery, store_delivery

    settings = _settings()
    paths = sorted(source.glob("*.csv")) if source.is_dir() else [source]
    if not paths:
        _fail("CSV ファイルがありません。 / There is no CSV file.")
    now = datetime.now(UTC)
    engine = open_engine(settings.database_url)
    upgrade(engine)
    try:
        delivery = read_delivery({path.name: path.read_bytes() for path in paths})
        with engine.connect() as connection, connection.begin() as transaction:
            store_delivery(
                connection,
                settings.municipality_code,
                delivery,
                as_of=as_of or now,
                now=now,
                progress=lambda name, rows: typer.echo(f"  {name:<24}{rows:>8} 行 / rows"),
            )
            if dry_run:
                transaction.rollback()
    except ImportRefusedError as error:
        _show_mistakes(error.mistakes)
        _fail(
            f"{len(error.mistakes)} か所を直してください。何も保存していません。 / Nothing stored."
        )
    except LinkConflictError:
        _fail(
            "電子証明書が別の住民に紐付いています。職員が確かめてください。 / "
            "A certificate belongs to another resident; a person must look at it."
        )
    typer.echo(
        "確認だけで、保存していません。 / Checked only; nothing stored."
        if dry_run
        else "取り込みました。 / Imported."
    )


@app.command()
def sweep(
    hours: Annotated[int, typer.Option(min=1, help="これより古いもの / Older than this.")] = 24,
) -> None:
    """中断した作成の番号を無効にし、古い応答を消す / Void interrupted orders, drop old answers."""
    from datetime import timedelta

    from issuance.app import open_core
    from issuance.database import write
    from issuance.http.store import ANSWER_LIFETIME, forget_requests
    from issuance.wiring import build_parts

    core = open_core(build_parts(_settings()))
    with write(core.parts.engine) as connection:
        before = datetime.now(UTC) - timedelta(hours=hours)
        count = core.closing.sweep(connection, before=before)
        forget_requests(connection, before=min(before, datetime.now(UTC) - ANSWER_LIFETIME))
    typer.echo(f"{count} 件 / orders")


@log_app.command("verify")
def verify_log_command() -> None:
    """発行記録のつながりを確かめる / Check the hash chain of the issue log."""
    from issuance.database import open_engine, write
    from issuance.errors import LogBrokenError
    from issuance.integrity.service import verify_log

    settings = _settings()
    try:
        with write(open_engine(settings.database_url)) as connection:
            count, head = verify_log(connection, settings.municipality_code)
    except LogBrokenError as error:
        _fail(f"{error.entry_no} 番の記録がつながりません。 / Broken at entry {error.entry_no}.")
    typer.echo(f"{count} 件、末尾 / entries, head {head.hex()}")


@breaker_app.command("status")
def breaker_status() -> None:
    """停止しているか / Whether issuing is stopped."""
    from issuance.database import open_engine, read
    from issuance.integrity.store import find_breaker

    settings = _settings()
    with read(open_engine(settings.database_url)) as connection:
        state = find_breaker(connection, settings.municipality_code)
    if state is None:
        typer.echo("動いています。 / Running.")
        return
    typer.echo(f"停止中 / stopped: {state.alarm.value} ({state.tripped_at:%Y-%m-%d %H:%M} UTC)")
    if state.reset_requested_by is not None:
        typer.echo(f"解除の申請者 / reset requested by: {state.reset_requested_by}")


@breaker_app.command("reset")
def breaker_reset(
    operator: Annotated[str, typer.Option(help="職員番号 / Officer number.")],
    reason: Annotated[str, typer.Option(help="理由 / Reason.")],
) -> None:
    """停止を解除する(二人必要) / Release the line; two different people are needed."""
    from issuance.database import open_engine, write
    from issuance.errors import BreakerResetRefusedError
    from issuance.integrity.service import release

    settings = _settings()
    try:
        with write(open_engine(settings.database_url)) as connection:
            runs = release(
                connection,
                settings.municipality_code,
                operator=operator,
                reason=reason,
                now=datetime.now(UTC),
            )
    except BreakerResetRefusedError as error:
        _fail(str(error))
    typer.echo(
        "解除しました。 / Released."
        if runs
        else "申請しました。もう一人の確認が必要です。 / Requested; a second person must confirm."
    )


@revocation_app.command("export")
def export_revocations(output: Output) -> None:
    """署名した失効リストを書き出す / Write the signed revocation list."""
    from issuance.errors import SettingsRefusedError
    from issuance.wiring import export_revocation_list

    settings = _settings()
    try:
        output.write_bytes(export_revocation_list(settings, now=datetime.now(UTC)))
    except SettingsRefusedError as error:
        _fail(str(error))
    typer.echo(str(output))


@trust_app.command("export")
def export_trust(
    output: Output,
    days: Annotated[int, typer.Option(min=1, help="鍵の有効日数 / Days the keys count.")] = 365,
) -> None:
    """署名した信頼リストを書き出す / Write the signed trust list and its signer's public key."""
    from issuance.errors import SettingsRefusedError
    from issuance.wiring import export_trust_list, public_trust_anchor

    settings = _settings()
    anchor = output.with_name(ANCHOR_FILE)
    try:
        output.write_bytes(export_trust_list(settings, now=datetime.now(UTC), days=days))
        anchor.write_bytes(public_trust_anchor(settings))
    except SettingsRefusedError as error:
        _fail(str(error))
    typer.echo(f"{output}\n{anchor}")


def main() -> None:
    """Run the program."""
    app()


def _fail(sentence: str, *, status: int = 1) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(status)


def _settings() -> "IssuanceSettings":
    from pydantic import ValidationError

    from issuance.settings import IssuanceSettings

    try:
        return IssuanceSettings()  # type: ignore[call-arg]  # fields come from the environment
    except ValidationError as error:
        names = [
            f"RISAI_ISSUANCE_{'_'.join(map(str, one['loc']))}".upper() for one in error.errors()
        ]
        _fail(f"設定してください / please set: {', '.join(names)}", status=2)


def _show_mistakes(mistakes: "Sequence[Mistake]") -> None:
    for one in mistakes:
        place = f"{one.file_name}:{one.row or '-'}" + (f" {one.column}" if one.column else "")
        typer.echo(f"{place}\n    {one.ja}\n    {one.en}", err=True)


if __name__ == "__main__":
    main()
