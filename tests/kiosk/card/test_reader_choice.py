"""Which reader ``--reader pcsc:NAME`` means."""

import pytest

from kiosk.card.reader_choice import choose_reader
from kiosk.errors import NoReaderError, ReaderChoiceError

TWO = ("Virtual PCD 00 00", "Virtual PCD 00 01")


@pytest.mark.parametrize(
    ("names", "wanted", "chosen"),
    [
        (TWO[:1], "", TWO[0]),
        (TWO, "00 01", TWO[1]),
        (TWO, "virtual pcd 00 00", TWO[0]),
        (("ACME", "ACME II"), "acme", "ACME"),
        ((*TWO, "ACME"), " acme ", "ACME"),
    ],
)
def test_the_one_that_fits_is_chosen(names: tuple[str, ...], wanted: str, chosen: str) -> None:
    assert choose_reader(names, wanted) == chosen


@pytest.mark.parametrize("wanted", ["", "virtual"])
def test_several_that_fit_are_listed(wanted: str) -> None:
    with pytest.raises(ReaderChoiceError, match=r"'pcsc:Virtual PCD 00 00', .*'pcsc:Vir.* 00 01'"):
        choose_reader(TWO, wanted)


def test_none_that_fits_lists_what_is_there() -> None:
    with pytest.raises(ReaderChoiceError, match=r"“ACME”; there are: .*00 00"):
        choose_reader(TWO, "ACME")


def test_no_reader_at_all_points_to_the_doctor() -> None:
    with pytest.raises(NoReaderError, match="cardsim doctor"):
        choose_reader((), "ACME")
