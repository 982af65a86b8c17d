"""The terminal that the machine is drawn on: there must be one, and the machine ends with it.

Who closes a terminal window sends a signal that does not reach everybody: ``make`` does not hand
it on. Textual would then wait for keys for ever, and take a whole processor for it.
"""

import errno
import sys
import termios

import typer
from textual.app import App

LOOK_EVERY_S = 1.0
USAGE, HUNG_UP = 2, 129
"""Exit codes: of a wrong call; of a program that a hang-up has ended, as a shell says it."""
NO_TERMINAL = (
    "the machine is drawn on a terminal and takes its keys from there, "
    "but standard input or standard error is none; "
    "start it in a terminal without redirecting them, "
    "or let scenarios use it: kiosk run FILE --headless"
)


def leave_with_terminal(app: App[None]) -> None:
    """Let the app end within moments when its terminal is gone."""
    if app.is_headless or sys.__stdin__ is None:
        return
    descriptor = sys.__stdin__.fileno()

    def look() -> None:
        if is_hung_up(descriptor):
            app.exit(return_code=HUNG_UP)

    app.set_interval(LOOK_EVERY_S, look)


def is_hung_up(descriptor: int) -> bool:
    """Say whether a terminal is gone; what never was one is not."""
    try:
        termios.tcgetattr(descriptor)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False


def run_on_terminal(app: App[None]) -> None:
    """Open the app until it ends. Raises: SystemExit where there is no terminal to open it on."""
    if not all(stream and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        typer.echo(NO_TERMINAL, err=True)
        raise SystemExit(USAGE)
    app.run()


def end_as(app: App[None]) -> None:
    """Leave the program when the app did not end by itself. Raises: SystemExit."""
    if app.return_code:
        raise SystemExit(app.return_code)
