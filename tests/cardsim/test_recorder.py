"""Traces: readable, replayable, and without a PIN in any form."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsim.card import Card
from cardsim.errors import CardRemovedError, VectorFileError
from cardsim.files import CardImage
from cardsim.pins import MemoryStore
from cardsim.recorder import Exchange, RecordedCard, Recorder, as_lines, as_vector
from cardsim.replay import parse_vector, replay
from tests.cardsim.fakes import EchoCard

PINS = {"auth": b"1234", "sign": b"ABC123", "profile": b"1234"}
SELECT = "00A4040C0AD392F000260100000001"
LOGIN = (SELECT, "00A4020C020018", "002000800430303030", "002000800431323334")
SIGN = ("00A4020C020017", "802A00800361626300")
CERTIFICATE = ("00A4020C02000A", "00B0000004", "00B0000000")
VECTORS = sorted((Path(__file__).resolve().parents[1] / "vectors").glob("*.txt"))


def recorded(card: Card, *commands: str) -> Recorder:
    recorder = Recorder()
    held = RecordedCard(card, recorder, card.pin_values)
    held.power_on()
    for command in commands:
        held.transmit(bytes.fromhex(command))
    held.power_off()
    return recorder


def test_no_form_of_a_trace_holds_a_pin(card: Card) -> None:
    recorder = recorded(card, *LOGIN, "0020008004393837", "00200080")
    shown = "\n".join((as_vector(recorder.entries()), *as_lines(recorder.entries())))
    for pin in ("31323334", "30303030", "393837", "1234"):
        assert pin not in shown.replace(SELECT, "")
    assert "{auth}" in shown
    assert "{wrong}" in shown


@given(st.binary(max_size=40))
def test_no_verify_leaves_its_data_in_the_trace(data: bytes) -> None:
    recorder = Recorder()
    card = RecordedCard(EchoCard(), recorder, lambda: {"auth": b"1234"})
    raw = b"\x00\x20\x00\x80" + data
    recorder.add(raw, b"\x6f\x00", 0.0, card.pins())
    (entry,) = recorder.entries()
    assert isinstance(entry, Exchange)
    assert len(data) < 4 or data.hex().upper() not in entry.command + entry.words


def test_a_recorded_conversation_can_be_held_again_with_a_fresh_card(
    card: Card, image: CardImage
) -> None:
    text = as_vector(recorded(card, *LOGIN, *SIGN, *CERTIFICATE, "0084000008").entries())
    fresh = Card(image, MemoryStore())
    assert list(replay(parse_vector(text), fresh, PINS)) == []


def test_a_card_in_another_state_says_something_else(card: Card, image: CardImage) -> None:
    text = as_vector(recorded(card, *LOGIN).entries())
    used = Card(image, MemoryStore())
    list(replay(parse_vector(text.replace("{auth}", "{wrong}")), used, PINS))
    said = [difference.said for difference in replay(parse_vector(text), used, PINS)]
    assert said == ["63C0", "6984"]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_committed_vectors_are_of_this_form(path: Path, image: CardImage) -> None:
    steps = parse_vector(path.read_text(encoding="ascii"))
    assert steps
    assert list(replay(steps, Card(image, MemoryStore()), PINS)) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("00A4", "the answer"),
        ("00A 9000", "hexadecimal"),
        ("00A4 xyz", "hexadecimal"),
        ("! explode", "! on"),
    ],
)
def test_a_line_that_is_none_says_where_and_how(line: str, says: str) -> None:
    with pytest.raises(VectorFileError, match=f"line 2.*{says}"):
        parse_vector(f"# one\n{line}\n")


def test_an_unknown_pin_is_named(card: Card) -> None:
    steps = parse_vector("0020008004{moon} 9000")
    with pytest.raises(VectorFileError, match="no PIN moon; known: auth"):
        list(replay(steps, card, PINS))


def test_power_is_noted_once_a_change(card: Card) -> None:
    recorder = recorded(card, SELECT)
    held = RecordedCard(card, recorder, card.pin_values)
    held.power_off()
    held.power_on()
    held.reset()
    held.reset()
    lines = as_vector(recorder.entries()).splitlines()
    assert [line for line in lines if line.startswith("!")] == [
        "! on",
        "! off",
        "! on",
        "! reset",
        "! reset",
    ]


def test_a_card_that_leaves_is_noted_too() -> None:
    recorder = Recorder()
    card = RecordedCard(EchoCard(leaves=CardRemovedError("gone")), recorder)
    with pytest.raises(CardRemovedError):
        card.transmit(bytes.fromhex(SELECT))
    assert "the card left" in as_lines(recorder.entries())[0]


def test_only_the_last_exchanges_are_kept_and_numbers_go_on() -> None:
    recorder = Recorder(most=3)
    for _ in range(5):
        recorder.add(b"\x00\xb0\x00\x00\x00", b"\x90\x00", 0.001, {})
    assert [entry.number for entry in recorder.entries()] == [3, 4, 5]
    assert [entry.number for entry in recorder.entries(after=4)] == [5]
    recorder.clear()
    recorder.add(b"\x00\xb0\x00\x00\x00", b"\x90\x00", 0.001, {})
    assert [entry.number for entry in recorder.entries()] == [6]
