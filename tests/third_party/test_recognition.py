"""Programs that nobody here wrote see a card in the reader and know which."""

import pytest

from tests.third_party.desk import ATRS, Desk

pytestmark = pytest.mark.pcsc

LISTED_AS = {
    "contact": '"JUKICARD", digitally sign tax documents in Japan',
    "contactless": "Japanese JPKI card (aka JINC card)",
}
"""How the card list of pcsc-tools calls the two ATRs."""


def test_the_reader_is_listed_with_a_card_in_its_first_slot(desk: Desk) -> None:
    said = desk.run("opensc-tool", "--list-readers")
    rows = [line.split() for line in said.text.splitlines() if "Virtual PCD" in line]
    assert rows[0] == ["0", "Yes", "Virtual", "PCD", "00", "00"]
    assert rows[1] == ["1", "No", "Virtual", "PCD", "00", "01"]


def test_the_card_is_called_jpki(desk: Desk) -> None:
    said = desk.run("opensc-tool", "--reader", "0", "--name")
    assert said.code == 0, said.text
    assert said.text.splitlines()[-1] == "jpki"


def test_the_atr_arrives_unchanged(desk: Desk, interface: str) -> None:
    said = desk.run("opensc-tool", "--reader", "0", "--atr")
    assert bytes.fromhex(said.text.splitlines()[-1].replace(":", "")) == ATRS[interface]


def test_the_list_of_known_cards_names_it_with_a_right_checksum(desk: Desk, interface: str) -> None:
    """It runs until its own limit of one second is over; that is no error."""
    said = desk.run("pcsc_scan", "-t", "1")
    assert LISTED_AS[interface] in said.text
    assert "(correct checksum)" in said.text
    assert "Card state: Card inserted" in said.text
