"""The card repeats every recorded exchange of ``tests/vectors``."""

from pathlib import Path

import pytest

from cardsim.card import Card

VECTORS = sorted((Path(__file__).resolve().parents[1] / "vectors").glob("*.txt"))


def fits(response: bytes, wanted: str) -> bool:
    """Say whether an answer is the recorded one; the form is described beside the vectors."""
    if not wanted.startswith("*"):
        return response == bytes.fromhex(wanted)
    data, done = response[:-2], response[-2:] == b"\x90\x00"
    return done and len(data) == int(wanted[1:]) if wanted[1:] else done and len(data) > 0


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_recorded_exchange(card: Card, path: Path) -> None:
    wrong = []
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            continue
        command, wanted = line.split(" ", 1)
        response = card.transmit(bytes.fromhex(command))
        if not fits(response, wanted):
            wrong.append(f"{line}, but the card said {response.hex().upper()}")
    assert wrong == []


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 6


@pytest.mark.parametrize(
    ("response", "wanted", "same"),
    [
        ("9000", "9000", True),
        ("6A82", "9000", False),
        ("019000", "*", True),
        ("9000", "*", False),
        ("019000", "*2", False),
        ("01029000", "*2", True),
        ("01026B00", "*2", False),
    ],
)
def test_the_comparison_itself_can_fail(response: str, wanted: str, same: bool) -> None:
    assert fits(bytes.fromhex(response), wanted) is same
