"""What ``--reader`` may say, and the reader that it means."""

import os
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from kiosk.card.pcsc import PcscReader

PCSC = "pcsc"


def is_pcsc(reader: str) -> bool:
    """Say whether a reader over PC/SC is asked for: ``pcsc`` or ``pcsc:NAME``."""
    return reader.partition(":")[0] == PCSC


def open_pcsc_reader(reader: str, *, allow_last_try: bool) -> "PcscReader":
    """Return the reader that ``pcsc[:NAME]`` means, seen to be there.

    Raises: typer.BadParameter, which says what is missing and how to mend it.
    """
    from kiosk.card.pcsc import PcscReader
    from kiosk.card.pcsc_library import load_pyscard
    from kiosk.card.safety import rules_for
    from kiosk.errors import ReaderError

    rules = rules_for(os.environ, allow_last_try=allow_last_try)
    opened: PcscReader | None = None
    try:
        opened = PcscReader(load_pyscard(), reader.partition(":")[2], rules=rules)
        opened.check()
    except ReaderError as error:
        if opened is not None:
            opened.close()
        raise typer.BadParameter(str(error), param_hint="--reader") from error
    return opened


def open_reader_of_demo(reader: str, *, allow_last_try: bool) -> "PcscReader | None":
    """Return the reader over PC/SC, or None for ``sim``: the demo brings its own.

    Raises: typer.BadParameter.
    """
    if reader == "sim":
        return None
    if is_pcsc(reader):
        return open_pcsc_reader(reader, allow_last_try=allow_last_try)
    raise typer.BadParameter("sim / pcsc[:NAME]", param_hint="--reader")
