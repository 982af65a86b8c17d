"""``cardsim ctl``: work a running bench from the command line.

Exit status: 0 done, 1 refused or nobody there, 2 wrong usage.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardsim.errors import ControlRefusedError

if TYPE_CHECKING:
    from cardsim.control.bodies import Slot
    from cardsim.control.client import ControlClient

app = typer.Typer(
    pretty_exceptions_enable=False,  # It would print local variables, a PIN among them.
    no_args_is_help=True,
    help="動いている模擬リーダーを操作する / Work a running bench (cardsim serve --control).",
)
faults = typer.Typer(no_args_is_help=True, help="Rules of what goes wrong in a slot.")
app.add_typer(faults, name="fault")

_Slot = Annotated[int, typer.Option("--slot", help="Which slot.", min=0)]
_Json = Annotated[bool, typer.Option("--json", help="For programs.")]
_Persona = Annotated[str, typer.Argument(help="Persona id; see: cardsim personas")]
_File = Annotated[Path | None, typer.Option("--control-file", help="Where address and token lie.")]


@app.command("slots")
def show(as_json: _Json = False, file: _File = None) -> None:
    """Show every slot: whose card is in, tries left, rules."""
    with _bench(file) as bench:
        for slot in bench.slots():
            _print(slot, as_json=as_json)


@app.command()
def insert(
    persona: _Persona,
    slot: _Slot = 0,
    contactless: Annotated[bool, typer.Option("--contactless")] = False,
    as_json: _Json = False,
    file: _File = None,
) -> None:
    """Put a card in; returns when the reader has noticed it."""
    with _bench(file) as bench:
        _print(bench.insert(persona, slot=slot, contactless=contactless), as_json=as_json)


@app.command()
def swap(
    persona: _Persona,
    slot: _Slot = 0,
    contactless: Annotated[bool, typer.Option("--contactless")] = False,
    as_json: _Json = False,
    file: _File = None,
) -> None:
    """Take out what is in and put another card in."""
    with _bench(file) as bench:
        done = bench.insert(persona, slot=slot, contactless=contactless, swap=True)
        _print(done, as_json=as_json)


@app.command()
def remove(slot: _Slot = 0, as_json: _Json = False, file: _File = None) -> None:
    """Take the card out, whatever it is doing."""
    with _bench(file) as bench:
        _print(bench.remove(slot=slot), as_json=as_json)


@app.command()
def unblock(
    pin: Annotated[str, typer.Argument(help="auth, sign or profile")],
    slot: _Slot = 0,
    as_json: _Json = False,
    file: _File = None,
) -> None:
    """Give a PIN its tries back, as the municipal office does."""
    with _bench(file) as bench:
        _print(bench.unblock(pin, slot=slot), as_json=as_json)


@app.command()
def revoke(persona: _Persona, file: _File = None) -> None:
    """Revoke a persona's certificate; OCSP says so at once."""
    with _bench(file) as bench:
        bench.revoke(persona)
        typer.echo(f"{persona}: revoked")


@app.command()
def unrevoke(persona: _Persona, file: _File = None) -> None:
    """Take a revocation back, which only a simulator can."""
    with _bench(file) as bench:
        bench.unrevoke(persona)
        typer.echo(f"{persona}: good")


@app.command()
def trace(
    slot: _Slot = 0,
    vector: Annotated[
        bool, typer.Option("--vector", help="In the form that cardsim replay takes.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Begin anew afterwards.")] = False,
    file: _File = None,
) -> None:
    """Print what went between reader and card; PINs are replaced by their names."""
    with _bench(file) as bench:
        if vector:
            typer.echo(bench.vector(slot=slot), nl=False)
        else:
            typer.echo("\n".join(bench.trace(slot=slot).lines))
        if forget:
            bench.forget_trace(slot=slot)


@faults.command("add")
def add_fault(
    rule: Annotated[list[str], typer.Argument(help="WHEN WHAT [after=N] [times=N]")],
    slot: _Slot = 0,
    as_json: _Json = False,
    file: _File = None,
) -> None:
    """Put a rule to work: sign 6581 · read cut after=2 · first 6F00 times=1 · any delay=300."""
    with _bench(file) as bench:
        _print(bench.add_fault(" ".join(rule), slot=slot), as_json=as_json)


@faults.command("clear")
def clear_faults(slot: _Slot = 0, as_json: _Json = False, file: _File = None) -> None:
    """Take all rules of a slot away."""
    with _bench(file) as bench:
        _print(bench.clear_faults(slot=slot), as_json=as_json)


@contextmanager
def _bench(file: Path | None) -> "Iterator[ControlClient]":
    from cardsim.control.address import default_path, load_address
    from cardsim.control.client import ControlClient

    try:
        with ControlClient(load_address(file or default_path())) as client:
            yield client
    except ControlRefusedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _print(slot: "Slot", *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(slot.model_dump(), ensure_ascii=False))
        return
    tries = " ".join(f"{name} {left}" for name, left in slot.tries_left.items())
    state = "in" if slot.adopted else "waiting for a reader"
    card = f"{slot.persona} ({state}); tries left: {tries}" if slot.persona else "empty"
    typer.echo(f"slot {slot.number}: {card}")
    for rule in slot.rules:
        typer.echo(f"        rule: {rule}")
