"""``cardsim``: look at personas and talk to their cards."""

from datetime import UTC, datetime

import typer

app = typer.Typer(no_args_is_help=True, help="Simulated My Number cards of invented persons.")


@app.command()
def personas() -> None:
    """List the personas and what each one shows."""
    from cardsim.persona import load_personas

    for persona in load_personas():
        typer.echo(
            f"{persona.number:>2}  {persona.id:<20} {persona.title_ja:　<6} {persona.shows_ja}"
        )
        typer.echo(f"{'':26}{persona.shows_en}")


@app.command()
def apdu(persona: str, commands: list[str]) -> None:
    """Send COMMANDS (hexadecimal APDUs) to a fresh card of PERSONA and print the answers."""
    from cardsim.card import Card
    from cardsim.persona import load_personas
    from cardsim.pins import MemoryStore
    from cardsim.pki.authority import DemoAuthority
    from cardsim.trace import describe, redact

    found = {known.id: known for known in load_personas()}.get(persona)
    if found is None:
        raise typer.BadParameter(f"no persona {persona}; see: cardsim personas")
    now = datetime.now(UTC)
    card = Card(DemoAuthority.create(now).issue_card(found, now), MemoryStore())
    typer.echo(f"ATR {card.power_on().hex().upper()}")
    for text in commands:
        try:
            raw = bytes.fromhex(text)
        except ValueError as error:
            raise typer.BadParameter("an APDU is written in hexadecimal digits") from error
        response = card.transmit(raw)
        typer.echo(f"> {redact(raw)}\n< {response.hex().upper()}\n  {describe(raw, response)}")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
