"""The card's side of vpcd's protocol, before a reader of our own that counts every byte."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from cardsim.card import Card
from cardsim.errors import CardRemovedError, NotAdoptedError, SlotTakenError
from cardsim.vpcd import ASK_ATR, POWER_OFF, POWER_ON, RESET, VirtualSlot, answer_message
from tests.cardsim.fake_reader import PATIENCE_S, FakeReader, ask, receive, send
from tests.cardsim.fakes import EchoCard


@pytest.fixture
def reader() -> Iterator[FakeReader]:
    one = FakeReader()
    yield one
    one.close()


@pytest.fixture
def slot(reader: FakeReader) -> Iterator[VirtualSlot]:
    one = VirtualSlot("127.0.0.1", reader.port)
    yield one
    one.close()


def test_the_reader_gets_atr_and_answers(reader: FakeReader, slot: VirtualSlot, card: Card) -> None:
    slot.offer(card)
    line = reader.accept()
    assert ask(line, bytes([ASK_ATR])) == bytes.fromhex("3BE000FF8131FE4514")
    send(line, bytes([POWER_ON]))
    assert ask(line, bytes.fromhex("00A4040C0AD392F000260100000001")) == b"\x90\x00"


def test_a_message_in_single_bytes_is_one_message(reader: FakeReader, slot: VirtualSlot) -> None:
    slot.offer(EchoCard())
    line = reader.accept()
    send(line, b"\x01\x02\x03\x04\x05", in_pieces=True)
    assert receive(line) == b"\x01\x02\x03\x04\x05\x90\x00"


def test_two_messages_in_one_piece_are_two_messages(reader: FakeReader, slot: VirtualSlot) -> None:
    slot.offer(EchoCard())
    line = reader.accept()
    line.sendall(b"\x00\x02ab" + b"\x00\x03cde")
    assert receive(line) == b"ab\x90\x00"
    assert receive(line) == b"cde\x90\x00"


@pytest.mark.parametrize("length", [0, 2, 300, 65533, 65535])
def test_every_length_is_answered(reader: FakeReader, slot: VirtualSlot, length: int) -> None:
    """vpcd would wait for ever. An answer that does not fit is a failure of the card."""
    slot.offer(EchoCard())
    line = reader.accept()
    answer = ask(line, bytes(length))
    assert answer == (bytes(length) + b"\x90\x00" if length <= 65533 else b"\x6f\x00")


@pytest.mark.parametrize("code", [POWER_OFF, POWER_ON, RESET, 0x03, 0xFF])
def test_a_control_code_is_not_answered(reader: FakeReader, slot: VirtualSlot, code: int) -> None:
    slot.offer(EchoCard())
    line = reader.accept()
    send(line, bytes([code]))
    assert ask(line, b"ab") == b"ab\x90\x00"


def test_power_reaches_the_card() -> None:
    card = EchoCard()
    for code in (POWER_ON, RESET, POWER_OFF):
        assert answer_message(card, bytes([code])) is None
    assert card.heard == ["on", "reset", "off"]


def test_inserting_waits_until_the_reader_has_spoken(reader: FakeReader, slot: VirtualSlot) -> None:
    inserted = threading.Event()

    def insert() -> None:
        slot.insert(EchoCard(), within_s=PATIENCE_S)
        inserted.set()

    thread = threading.Thread(target=insert)
    thread.start()
    line = reader.accept()
    assert not inserted.is_set()
    ask(line, bytes([ASK_ATR]))
    thread.join(PATIENCE_S)
    assert inserted.is_set()
    assert slot.is_adopted


def test_nobody_there_is_said_in_time_and_the_slot_is_free_again() -> None:
    probe = socket.create_server(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    slot = VirtualSlot("127.0.0.1", port)
    with pytest.raises(NotAdoptedError, match="cardsim doctor"):
        slot.insert(EchoCard(), within_s=0.1)
    assert slot.card is None
    slot.close()


def test_a_second_card_does_not_fit(reader: FakeReader, slot: VirtualSlot) -> None:
    slot.offer(EchoCard())
    with pytest.raises(SlotTakenError):
        slot.offer(EchoCard())


def test_removing_closes_the_line_and_takes_the_power(
    reader: FakeReader, slot: VirtualSlot
) -> None:
    card = EchoCard()
    slot.offer(card)
    line = reader.accept()
    send(line, bytes([POWER_ON]))
    ask(line, bytes([ASK_ATR]))
    assert slot.remove() is card
    with pytest.raises(EOFError):
        receive(line)
    assert card.heard[-1] == "off"
    assert not slot.is_adopted


def test_another_card_can_follow_at_once(reader: FakeReader, slot: VirtualSlot) -> None:
    slot.offer(EchoCard())
    ask(reader.accept(), bytes([ASK_ATR]))
    slot.remove()
    slot.offer(EchoCard(atr=b"\x3b\x00"))
    assert ask(reader.accept(), bytes([ASK_ATR])) == b"\x3b\x00"


def test_a_restarted_reader_finds_the_card_again(
    reader: FakeReader, slot: VirtualSlot, card: Card
) -> None:
    slot.offer(card)
    line = reader.accept()
    ask(line, bytes([ASK_ATR]))
    line.close()
    again = reader.accept()
    assert ask(again, bytes([ASK_ATR])) == bytes.fromhex("3BE000FF8131FE4514")
    assert slot.card is card


def test_a_card_that_leaves_in_the_middle_closes_the_line(
    reader: FakeReader, slot: VirtualSlot
) -> None:
    slot.offer(EchoCard(leaves=CardRemovedError("lifted")))
    line = reader.accept()
    send(line, b"\x00\xa4\x00\x00")
    with pytest.raises(EOFError):
        receive(line)
    assert slot.card is None


def test_half_a_message_and_silence_do_not_hold_up_a_removal(
    reader: FakeReader, slot: VirtualSlot
) -> None:
    slot.offer(EchoCard())
    line = reader.accept()
    ask(line, bytes([ASK_ATR]))
    line.sendall(b"\x00\xff\x00")
    card = slot.remove()
    assert card is not None
    with suppress(OSError), pytest.raises(EOFError):
        receive(line)


def test_a_reset_line_is_survived(reader: FakeReader, slot: VirtualSlot) -> None:
    slot.offer(EchoCard())
    line = reader.accept()
    ask(line, bytes([ASK_ATR]))
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    line.close()
    assert ask(reader.accept(), b"ab") == b"ab\x90\x00"
