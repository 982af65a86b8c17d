"""``risai``: a whole town in one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from launcher.embedded import Town
    from launcher.state import StateFolder

app = typer.Typer(
    pretty_exceptions_enable=False,  # It would print local variables, a PIN among them.
    no_args_is_help=True,
    help="罹災証明書をコンビニで / Disaster-victim certificates at the kiosk: the demo town.",
)


@app.command()
def demo(
    state: Annotated[
        Path | None, typer.Option(help="デモの保存先 / Folder of the demo's keys and data.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="証明書の出力先 / Where certificates come out.")
    ] = None,
    card: Annotated[
        str, typer.Option(help="手もとのカード / Card in the hand (cardsim personas).")
    ] = "resident",
    english: Annotated[bool, typer.Option("--english", help="Start in English.")] = False,
    large: Annotated[bool, typer.Option("--large", help="大きな文字 / Large text.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="はじめから作り直す / Start afresh.")
    ] = False,
    serve: Annotated[
        bool,
        typer.Option("--serve", help="別プロセスで動かす / Gateway and core as HTTP servers."),
    ] = False,
    reader: Annotated[
        str, typer.Option(help="カードリーダー / sim, or pcsc[:NAME]; see docs/READERS.md.")
    ] = "sim",
    allow_last_try: Annotated[
        bool,
        typer.Option(
            "--allow-last-try", help="最後の１回も使う / With pcsc: use a card's last try."
        ),
    ] = False,
    tester: Annotated[
        bool, typer.Option("--tester", help="試験の枠と操作盤 / With the tester's frame and panel.")
    ] = False,
    record: Annotated[
        Path | None, typer.Option(help="操作の記録 / Record everything to a scenario file.")
    ] = None,
) -> None:
    """見本市とキオスクを開く / Open the demo town and the kiosk."""
    import shutil

    root = state.resolve() if state else None
    if fresh and root is not None and root.exists():
        shutil.rmtree(root)
    if tester or record is not None:
        _refuse_for_testers(serve=serve, output=output, reader=reader)
        _open_for_testers(root, card, english=english, large=large, tester=tester, record=record)
        return
    from kiosk.reader_option import open_reader_of_demo
    from launcher.demo import kiosk_parts, log_to_file, run_kiosk
    from launcher.state import StateFolder

    pcsc = open_reader_of_demo(reader, allow_last_try=allow_last_try)
    folder = StateFolder(root) if root else StateFolder.default()
    if fresh and folder.root.exists():
        shutil.rmtree(folder.root)
    folder.prepare()
    log_to_file(folder.root / "core.log")
    out = output.resolve() if output else folder.tray
    with _opened_town(folder, serve=serve) as town:
        parts = kiosk_parts(town, card=card, output=out, reader=pcsc)
        typer.echo("キオスクを開きます / opening the kiosk")
        run_kiosk(parts, english=english, large=large)
    typer.echo(f"証明書の出力先 / certificates: {out}")
    lists = f"--trust-list {folder.trust_list} --revocation-list {folder.root / 'revoked.list'}"
    typer.echo(f"確かめる / check one: issuance verify FILE {lists}")


def _refuse_for_testers(*, serve: bool, output: Path | None, reader: str) -> None:
    """Refuse what a town that can be broken cannot have. Raises: typer.BadParameter."""
    if serve:
        raise typer.BadParameter("a tester's town runs in one process", param_hint="--serve")
    if output is not None:
        raise typer.BadParameter("a tester's sheets stay in the town", param_hint="--output")
    if reader != "sim":
        raise typer.BadParameter("a tester's town has its own reader", param_hint="--reader")


def _open_for_testers(
    root: Path | None, card: str, *, english: bool, large: bool, tester: bool, record: Path | None
) -> None:
    from gateway.wire.bodies import Locale
    from kiosk.tester.opening import Session
    from kiosk.tester.session_command import run_session
    from launcher.world import open_world

    locale = Locale.ENGLISH if english else Locale.JAPANESE
    session = Session(locale, large, card=card, with_panel=tester, record=record)
    run_session(open_world, session, folder=root)


@app.command()
def errors() -> None:
    """エラー一覧 / Print the catalogue of errors (Markdown)."""
    from launcher.error_catalogue import error_catalogue

    typer.echo(error_catalogue(), nl=False)


@app.command()
def dials() -> None:
    """故障の一覧 / Print what a tester can turn (Markdown)."""
    from launcher.dial_catalogue import dial_table

    typer.echo(dial_table(), nl=False)


@contextmanager
def _opened_town(folder: "StateFolder", *, serve: bool) -> "Iterator[Town]":
    """Open the town in this process, or as programs that end with it."""
    if not serve:
        from launcher.embedded import open_embedded_town

        yield open_embedded_town(folder, report=typer.echo)
        return
    from launcher.programs import open_served_town

    served = open_served_town(folder, report=typer.echo)
    try:
        served.start()
        typer.echo(f"ゲートウェイ / gateway {served.gateway.origin} (API: /docs)")
        typer.echo(f"証明書発行システム / issuance core {served.core.origin}")
        yield served.for_kiosk()
    finally:
        served.stop()


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
