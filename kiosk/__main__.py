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
    reader: Annotated[str, typer.Option(help="カードリーダー / none (pcsc comes later).")] = "none",
    english: Annotated[bool, typer.Option("--english", help="Start in English.")] = False,
    large: Annotated[bool, typer.Option("--large", help="大きな文字 / Large text.")] = False,
) -> None:
    """機械を開く / Open the machine."""
    from kiosk.bare_machine import bare_parts, open_machine

    if reader != "none":
        raise typer.BadParameter("only 'none' for now; simulated cards: risai demo")
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
    open_machine(parts, english=english, large=large)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
