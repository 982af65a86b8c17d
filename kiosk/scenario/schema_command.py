"""``kiosk schema``: the JSON schema of scenario files."""

import typer


def schema() -> None:
    """シナリオの型 / Print the JSON schema of scenario files."""
    from kiosk.scenario.json_schema import schema_text

    typer.echo(schema_text(), nl=False)
