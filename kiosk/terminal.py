"""The terminal that the machine is drawn on, and its end.

Who closes a terminal window sends a signal that does not reach everybody: ``make`` does not hand
it on. Textual would then wait for keys for ever, and take a whole processor for it.
"""

import errno
import sys
import termios

from textual.app import App

LOOK_EVERY_S = 1.0
HUNG_UP = 129
"""Exit code: what a shell says of a program that a hang-up has ended."""


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


def end_as(app: App[None]) -> None:
    """Leave the program when the app did not end by itself. Raises: SystemExit."""
    if app.return_code:
        raise SystemExit(app.return_code)
