"""Trust and revocation lists: read back exactly, refused when old, changed, or anybody else's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.certificates import cose
from issuance.certificates.errors import (
    ListRollbackError,
    ListSignatureError,
    MalformedListError,
)
from issuance.certificates.revocation_list import (
    KIND as REVOCATION_KIND,
)
from issuance.certificates.revocation_list import (
    RevokedCertificate,
    build_revocation_list,
    list_revocations,
    parse_revocation_list,
    revocation_id,
)
from issuance.certificates.trust_list import (
    KIND as TRUST_KIND,
)
from issuance.certificates.trust_list import (
    KeyStatus,
    build_trust_list,
    parse_trust_list,
)
from tests.issuance.certificates.paper import (
    ANCHOR,
    CODE,
    DAY,
    MUNICIPAL_KEY,
    NOW,
    OTHER_KEY,
    SALT,
    raw_public,
    revocations_of,
    trust_entry,
    trust_of,
)

TRUST = trust_of(
    trust_entry(pdf_certificates=(b"der",)),
    trust_entry(key=OTHER_KEY, code="990027", status=KeyStatus.DISABLED),
)
REVOKED = RevokedCertificate(bytes(16), NOW, superseded_by="990019-2026-0000124-00")
REVOCATIONS = revocations_of(REVOKED, RevokedCertificate(b"x" * 16, NOW - DAY))
PUBLIC = ANCHOR.public_key()

Parse = Callable[..., object]
BOTH: list[Any] = [
    pytest.param(parse_trust_list, build_trust_list(TRUST, ANCHOR), id="trust"),
    pytest.param(
        parse_revocation_list, build_revocation_list(REVOCATIONS, ANCHOR), id="revocations"
    ),
]


def test_trust_list_is_read_back_exactly() -> None:
    assert parse_trust_list(build_trust_list(TRUST, ANCHOR), PUBLIC) == TRUST


def test_revocation_list_is_read_back_exactly() -> None:
    signed = build_revocation_list(REVOCATIONS, ANCHOR)
    assert parse_revocation_list(signed, PUBLIC) == REVOCATIONS


@pytest.mark.parametrize(("parse", "data"), BOTH)
def test_every_flipped_bit_is_refused(parse: Parse, data: bytes) -> None:
    for index in range(len(data)):
        flipped = bytearray(data)
        flipped[index] ^= 1 << index % 8
        with pytest.raises((ListSignatureError, MalformedListError)):
            parse(bytes(flipped), PUBLIC)


@pytest.mark.parametrize(("parse", "data"), BOTH)
def test_list_of_another_anchor_is_refused(parse: Parse, data: bytes) -> None:
    with pytest.raises(ListSignatureError):
        parse(data, OTHER_KEY.public_key())


@pytest.mark.parametrize(("parse", "data"), BOTH)
def test_list_of_a_lower_number_is_refused(parse: Parse, data: bytes) -> None:
    with pytest.raises(ListRollbackError):
        parse(data, PUBLIC, seen_sequence=10)


def test_list_of_the_same_number_is_accepted() -> None:
    signed = build_trust_list(TRUST, ANCHOR)
    assert parse_trust_list(signed, PUBLIC, seen_sequence=5).sequence == 5


@pytest.mark.parametrize(("parse", "data"), BOTH)
def test_one_list_is_never_taken_for_the_other(parse: Parse, data: bytes) -> None:
    other = parse_trust_list if parse is parse_revocation_list else parse_revocation_list
    with pytest.raises(MalformedListError):
        other(data, PUBLIC)


ENTRY: dict[int, object] = {
    1: cose.key_id(MUNICIPAL_KEY.public_key()), 2: "JP-" + CODE, 3: -8,
    4: raw_public(MUNICIPAL_KEY), 5: 0, 6: 1, 7: 0, 8: [],
}  # fmt: skip


@pytest.mark.parametrize(
    "payload",
    [
        [],
        {1: 1, 2: 0, 3: 1},
        {1: 1, 2: 0, 3: 1, 4: [], 5: 0},
        {1: 1, 2: -1, 3: 1, 4: []},
        {1: 1, 2: 0, 3: 2**60, 4: []},
        {1: 1, 2: 0, 3: 1, 4: [{}]},
        {1: 1, 2: 0, 3: 1, 4: [{**ENTRY, 1: bytes(8)}]},
        {1: 1, 2: 0, 3: 1, 4: [{**ENTRY, 2: CODE}]},
        {1: 1, 2: 0, 3: 1, 4: [{**ENTRY, 4: bytes(31)}]},
        {1: 1, 2: 0, 3: 1, 4: [{**ENTRY, 7: 2}]},
        {1: 1, 2: 0, 3: 1, 4: [{**ENTRY, 8: ["pem"]}]},
        {1: 1, 2: 0, 3: 1, 4: [{**ENTRY, 9: 0}]},
    ],
)
def test_signed_nonsense_is_no_trust_list(payload: object) -> None:
    with pytest.raises(MalformedListError):
        parse_trust_list(cose.sign(cose.encode(payload), ANCHOR, TRUST_KIND), PUBLIC)


ROWS = [[bytes(8), 0, None]]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {1: 1, 2: 0, 3: 1, 4: bytes(15), 5: []},
        {1: 1, 2: 0, 3: 1, 4: SALT, 5: [[bytes(7), 0, None]]},
        {1: 1, 2: 0, 3: 1, 4: SALT, 5: [[bytes(8), "now", None]]},
        {1: 1, 2: 0, 3: 1, 4: SALT, 5: [[bytes(8), 0, 7]]},
        {1: 1, 2: 0, 3: 1, 4: SALT, 5: ROWS + ROWS},
        {1: 1, 2: 0, 3: 1, 4: SALT, 5: [[b"b" * 8, 0, None], [b"a" * 8, 0, None]]},
    ],
)
def test_signed_nonsense_is_no_revocation_list(payload: object) -> None:
    with pytest.raises(MalformedListError):
        parse_revocation_list(cose.sign(cose.encode(payload), ANCHOR, REVOCATION_KIND), PUBLIC)


def test_payload_that_is_not_deterministic_is_refused() -> None:
    with pytest.raises(MalformedListError):
        parse_trust_list(cose.sign(b"\x18\x01", ANCHOR, TRUST_KIND), PUBLIC)


def test_revoked_certificate_is_found_by_its_id_only() -> None:
    row = REVOCATIONS.find_row(REVOKED.certificate_id)
    assert row is not None
    assert row.superseded_by == REVOKED.superseded_by
    assert REVOCATIONS.find_row(b"y" * 16) is None


def test_list_does_not_show_certificate_ids() -> None:
    assert REVOKED.certificate_id not in build_revocation_list(REVOCATIONS, ANCHOR)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_another_salt_gives_another_id(first: bytes, second: bytes) -> None:
    same = revocation_id(first, bytes(16)) == revocation_id(second, bytes(16))
    assert same == (first == second)


def test_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        list_revocations((), sequence=1, issued_at=NOW, next_update=NOW, salt=b"")


@pytest.mark.parametrize(
    ("days", "covered"), [(-31, False), (-30, True), (300, True), (301, False)]
)
def test_entry_covers_its_days_and_no_others(days: int, covered: bool) -> None:
    assert trust_entry().covers(NOW + days * DAY) is covered


def test_disabled_entry_covers_nothing() -> None:
    assert not replace(trust_entry(), status=KeyStatus.DISABLED).covers(NOW)
