"""What the machine notices about its reader, twice a second. Pure but for the look itself."""

from kiosk.errors import ReaderError
from kiosk.flow import events as e
from kiosk.ports import CardReader


def notice_card(reader: CardReader, *, was_present: bool) -> e.Event | None:
    """Return what has happened on the reader since the last look; never waits."""
    try:
        present = reader.is_card_present()
    except ReaderError:
        return e.ReaderLost()
    if present == was_present:
        return None
    return e.CardPlaced() if present else e.CardLifted()
