"""``cardsim doctor``: why cards cannot be used here, and the line that mends it."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cardsim.doctor.card_look import CardLook
    from cardsim.doctor.model import Machine, Reader

_PATIENCE_S = 20.0


def doctor(
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    card: Annotated[
        bool,
        typer.Option("--card", help="カードも見る / Look at the card too; read-only, no PIN."),
    ] = False,
    reader: Annotated[str, typer.Option(help="Part of the reader's name, with --card.")] = "",
    polkit_rule: Annotated[
        str, typer.Option(metavar="GROUP", help="Only print a polkit rule for one group.")
    ] = "",
) -> None:
    """カードリーダーの診断 / Examine pcscd, access, readers and drivers; exit 1 if cards fail."""
    from cardsim.errors import BadGroupError, ReaderRefusedError

    if polkit_rule:
        from cardsim.doctor import polkit

        try:
            typer.echo(polkit.polkit_rule(polkit_rule), nl=False)
        except BadGroupError as error:
            raise typer.BadParameter(str(error), param_hint="--polkit-rule") from error
        return
    from datetime import UTC, datetime

    from cardsim.doctor.checks import examine
    from cardsim.doctor.probe import probe
    from cardsim.doctor.report import as_json, as_text, card_as_text, is_well

    machine = probe()
    findings = examine(machine)
    look, refused = None, ""
    if card:
        try:
            look = _look(machine, reader)
        except ReaderRefusedError as error:
            refused = str(error)
    if json:
        typer.echo(as_json(findings, look))
    else:
        typer.echo(as_text(findings))
        if look is not None:
            typer.echo(f"\n{card_as_text(look, datetime.now(UTC))}")
    if refused:
        typer.echo(refused, err=True)
    if refused or not is_well(findings):
        raise typer.Exit(1)


def _look(machine: "Machine", wanted: str) -> "CardLook":
    """Look at the one card that is meant. Raises: ReaderRefusedError."""
    from cardsim.doctor.card_look import check_card_for_tests, check_reader_for_tests, look_at_card
    from cardsim.doctor.pcsc import load_scard, with_card, within
    from cardsim.errors import ReaderRefusedError

    in_ci = bool(os.environ.get("CI"))
    chosen = choose_reader_with_card(machine.readers, wanted)
    check_reader_for_tests(chosen, in_ci=in_ci)
    scard = load_scard()

    def work() -> "CardLook | None":
        return with_card(scard, chosen.name, look_at_card)

    look = within(_PATIENCE_S, work, None)
    if look is None:
        raise ReaderRefusedError("the card gave no answer in time")
    check_card_for_tests(look, in_ci=in_ci)
    return look


def choose_reader_with_card(readers: "tuple[Reader, ...]", wanted: str) -> "Reader":
    """Return the only reader with a card whose name contains ``wanted``.

    Raises: ReaderRefusedError that names the readers.
    """
    from cardsim.errors import ReaderRefusedError

    found = [r for r in readers if r.has_card and wanted.casefold() in r.name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"--reader '{one.name}'" for one in found)
        raise ReaderRefusedError(f"several readers have a card; say which: {names}")
    names = ", ".join(one.name for one in readers) or "none"
    raise ReaderRefusedError(f"no card lies on such a reader; readers: {names}")
