"""What was written as DER is taken apart again."""

from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from cardsim.pki import der


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=400)), max_size=5))
def test_split_after_encode_is_identity(elements: list[tuple[int, bytes]]) -> None:
    written = [der.encode(tag, inside) for tag, inside in elements]
    assert der.split(b"".join(written)) == written
    assert [der.content(element) for element in written] == [inside for _, inside in elements]


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=100))
def test_strings_are_written_as_another_library_writes_them(text: str) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.STREET_ADDRESS, text)])
    assert der.encode(0x0C, text.encode()) in name.public_bytes()
