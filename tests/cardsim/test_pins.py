"""Counters: consecutive, stored before the comparison, alive after power and process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsim.card import Card
from cardsim.errors import CardStoreError
from cardsim.files import CardImage
from cardsim.pins import FileStore, MemoryStore, PinPad, PinRecord, PinSpec

SPEC = PinSpec("auth", b"1234", 3, 4, 4)


def pad(store: MemoryStore | FileStore | None = None) -> PinPad:
    """Return the pad of a card with one PIN, 1234, of three tries."""
    return PinPad("card", (SPEC,), store or MemoryStore(), first_tries_left={})


@given(st.lists(st.booleans(), max_size=20))
def test_only_a_right_try_restores_the_counter(tries: list[bool]) -> None:
    pins, left = pad(), 3
    for right in tries:
        accepted = pins.present("auth", b"1234" if right else b"0000")
        assert accepted == (right and left > 0)
        left = 0 if left == 0 else 3 if right else left - 1
        assert pins.tries_left("auth") == left


@pytest.mark.parametrize("make", [MemoryStore, None], ids=["memory", "file"])
def test_a_store_returns_what_was_stored(
    tmp_path: Path, make: Callable[[], MemoryStore] | None
) -> None:
    store = make() if make else FileStore(tmp_path / "cards.json")
    assert store.load("one") == {}
    store.save("one", {"auth": PinRecord(b"1234", 2)})
    store.save("two", {"auth": PinRecord(b"9876", 0)})
    assert store.load("one") == {"auth": PinRecord(b"1234", 2)}
    assert store.load("two") == {"auth": PinRecord(b"9876", 0)}


def test_a_persona_may_begin_with_fewer_tries(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "cards.json")
    first = PinPad("card", (SPEC,), store, first_tries_left={"auth": 1})
    assert first.tries_left("auth") == 1
    first.present("auth", b"1234")
    again = PinPad("card", (SPEC,), store, first_tries_left={"auth": 1})
    assert again.tries_left("auth") == 3, "the past counts only for a new card"


def test_a_try_is_stored_before_the_pin_is_compared() -> None:
    """A card pulled at the moment of comparison has used up the try."""
    seen: list[int] = []

    class Watching(MemoryStore):
        def save(self, card_id: str, pins: dict[str, PinRecord]) -> None:
            seen.append(pins["auth"].tries_left)
            super().save(card_id, pins)

    pad(Watching()).present("auth", b"1234")
    assert seen == [2, 3]


def test_a_damaged_state_file_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "cards.json"
    for text in ("{", "[1]", '{"card": {"auth": {"value": "zz", "tries_left": 3}}}', "é"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CardStoreError, match=r"cards\.json"):
            pad(FileStore(path))


def test_a_card_whose_state_cannot_be_stored_says_memory_failure(
    image: CardImage, tmp_path: Path
) -> None:
    """The right PIN opens nothing when the try cannot be counted."""
    card = Card(image, FileStore(tmp_path / "missing" / "cards.json"))
    card.power_on()
    for command in ("00A4040C0AD392F000260100000001", "00A4020C020018"):
        card.transmit(bytes.fromhex(command))
    for pin in ("31323334", "30303030"):
        assert card.transmit(bytes.fromhex("0020008004" + pin)) == b"\x65\x81"
    assert card.tries_left("auth") == 3
    card.transmit(bytes.fromhex("00A4020C020017"))
    assert card.transmit(bytes.fromhex("802A00800361626300")) == b"\x69\x82"


def test_a_half_written_file_does_not_count(tmp_path: Path) -> None:
    """Power lost while writing leaves the old file in its place."""
    path = tmp_path / "cards.json"
    pad(FileStore(path)).present("auth", b"0000")
    path.with_suffix(".partial").write_text("{", encoding="ascii")
    assert pad(FileStore(path)).tries_left("auth") == 2
