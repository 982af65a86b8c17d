"""Certificate numbers are read back exactly, and slips of the pen are noticed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.certificates.errors import MalformedNumberError, WrongCheckDigitsError
from issuance.certificates.numbers import NumberParts, format_number, parse_number

codes = st.from_regex(r"[0-9]{6}", fullmatch=True).filter(str.isascii)
numbers = st.builds(format_number, codes, st.integers(2000, 9999), st.integers(1, 9_999_999))


@given(codes, st.integers(2000, 9999), st.integers(1, 9_999_999))
def test_parsing_is_the_inverse_of_formatting(code: str, year: int, sequence: int) -> None:
    assert parse_number(format_number(code, year, sequence)) == NumberParts(code, year, sequence)


@given(numbers, st.data())
def test_every_single_wrong_digit_is_noticed(number: str, data: st.DataObject) -> None:
    positions = [index for index, char in enumerate(number) if char != "-"]
    index = data.draw(st.sampled_from(positions))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[index]]))
    with pytest.raises(WrongCheckDigitsError):
        parse_number(number[:index] + other + number[index + 1 :])


@given(numbers, st.data())
def test_every_swap_of_neighbouring_digits_is_noticed(number: str, data: st.DataObject) -> None:
    digits = [index for index, char in enumerate(number) if char != "-"]
    pairs = [(a, b) for a, b in itertools.pairwise(digits) if number[a] != number[b]]
    if not pairs:
        return
    first, second = data.draw(st.sampled_from(pairs))
    swapped = list(number)
    swapped[first], swapped[second] = number[second], number[first]
    with pytest.raises(WrongCheckDigitsError):
        parse_number("".join(swapped))


def test_number_has_the_documented_form() -> None:
    assert format_number("122025", 2026, 123) == "122025-2026-0000123-21"


def test_whole_number_leaves_one_modulo_97() -> None:
    assert int(format_number("122025", 2026, 123).replace("-", "")) % 97 == 1


@pytest.mark.parametrize(
    "text",
    ["", "122025-2026-123-45", "122025-2026-0000123-4X", "１22025-2026-0000123-45", "1" * 19],
)
def test_other_text_is_no_number(text: str) -> None:
    with pytest.raises(MalformedNumberError):
        parse_number(text)


@pytest.mark.parametrize(
    ("code", "year", "sequence"),
    [
        ("12202", 2026, 1),
        ("12202５", 2026, 1),
        ("122025", 99, 1),
        ("122025", 2026, 0),
        ("122025", 2026, 10_000_000),
    ],
)
def test_parts_that_do_not_fit_are_refused(code: str, year: int, sequence: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        format_number(code, year, sequence)
