"""The reader: a card can be lifted between any two commands, and the connection dies with it."""

import pytest

from cardsim.card import Card
from cardsim.errors import CardRemovedError, ChannelClosedError, NoCardError
from cardsim.powered_card import PoweredCard
from cardsim.reader import SimulatedReader

SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")


def test_no_card_no_connection() -> None:
    with pytest.raises(NoCardError):
        SimulatedReader().connect()


def test_a_card_answers_until_it_is_lifted(card: Card) -> None:
    reader = SimulatedReader()
    reader.put(card)
    channel = reader.connect()
    assert channel.transmit(SELECT_JPKI) == b"\x90\x00"
    assert reader.lift() is card
    with pytest.raises(CardRemovedError):
        channel.transmit(SELECT_JPKI)


def test_a_card_put_back_needs_a_new_connection(card: Card) -> None:
    reader = SimulatedReader()
    reader.put(card)
    old = reader.connect()
    reader.put(card)
    with pytest.raises(CardRemovedError):
        old.transmit(SELECT_JPKI)
    assert reader.connect().transmit(SELECT_JPKI) == b"\x90\x00"


@pytest.mark.parametrize("commands", [0, 1, 5])
def test_a_card_can_be_lifted_after_so_many_commands(card: Card, commands: int) -> None:
    reader = SimulatedReader()
    reader.put(card)
    channel = reader.connect()
    reader.lift_after(commands)
    for _ in range(commands):
        channel.transmit(SELECT_JPKI)
    with pytest.raises(CardRemovedError):
        channel.transmit(SELECT_JPKI)
    assert not reader.is_card_present()


def test_disconnecting_kills_the_pin(card: Card) -> None:
    reader = SimulatedReader()
    reader.put(card)
    first = reader.connect()
    for command in ("00A4020C020018", "002000800431323334"):
        first.transmit(SELECT_JPKI)
        first.transmit(bytes.fromhex(command))
    first.disconnect()
    second = reader.connect()
    second.transmit(SELECT_JPKI)
    second.transmit(bytes.fromhex("00A4020C020017"))
    assert second.transmit(bytes.fromhex("802A00800361626300")) == b"\x69\x82"


def test_every_command_passes_the_pace(card: Card) -> None:
    beats: list[int] = []
    reader = SimulatedReader(pace=lambda: beats.append(1))
    reader.put(card)
    reader.connect().transmit(SELECT_JPKI)
    assert beats == [1]


def test_a_card_can_be_lifted_while_a_command_is_under_way(card: Card) -> None:
    reader = SimulatedReader(pace=lambda: None if lifted else lifted.append(reader.lift()))
    lifted: list[PoweredCard | None] = []
    reader.put(card)
    channel = reader.connect()
    with pytest.raises(CardRemovedError):
        channel.transmit(SELECT_JPKI)
    assert lifted == [card]


def test_a_connection_tells_the_answer_to_reset(card: Card) -> None:
    reader = SimulatedReader()
    reader.put(card)
    assert reader.connect().atr == bytes.fromhex("3BE000FF8131FE4514")


def test_a_closed_connection_says_nothing(card: Card) -> None:
    reader = SimulatedReader()
    reader.put(card)
    channel = reader.connect()
    channel.disconnect()
    channel.disconnect()
    with pytest.raises(ChannelClosedError):
        channel.transmit(SELECT_JPKI)


def test_an_old_connection_does_not_unpower_the_next_card(card: Card) -> None:
    reader = SimulatedReader()
    reader.put(card)
    old = reader.connect()
    reader.put(card)
    new = reader.connect()
    old.disconnect()
    assert new.transmit(SELECT_JPKI) == b"\x90\x00"
