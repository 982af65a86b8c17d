"""``cardsim``: look at personas and talk to their cards."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardsim.control.commands import app as control
from cardsim.doctor.command import doctor
from cardsim.serve_command import serve

if TYPE_CHECKING:
    from cardsim.persona import Persona

app = typer.Typer(
    pretty_exceptions_enable=False,  # It would print local variables, a PIN among them.
    no_args_is_help=True,
    help="模擬マイナンバーカード / Simulated My Number cards of invented persons.",
)
app.command()(serve)
app.command()(doctor)
app.add_typer(control, name="ctl")
_PERSONA = typer.Argument(help="Persona id; see: cardsim personas")
_COMMANDS = typer.Argument(help="APDUs in hexadecimal, one per argument", metavar="HEX...")


@app.command()
def personas() -> None:
    """List the personas and what each one shows."""
    from cardsim.persona import load_personas

    for persona in load_personas():
        typer.echo(f"{persona.number:>2}  {persona.id:<20} {persona.title_ja} / {persona.title_en}")
        typer.echo(f"{'':25}{persona.shows_ja}")
        typer.echo(f"{'':25}{persona.shows_en}")


@app.command()
def show(persona: Annotated[str, _PERSONA]) -> None:
    """Show one persona and what her card holds, PINs included: she is invented."""
    found = _find(persona)
    card = "contactless / 非接触" if found.contactless else "contact / 接触"
    rows = (
        ("見せるもの / shows", found.shows_ja),
        ("", found.shows_en),
        ("氏名 / name", f"{found.name}（{found.kana}）"),
        ("生年月日 / born", found.birth_date.isoformat()),
        ("性別 / sex", {"1": "男 / male", "2": "女 / female"}[found.sex]),
        ("住所 / address", found.address),
        ("市区町村 / municipality", found.municipality_code),
        ("宛名番号 / resident id", found.resident_id),
        ("利用者証明用PIN / auth PIN", _pin(found.auth_pin, found.auth_tries_left)),
        ("署名用PIN / sign PIN", _pin(found.sign_pin, found.sign_tries_left)),
        ("入力補助用PIN / profile PIN", _pin(found.profile_pin, found.profile_tries_left)),
        ("電子証明書 / certificate", found.certificate.value),
        ("自治体の登録 / linked", "あり / yes" if found.linked else "なし / no"),
        ("カード / card", card),
    )
    typer.echo(f"{found.id}: {found.title_ja} / {found.title_en}")
    for label, value in rows:
        typer.echo(f"  {_pad(label, 28)} {value}")


@app.command()
def apdu(persona: Annotated[str, _PERSONA], commands: Annotated[list[str], _COMMANDS]) -> None:
    """Send commands to a fresh card of PERSONA and print what it answers, PINs blacked out."""
    from datetime import UTC, datetime

    from cardsim.card import Card
    from cardsim.pins import MemoryStore
    from cardsim.pki.authority import DemoAuthority
    from cardsim.trace import describe, redact

    found = _find(persona)
    raw_commands = [_parse_hex(text) for text in commands]
    now = datetime.now(UTC)
    card = Card(DemoAuthority.create(now).issue_card(found, now), MemoryStore())
    typer.echo(f"ATR {card.power_on().hex().upper()}")
    for raw in raw_commands:
        response = card.transmit(raw)
        typer.echo(f"> {redact(raw)}\n< {response.hex().upper()}\n  {describe(raw, response)}")


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A recorded trace.")],
    persona: Annotated[str, typer.Option(help="Persona whose fresh card answers.")] = "resident",
) -> None:
    """Hold a recorded conversation with a fresh card; exit 1 where the card says another thing."""
    from datetime import UTC, datetime

    from cardsim.card import Card
    from cardsim.errors import VectorFileError
    from cardsim.pins import MemoryStore
    from cardsim.pki.authority import DemoAuthority
    from cardsim.replay import parse_vector, replay

    found, now = _find(persona), datetime.now(UTC)
    card = Card(DemoAuthority.create(now).issue_card(found, now), MemoryStore())
    pins = {
        "auth": found.auth_pin.encode(),
        "sign": found.sign_pin.encode(),
        "profile": found.profile_pin.encode(),
    }
    try:
        steps = parse_vector(file.read_text(encoding="utf-8"))
        differences = list(replay(steps, card, pins))
    except (VectorFileError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file.name}: {error}") from error
    for difference in differences:
        typer.echo(f"{file.name} {difference}")
    typer.echo(f"{len(steps)} steps, {len(differences)} different")
    raise typer.Exit(1 if differences else 0)


def _find(persona_id: str) -> "Persona":
    from cardsim.persona import load_personas

    known = {persona.id: persona for persona in load_personas()}
    if persona_id not in known:
        raise typer.BadParameter(f"no persona {persona_id}; known: {', '.join(known)}")
    return known[persona_id]


def _parse_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise typer.BadParameter("an APDU is written in hexadecimal digits") from error


def _pin(value: str, tries_left: int) -> str:
    return f"{value}  （残り{tries_left}回 / {tries_left} tries left）"


def _pad(label: str, columns: int) -> str:
    """Return the label filled to a width in which a Japanese character takes two columns."""
    wide = sum(not character.isascii() for character in label)
    return label + " " * (columns - len(label) - wide)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
