"""A tester's machine from the command line: finds a town, opens it, says where everything is."""

from pathlib import Path

import typer

from kiosk.tester.errors import NoWorldError
from kiosk.tester.opening import Session, fresh_folder, open_session
from kiosk.tester.ports import OpenWorld, World


def run_session(
    open_world: OpenWorld, session: Session, *, reader: str = "sim", folder: Path | None = None
) -> None:
    """Open a town and the machine in it until it is closed; a given folder keeps what it holds.

    Raises: NoWorldError; OSError when the recording cannot be written.
    """
    typer.echo("町を開いています / opening the town")
    world = open_world(folder or fresh_folder(), hurried=False, reader=reader)
    try:
        _check_card(world, session.card)
        saved = open_session(world, session)
    finally:
        world.close()
    typer.echo(f"証明書の出力先 / certificates: {world.parts.output}")
    if saved is not None:
        typer.echo(f"記録 / recorded: {saved}")
        typer.echo(f"動かす / run it: kiosk run {saved}")


def _check_card(world: World, card: str) -> None:
    """Refuse a card that nobody holds. Raises: typer.BadParameter."""
    tray = world.parts.tray
    known = [one.id for one in tray.cards()] if tray is not None else []
    if card and card not in known:
        raise typer.BadParameter(f"{card!r} is none of {', '.join(known)}", param_hint="--card")


def run_session_of_installation(session: Session, *, reader: str) -> None:
    """Do so in the town that this installation has, or say how to get one.

    Raises: typer.BadParameter.
    """
    from kiosk.scenario.worlds import find_open_world

    try:
        run_session(find_open_world(), session, reader="sim" if reader == "none" else reader)
    except NoWorldError as error:
        raise typer.BadParameter(str(error), param_hint="--tester / --record") from error
