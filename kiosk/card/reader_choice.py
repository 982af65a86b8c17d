"""Which of the connected readers is meant. Pure."""

from collections.abc import Sequence

from kiosk.errors import NoReaderError, ReaderChoiceError


def choose_reader(names: Sequence[str], wanted: str) -> str:
    """Return the one reader whose name contains ``wanted``; without a wish, the only one.

    A whole name wins over a part of another. Upper and lower case are the same.
    Raises: NoReaderError, ReaderChoiceError; their words list what is there.
    """
    if not names:
        raise NoReaderError("no card reader is connected; see: cardsim doctor")
    wish = wanted.strip().casefold()
    whole = [name for name in names if name.casefold() == wish]
    found = whole or [name for name in names if wish in name.casefold()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ReaderChoiceError(f"no reader's name contains “{wanted}”; {_listed(names)}")
    raise ReaderChoiceError(f"several readers fit; say which one; {_listed(found)}")


def _listed(names: Sequence[str]) -> str:
    return "there are: " + ", ".join(f"--reader 'pcsc:{name}'" for name in names)
