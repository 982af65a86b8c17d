"""Where sentences break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kiosk.screens.line_breaks import NOT_AT_START, break_lines

LETTERS = st.text(st.sampled_from("証明書をお取りくだ、。「」さいカードー12 AB通円"), max_size=80)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("短い文です。", 20, ["短い文です。"]),
        (
            "１０通（全部で２０枚）をお取りください。",
            38,
            ["１０通（全部で２０枚）", "をお取りください。"],
        ),
        (
            "カードの電子証明書をお住まいの市区町村に送ります。",
            44,
            ["カードの電子証明書をお住まいの市区町村に", "送ります。"],
        ),
        ("印刷が終わったあとは、料金をお返しできません。", 30, None),
        ("Please wait until printing has ended.", 20, ["Please wait until", "printing has ended."]),
        ("一行目\n二行目", 20, ["一行目", "二行目"]),
    ],
)
def test_sentences_break_at_clauses_and_phrases(
    text: str, width: int, lines: list[str] | None
) -> None:
    expected = lines or ["印刷が終わったあとは、", "料金をお返しできません。"]
    assert break_lines(text, width) == expected


@given(LETTERS, st.integers(4, 60))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = break_lines(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)


@given(st.text(st.sampled_from("証明書をお取りください"), min_size=1, max_size=60))
def test_a_full_stop_never_begins_a_line(sentence: str) -> None:
    for width in (10, 16, 24):
        lines = break_lines(f"{sentence}。{sentence}。", width)
        assert not any(line[0] in NOT_AT_START for line in lines[1:])
