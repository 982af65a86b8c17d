"""The basic four items are laid out as clients read them."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cardsim.profile import basic_four_items


def test_worked_example() -> None:
    content = basic_four_items(
        name="見本　花子", address="見本県見本市１－２", birth_date=date(2001, 2, 3), sex="2"
    )
    assert content == bytes.fromhex(
        "FF204A DF2108000E0020003E0049 DF220FE8A68BE69CACE38080E88AB1E5AD90"
        "DF231BE8A68BE69CACE79C8CE8A68BE69CACE5B882EFBC91EFBC8DEFBC92"
        "DF24083230303130323033 DF250132"
    )


def read_at(content: bytes, offset: int) -> tuple[int, str]:
    """Return tag and text of the object at an offset, as a client decodes it."""
    tag = int.from_bytes(content[offset : offset + 2], "big")
    first, start = content[offset + 2], offset + 3
    length = first
    if first & 0x80:
        length = int.from_bytes(content[start : start + (first & 0x7F)], "big")
        start += first & 0x7F
    return tag, content[start : start + length].decode()


texts = st.text(st.characters(codec="utf-8"), max_size=200)


@given(texts, texts, st.dates(min_value=date(1870, 1, 1)), st.sampled_from("0129"))
def test_offsets_lead_to_the_items(name: str, address: str, born: date, sex: str) -> None:
    """Also where a length takes two or three bytes and shifts everything behind it."""
    content = basic_four_items(name=name, address=address, birth_date=born, sex=sex)
    table = content.index(b"\xdf\x21\x08") + 3
    offsets = [int.from_bytes(content[table + i : table + i + 2], "big") for i in range(0, 8, 2)]
    assert [read_at(content, offset) for offset in offsets] == [
        (0xDF22, name),
        (0xDF23, address),
        (0xDF24, born.strftime("%Y%m%d")),
        (0xDF25, sex),
    ]
