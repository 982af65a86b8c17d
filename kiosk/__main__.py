"""``kiosk``: one machine in front of a gateway that runs somewhere else, and a tester's tools.

Without a command the machine opens; a tester's machine with simulated cards is ``risai demo``.
"""

import typer

from kiosk.machine_command import machine
from kiosk.scenario.coverage_command import coverage
from kiosk.scenario.run_command import run
from kiosk.scenario.schema_command import schema

app = typer.Typer(
    pretty_exceptions_enable=False,  # It would print local variables, a PIN among them.
    invoke_without_command=True,
)
app.callback()(machine)
app.command()(run)
app.command()(coverage)
app.command()(schema)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
