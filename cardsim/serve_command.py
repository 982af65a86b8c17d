"""``cardsim serve``: personas' cards in a virtual reader, until Ctrl+C."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardsim.errors import CardSimError

if TYPE_CHECKING:
    from cardsim.control.bench import CardBench

_CONTROL_PORT = 8640


def serve(
    personas: Annotated[
        list[str] | None, typer.Argument(help="Personas whose cards go in, one a slot.")
    ] = None,
    slot: Annotated[
        list[int] | None,
        typer.Option(help="Slot of each persona in turn, 0 first; more slots stay empty.", min=0),
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="File that keeps PINs and counters over restarts.")
    ] = None,
    authority: Annotated[
        Path | None, typer.Option(help="Folder of the cards' authority; made when not there.")
    ] = None,
    contactless: Annotated[
        bool, typer.Option("--contactless", help="Answer with the contactless ATR.")
    ] = False,
    host: Annotated[str, typer.Option(help="Where vpcd listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of slot 0; slot n has this plus n.")] = 0x8C7B,
    control: Annotated[
        bool, typer.Option("--control", help="Offer the control API on loopback (cardsim ctl).")
    ] = False,
    control_port: Annotated[int, typer.Option(help="Port of the control API.")] = _CONTROL_PORT,
    control_file: Annotated[
        Path | None, typer.Option(help="File for its address and token, for its owner only.")
    ] = None,
) -> None:
    """Put personas' cards into the slots of a virtual reader (pcscd with vsmartcard-vpcd).

    cardsim serve resident
    cardsim serve resident revoked --state cards.json
    cardsim serve --slot 0 --slot 1 --control
    """
    from cardsim.control.bench import CardBench
    from cardsim.persona import load_personas
    from cardsim.serving import CardDrawer, open_authority, open_slots

    seats, slots = _seats(personas or [], slot or [])
    now = datetime.now(UTC)
    try:
        bench = CardBench(
            open_slots(slots, host=host, first_port=port, report=_Told()),
            CardDrawer(open_authority(authority, now), state=state, now=lambda: datetime.now(UTC)),
            load_personas(),
        )
        for number, persona in seats.items():
            bench.offer(number, persona, contactless=contactless)
            typer.echo(f"slot {number}: {persona} ({bench.persona(persona).title_en})")
    except CardSimError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    try:
        if control:
            _serve_control(bench, control_port, control_file)
        else:
            threading.Event().wait()
    except KeyboardInterrupt:
        typer.echo("removing the cards", err=True)
    finally:
        bench.close()


def _seats(personas: list[str], slots: list[int]) -> tuple[dict[int, str], tuple[int, ...]]:
    """Return who goes into which slot, and all slots."""
    numbers = tuple(slots) or tuple(range(max(1, len(personas))))
    if len(set(numbers)) != len(numbers):
        raise typer.BadParameter("a slot is named twice", param_hint="--slot")
    if len(numbers) < len(personas):
        raise typer.BadParameter(
            f"{len(personas)} personas need as many slots", param_hint="--slot"
        )
    return dict(zip(numbers, personas, strict=False)), numbers


class _Told:
    """Says each thing once: a reader that is not there is not there every second."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            typer.echo(words, err=True)


def _serve_control(bench: "CardBench", port: int, file: Path | None) -> None:
    import uvicorn

    from cardsim.control.address import Address, default_path
    from cardsim.control.app import create_control_app

    address, path = Address.fresh(f"http://127.0.0.1:{port}"), file or default_path()
    config = uvicorn.Config(
        create_control_app(bench, address.token),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
    )
    address.save(path)
    typer.echo(f"control: {address.url}, token in {path}")
    try:
        uvicorn.Server(config).run()
    finally:
        path.unlink(missing_ok=True)
