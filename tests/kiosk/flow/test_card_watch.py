"""What is noticed about the reader, twice a second."""

import pytest

from kiosk.errors import NoReaderError, ReaderStuckError
from kiosk.flow import events as e
from kiosk.flow.card_watch import notice_card
from tests.kiosk.fake_card import FakeChannel, FakeReader


class BrokenReader(FakeReader):
    """Cannot say whether a card lies there."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def is_card_present(self) -> bool:
        raise self._error


@pytest.mark.parametrize(
    ("lies_there", "was_present", "event"),
    [
        (True, False, e.CardPlaced()),
        (False, True, e.CardLifted()),
        (True, True, None),
        (False, False, None),
    ],
)
def test_only_changes_are_noticed(
    lies_there: bool, was_present: bool, event: e.Event | None
) -> None:
    reader = FakeReader(FakeChannel() if lies_there else None)
    assert notice_card(reader, was_present=was_present) == event


@pytest.mark.parametrize("error", [NoReaderError("none"), ReaderStuckError("no answer")])
@pytest.mark.parametrize("was_present", [True, False])
def test_reader_that_cannot_tell_is_lost(error: Exception, was_present: bool) -> None:
    assert notice_card(BrokenReader(error), was_present=was_present) == e.ReaderLost()
