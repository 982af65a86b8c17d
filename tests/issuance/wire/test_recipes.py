"""The recipes pin exact bytes: a change of one of them is a new protocol version."""

from hashlib import sha256

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.wire import recipes


def h(data: bytes) -> bytes:
    return sha256(data).digest()


KEY = bytes(range(32))


def test_authentication_digest_is_the_documented_concatenation() -> None:
    expected = h(
        b"RISAI-AUTH-v1" + h(b"https://gw.example") + h(b"c" * 32) + h(b"kiosk-7") + h(KEY)
    )
    assert (
        recipes.authentication_digest(
            origin="https://gw.example", challenge=b"c" * 32, kiosk_id="kiosk-7", session_key=KEY
        )
        == expected
    )


def test_binding_is_the_documented_concatenation() -> None:
    expected = h(b"RISAI-BIND-v1" + h(b"ab") + h(b"i" * 32) + h(b"\x01\x00") + h(KEY))
    assert (
        recipes.binding(session_id="ab", issuer_key_id=b"i" * 32, serial=256, session_key=KEY)
        == expected
    )


def test_order_digest_hashes_deterministic_cbor() -> None:
    order = ["ab", "990019", "victim_certificate", "e1", 2, 7]
    assert recipes.order_digest(
        session_id="ab",
        municipality_code="990019",
        document_type="victim_certificate",
        entry_id="e1",
        copies=2,
        record_version=7,
    ) == h(b"RISAI-ORDER-v1" + cbor2.dumps(order, canonical=True))


@given(
    first=st.tuples(st.text(), st.text()),
    second=st.tuples(st.text(), st.text()),
)
def test_fields_cannot_slide_into_each_other(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    """Two different (origin, kiosk) pairs never give one digest, however they join."""

    def digest(pair: tuple[str, str]) -> bytes:
        return recipes.authentication_digest(
            origin=pair[0], challenge=b"c", kiosk_id=pair[1], session_key=KEY
        )

    assert (digest(first) == digest(second)) == (first == second)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_seal_info_takes_only_whole_digests(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        recipes.document_info(session_id="ab", order=KEY, bind=KEY, pdf_digest=b"x" * length)
    with pytest.raises(ValueError, match="32 bytes"):
        recipes.catalogue_info(session_id="ab", bind=b"x" * length)


@given(st.integers(min_value=0, max_value=2**160 - 1))
def test_serial_bytes_are_the_shortest(serial: int) -> None:
    raw = recipes.serial_bytes(serial)
    assert int.from_bytes(raw, "big") == serial
    assert len(raw) == 1 or raw[0] != 0
