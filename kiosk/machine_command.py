"""Opening the machine from the command line: its options, and what it says when one is missing."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.wire.bodies import Locale
from kiosk.reader_option import is_pcsc, open_pcsc_reader

_GATEWAY_TIMEOUT_S = 30.0
"""Longer than a municipality may take to make ten copies."""


def machine(
    context: typer.Context,
    gateway: Annotated[
        str | None, typer.Option(help="ゲートウェイ / Origin, as http://host:port.")
    ] = None,
    gateway_key: Annotated[
        str | None, typer.Option(help="応答の鍵 ID=16進 / Key that signs answers, as id=hex.")
    ] = None,
    kiosk_id: Annotated[
        str | None, typer.Option(help="端末番号 / Id under which it is enrolled.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(exists=True, help="端末の鍵 / Ed25519 key, PEM.")
    ] = None,
    output: Annotated[Path, typer.Option(help="出力先 / Where sheets come out.")] = Path("out"),
    reader: Annotated[
        str, typer.Option(help="カードリーダー / none, or pcsc[:NAME] with the extra 'pcsc'.")
    ] = "none",
    allow_last_try: Annotated[
        bool,
        typer.Option(
            "--allow-last-try", help="最後の１回も使う / Use a card's last try, which may lock it."
        ),
    ] = False,
    lang: Annotated[str, typer.Option(help="はじめの言語 / First language: ja or en.")] = "ja",
    english: Annotated[bool, typer.Option("--english", help="As --lang en.")] = False,
    large: Annotated[bool, typer.Option("--large", help="大きな文字 / Large text.")] = False,
    contrast: Annotated[bool, typer.Option("--contrast", help="白黒反転 / High contrast.")] = False,
    tester: Annotated[
        bool,
        typer.Option("--tester", help="試験の枠と操作盤 / In a town, with the tester's panel."),
    ] = False,
    record: Annotated[
        Path | None, typer.Option(help="操作の記録 / In a town, recording to a scenario file.")
    ] = None,
) -> None:
    """マルチコピー機 / The multi-copy machine: without a command, the machine itself opens."""
    if context.invoked_subcommand is not None:
        return
    if lang not in ("ja", "en"):
        raise typer.BadParameter("ja / en", param_hint="--lang")
    english = english or lang == "en"
    if tester or record is not None:
        _check_alone(gateway)
        from kiosk.tester.opening import Session
        from kiosk.tester.session_command import run_session_of_installation

        locale = Locale.ENGLISH if english else Locale.JAPANESE
        session = Session(locale, large, contrast, with_panel=tester, record=record)
        run_session_of_installation(session, reader=reader)
        return
    _check_reader(reader)
    from kiosk.bare_machine import NoReader, bare_parts, open_machine

    origin = _needed(gateway, "--gateway")
    name, public_key = _gateway_key(_needed(gateway_key, "--gateway-key"))
    key_file = Path(_needed(key, "--key"))
    name_on_gateway = _needed(kiosk_id, "--kiosk-id")
    parts = bare_parts(
        origin=origin,
        gateway_keys={name: public_key},
        kiosk_id=name_on_gateway,
        key=key_file,
        output=output,
        timeout_s=_GATEWAY_TIMEOUT_S,
        reader=open_pcsc_reader(reader, allow_last_try=allow_last_try)
        if is_pcsc(reader)
        else NoReader(),
    )
    open_machine(parts, english=english, large=large, contrast=contrast)


def _check_alone(gateway: str | None) -> None:
    """Refuse a gateway for a machine that brings its own town. Raises: typer.BadParameter."""
    if gateway is not None:
        raise typer.BadParameter(
            "a tester's machine stands in a town of its own; leave it out", param_hint="--gateway"
        )


def _needed(value: str | Path | None, option: str) -> str:
    """Return an option that a machine cannot do without. Raises: typer.BadParameter."""
    if value is None:
        raise typer.BadParameter(
            "missing; a machine that stands alone needs it (with a whole town: risai demo)",
            param_hint=option,
        )
    return str(value)


def _gateway_key(text: str) -> tuple[str, bytes]:
    """Return name and bytes of the gateway's key. Raises: typer.BadParameter."""
    name, _, digits = text.partition("=")
    try:
        return name, bytes.fromhex(digits)
    except ValueError as error:
        raise typer.BadParameter("the gateway's key is written as id=hexadecimal") from error


def _check_reader(reader: str) -> None:
    """Say how to get what this machine does not have. Raises: typer.BadParameter."""
    if reader == "none" or is_pcsc(reader):
        return
    hint = "simulated cards come with: risai demo" if reader == "sim" else "none / pcsc[:NAME]"
    raise typer.BadParameter(hint, param_hint="--reader")
