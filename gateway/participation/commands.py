"""``gateway kiosks``: which machines may speak to the gateway, and with which keys."""

from typing import Annotated

import typer

from gateway.command_line import opened_connection, refusals

kiosks_app = typer.Typer(help="キオスク端末 / Kiosks and their keys.", no_args_is_help=True)

OperatorOption = Annotated[str, typer.Option("--operator", help="コンビニ事業者 / Operator.")]


@kiosks_app.command("enrol")
def enrol_kiosk(
    kiosk_id: Annotated[str, typer.Argument(help="端末 ID / Kiosk id, also its key id.")],
    operator: OperatorOption,
    store: Annotated[str, typer.Option(help="店舗 / Store.")],
    public_key: Annotated[str, typer.Option(help="公開鍵 / Ed25519 public key, hexadecimal.")],
) -> None:
    """端末を登録する / Let a kiosk speak to the gateway."""
    from gateway.participation.kiosks import enrol
    from gateway.participation.model import Kiosk
    from gateway.wiring import utc_now

    try:
        raw = bytes.fromhex(public_key)
    except ValueError:
        raise typer.BadParameter("hexadecimal") from None
    with refusals(), opened_connection() as connection:
        enrol(connection, Kiosk(kiosk_id, operator, store, kiosk_id, raw), now=utc_now())
    typer.echo(f"登録 / enrolled: {kiosk_id}")


@kiosks_app.command("revoke")
def revoke_kiosk(kiosk_id: Annotated[str, typer.Argument(help="端末 ID / Kiosk id.")]) -> None:
    """端末を失効させる / Stop a kiosk for good."""
    from gateway.participation.kiosks import revoke
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        revoke(connection, kiosk_id, now=utc_now())
    typer.echo(f"失効 / revoked: {kiosk_id}")


@kiosks_app.command("list")
def show_kiosks() -> None:
    """登録済みの端末 / Enrolled kiosks."""
    from gateway.participation.kiosks import list_kiosks

    with opened_connection() as connection:
        for kiosk in list_kiosks(connection):
            state = "revoked" if kiosk.revoked else "active"
            typer.echo(f"{kiosk.kiosk_id} {kiosk.operator} {kiosk.store} {state}")
