"""``gateway kiosks``: operators, stores and machines, and the keys with which they sign."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.command_line import opened_connection, refusals

if TYPE_CHECKING:
    from gateway.participation.kiosks import KioskKey

kiosks_app = typer.Typer(
    help="事業者・店舗・キオスク端末と鍵 / Operators, stores, kiosks and their keys.",
    no_args_is_help=True,
)

MAX_HOURS = 24 * 365
"""More is refused by the rule of the overlap anyway."""

OperatorOption = Annotated[str, typer.Option("--operator", help="コンビニ事業者 / Operator.")]
StoreOption = Annotated[str, typer.Option(help="店舗 / Store.")]
AnyStoreOption = Annotated[
    str | None,
    typer.Option("--store", help="店舗（省くと事業者） / Store; without it the operator."),
]
KeyOption = Annotated[str, typer.Option(help="公開鍵 / Ed25519 public key, 64 hexadecimal digits.")]
KioskArgument = Annotated[str, typer.Argument(metavar="KIOSK", help="端末 ID / Kiosk id.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON で出力 / As JSON.")]


@kiosks_app.command("enrol")
def enrol_kiosk(
    kiosk_id: Annotated[
        str, typer.Argument(metavar="KIOSK", help="端末 ID / Kiosk id, also its key id.")
    ],
    operator: OperatorOption,
    store: StoreOption,
    public_key: KeyOption,
) -> None:
    """端末を登録する / Let a kiosk speak; operator and store are enrolled with it."""
    from gateway.participation.kiosks import enrol
    from gateway.participation.model import Kiosk
    from gateway.wiring import utc_now

    raw = _raw(public_key)
    with refusals(), opened_connection() as connection:
        enrol(connection, Kiosk(kiosk_id, operator, store, kiosk_id, raw), now=utc_now())
    typer.echo(f"登録 / enrolled: {kiosk_id}")


@kiosks_app.command("roll")
def roll_kiosk_key(
    kiosk_id: KioskArgument,
    key_id: Annotated[str, typer.Option(help="新しい鍵の ID / Id of the new key.")],
    public_key: KeyOption,
    overlap_hours: Annotated[
        int,
        typer.Option(
            min=0, max=MAX_HOURS, help="古い鍵も使える時間 / Hours in which old keys work too."
        ),
    ] = 24,
) -> None:
    """鍵を更新する / Give a kiosk a new key; the old one works a while longer."""
    from datetime import timedelta

    from gateway.participation.kiosks import KioskKey, roll_key
    from gateway.wiring import utc_now

    now = utc_now()
    key = KioskKey(kiosk_id, key_id, _raw(public_key), now)
    with refusals(), opened_connection() as connection:
        keys = roll_key(connection, key, overlap=timedelta(hours=overlap_hours), now=now)
    for one in keys:
        typer.echo(_key_line(one))


@kiosks_app.command("revoke")
def revoke_kiosk(kiosk_id: KioskArgument) -> None:
    """端末を失効させる / Stop a kiosk for good."""
    from gateway.participation.kiosks import revoke
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        revoke(connection, kiosk_id, now=utc_now())
    typer.echo(f"失効 / revoked: {kiosk_id}")


@kiosks_app.command("revoke-key")
def revoke_kiosk_key(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="鍵 ID / Key id.")],
) -> None:
    """鍵を一つ失効させる / Stop one key at once."""
    from gateway.participation.kiosks import revoke_key
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        revoke_key(connection, key_id, now=utc_now())
    typer.echo(f"失効 / revoked: {key_id}")


@kiosks_app.command("enrol-place")
def enrol_operator_or_store(
    operator: OperatorOption,
    store: AnyStoreOption = None,
    name: Annotated[str, typer.Option(help="名称 / Name that people read.")] = "",
) -> None:
    """事業者または店舗を登録する / Enrol an operator or one of its stores."""
    from gateway.participation.operators import enrol_place
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        enrol_place(connection, operator, store, name=name, now=utc_now())
    typer.echo(f"登録 / enrolled: {operator} {store or ''}".rstrip())


@kiosks_app.command("revoke-place")
def revoke_operator_or_store(operator: OperatorOption, store: AnyStoreOption = None) -> None:
    """事業者または店舗の全端末を止める / Stop every kiosk of an operator or of a store."""
    from gateway.participation.operators import revoke_place
    from gateway.wiring import utc_now

    with refusals(), opened_connection() as connection:
        revoke_place(connection, operator, store, now=utc_now())
    typer.echo(f"失効 / revoked: {operator} {store or ''}".rstrip())


@kiosks_app.command("list")
def show_kiosks(as_json: JsonOption = False) -> None:
    """登録済みの事業者・店舗・端末・鍵 / Who is enrolled, with keys."""
    from dataclasses import asdict

    from gateway.participation.kiosks import list_keys, list_kiosks
    from gateway.participation.operators import list_places

    with opened_connection() as connection:
        places, kiosks, keys = (
            list_places(connection),
            list_kiosks(connection),
            list_keys(connection),
        )
    if as_json:
        told = {
            "places": [asdict(one) for one in places],
            "kiosks": [asdict(one) | {"public_key": one.public_key.hex()} for one in kiosks],
            "keys": [asdict(one) | {"public_key": one.public_key.hex()} for one in keys],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    if not places and not kiosks:
        typer.echo(
            "コマンドでの登録はありません。参加ファイルの端末は gateway check が数えます。 / "
            "Nothing was enrolled by command; gateway check counts the participation file's kiosks."
        )
    for place in places:
        state = "revoked" if place.is_revoked else "active"
        what = "事業者 / operator" if place.store is None else "店舗 / store"
        typer.echo(f"{what}: {place.operator} {place.store or ''} {place.name} {state}")
    closed = {(place.operator, place.store) for place in places if place.is_revoked}
    for kiosk in kiosks:
        at_closed = {(kiosk.operator, None), (kiosk.operator, kiosk.store)} & closed
        state = "revoked" if kiosk.revoked else "stopped with its place" if at_closed else "active"
        typer.echo(f"{kiosk.kiosk_id} {kiosk.operator} {kiosk.store} {state}")
        for key in keys:
            if key.kiosk_id == kiosk.kiosk_id:
                typer.echo("  " + _key_line(key))


def _key_line(key: "KioskKey") -> str:
    until = "" if key.valid_until is None else f"{key.valid_until:%Y-%m-%dT%H:%MZ}"
    return f"鍵 / key {key.key_id} {key.valid_from:%Y-%m-%dT%H:%MZ} - {until}".rstrip()


def _raw(public_key: str) -> bytes:
    try:
        return bytes.fromhex(public_key)
    except ValueError:
        raise typer.BadParameter("64 hexadecimal digits", param_hint="--public-key") from None
