"""``kiosk``: one machine in front of a gateway that runs somewhere else.

A tester's machine with simulated cards is ``risai demo``; this program is the bare machine.
"""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    pretty_exceptions_enable=False,  # It would print local variables, a PIN among them.
    help="マルチコピー機 / The multi-copy machine in front of a gateway.",
)

_GATEWAY_TIMEOUT_S = 30.0
"""Longer than a municipality may take to make ten copies."""


@app.command()
def run(
    gateway: Annotated[str, typer.Option(help="ゲートウェイ / Origin, as http://host:port.")],
    gateway_key: Annotated[
        str, typer.Option(help="応答の鍵 ID=16進 / Key that signs answers, as id=hex.")
    ],
    kiosk_id: Annotated[str, typer.Option(help="端末番号 / Id under which it is enrolled.")],
    key: Annotated[Path, typer.Option(exists=True, help="端末の鍵 / Ed25519 key, PEM.")],
    output: Annotated[Path, typer.Option(help="出力先 / Where sheets come out.")] = Path("out"),
    reader: Annotated[
        str, typer.Option(help="カードリーダー / none, or pcsc[:NAME] with the extra 'pcsc'.")
    ] = "none",
    lang: Annotated[str, typer.Option(help="はじめの言語 / First language: ja or en.")] = "ja",
    english: Annotated[bool, typer.Option("--english", help="As --lang en.")] = False,
    large: Annotated[bool, typer.Option("--large", help="大きな文字 / Large text.")] = False,
    contrast: Annotated[bool, typer.Option("--contrast", help="白黒反転 / High contrast.")] = False,
) -> None:
    """機械を開く / Open the machine."""
    _check_reader(reader)
    if lang not in ("ja", "en"):
        raise typer.BadParameter("ja / en", param_hint="--lang")
    from kiosk.bare_machine import bare_parts, open_machine

    name, _, text = gateway_key.partition("=")
    try:
        public_key = bytes.fromhex(text)
    except ValueError as error:
        raise typer.BadParameter("the gateway's key is written as id=hexadecimal") from error
    parts = bare_parts(
        origin=gateway,
        gateway_keys={name: public_key},
        kiosk_id=kiosk_id,
        key=key,
        output=output,
        timeout_s=_GATEWAY_TIMEOUT_S,
    )
    english = english or lang == "en"
    open_machine(parts, english=english, large=large, contrast=contrast)


def _check_reader(reader: str) -> None:
    """Say how to get what this machine does not have. Raises: typer.BadParameter."""
    hints = {
        "pcsc": "comes with the extra 'pcsc', which this installation does not have",
        "sim": "simulated cards come with: risai demo",
    }
    kind = reader.partition(":")[0]
    if kind != "none":
        raise typer.BadParameter(hints.get(kind, "none / pcsc[:NAME]"), param_hint="--reader")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
