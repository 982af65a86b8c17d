"""The code on paper: readable by anybody else's COSE, and worth nothing once a bit is changed."""

import zlib
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import base45
import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from issuance.certificates import cose
from issuance.certificates.content import CertificateContent, DamageClass, HouseholdMember
from issuance.certificates.errors import (
    CodeCompressionError,
    CodeError,
    CodeHeaderError,
    CodePayloadError,
    CodePrefixError,
    CodeSignatureError,
    CodeStructureError,
    CodeTextError,
    CodeTooLongError,
    KeyNotUsableError,
    UnknownKeyError,
)
from issuance.certificates.paper_code import (
    DOCUMENT_LABEL,
    KIND,
    PREFIX,
    CodeSigner,
    canonical_text,
    decode,
    encode,
    fields_of,
)
from issuance.certificates.trust_list import KeyStatus
from tests.issuance.certificates.paper import (
    CODE,
    CONTENT,
    DAY,
    MUNICIPAL_KEY,
    NOW,
    OTHER_KEY,
    SIGNER,
    raw_public,
    trust_entry,
    trust_of,
)

TRUST = trust_of(trust_entry())
FIELDS = fields_of(CONTENT, sheet=1, sheets=1)
TEXT = encode(FIELDS, SIGNER)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
contents = st.builds(
    replace,
    st.just(CONTENT),
    householder_name=texts,
    householder_address=texts,
    house_location=texts,
    disaster_name=texts,
    certificate_number=texts,
    certificate_id=st.binary(min_size=16, max_size=16),
    members=st.lists(st.builds(HouseholdMember, texts, texts), max_size=4).map(tuple),
    damage_class=st.sampled_from(DamageClass),
    issued_on=st.dates(date(2026, 11, 1), date(2027, 8, 1)),
    print_number=st.integers(1, 2**40),
)


def message_of(text: str) -> bytes:
    packed = base45.b45decode(text.removeprefix("RS1:"))
    return zlib.decompress(packed) if packed[0] == 0x78 else packed


def text_of(message: bytes) -> str:
    text: str = PREFIX + base45.b45encode(message).decode()
    return text


def read_independently(text: str, public_key: bytes) -> dict[int, Any]:
    """Verify a code with nothing of ours: RFC 9052 section 4.4 spelled out by hand."""
    message = message_of(text)
    assert message[:2] == b"\xd2\x84", "tag 18, array of four"
    protected, unprotected, payload, signature = cbor2.loads(message).value
    assert unprotected == {}
    context, external = b"\x6aSignature1", b"jp.example.risai/v1"

    def byte_string(data: bytes) -> bytes:
        size = len(data)
        head = (
            bytes([0x40 + size]) if size < 24
            else bytes([0x58, size]) if size < 256
            else b"\x59" + size.to_bytes(2, "big")
        )  # fmt: skip
        return head + data

    signed = b"\x84" + context + b"".join(map(byte_string, (protected, external, payload)))
    Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    header = cbor2.loads(protected)
    spki = bytes.fromhex("302a300506032b6570032100") + public_key
    assert header == {1: -8, 4: sha256(spki).digest()[:8], 16: "risai+cwt"}
    payload_map: dict[int, Any] = cbor2.loads(payload)
    return payload_map


def test_independent_reader_verifies_and_sees_the_documented_fields() -> None:
    payload = read_independently(TEXT, raw_public(MUNICIPAL_KEY))
    document = payload[-70001]
    assert payload[1] == f"JP-{CODE}"
    assert payload[7] == CONTENT.certificate_id
    assert document[2] == CONTENT.householder_name
    assert document[4] == [[who.name, who.relation] for who in CONTENT.members]
    assert document[5] == "令和8年10月3日の令和8年見本地震による"
    assert (document[7], document[9], document[11]) == (2, [1, 1], 1)
    assert date(1970, 1, 1).toordinal() + document[8] == CONTENT.issued_on.toordinal()


def test_independent_reader_refuses_another_key() -> None:
    with pytest.raises(InvalidSignature):
        read_independently(TEXT, raw_public(OTHER_KEY))


@given(contents)
def test_decoding_is_the_inverse_of_encoding_for_any_text(content: CertificateContent) -> None:
    fields = fields_of(content, sheet=1, sheets=2)
    assert decode(encode(fields, SIGNER), TRUST) == fields


def test_names_are_carried_exactly() -> None:
    compatibility_ideograph = "\ufa19"
    fields = replace(FIELDS, householder_name=compatibility_ideograph)
    assert decode(encode(fields, SIGNER), TRUST).householder_name == compatibility_ideograph


def test_same_certificate_gives_the_same_code() -> None:
    assert encode(FIELDS, SIGNER) == TEXT


def test_code_never_holds_whose_card_it_was() -> None:
    message = message_of(TEXT)
    subject = CONTENT.subject
    secrets = (subject.resident_id.encode(), subject.serial.to_bytes(8, "big"))
    assert not any(secret in message for secret in (*secrets, subject.issuer_key_id))


def test_every_printed_word_changes_the_text_digest() -> None:
    changed = [
        replace(CONTENT, extra_2="床上浸水"),
        replace(CONTENT, extra_3="床上浸水"),
        replace(CONTENT, issuer_name="別　人"),
        replace(CONTENT, members=CONTENT.members[:-1]),
        replace(CONTENT, issued_on=date(2026, 11, 24)),
    ]
    assert len({canonical_text(content) for content in (CONTENT, *changed)}) == 6


def test_every_changed_character_of_the_text_is_refused() -> None:
    for index in range(len(TEXT)):
        other = "A" if TEXT[index] != "A" else "B"
        with pytest.raises(CodeError):
            decode(TEXT[:index] + other + TEXT[index + 1 :], TRUST)


def test_every_flipped_bit_of_the_message_is_refused() -> None:
    message = message_of(TEXT)
    for index in range(len(message)):
        flipped = bytearray(message)
        flipped[index] ^= 1 << index % 8
        with pytest.raises(CodeError):
            decode(text_of(bytes(flipped)), TRUST)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(CodeError):
        decode(text_of(data), TRUST)


def signed(payload: object, kind: str = KIND) -> str:
    return text_of(cose.sign(cose.encode(payload), MUNICIPAL_KEY, kind))


def sign1(protected: dict[object, object], unprotected: dict[int, int], *more: object) -> str:
    parts = [cbor2.dumps(protected, canonical=True), unprotected, b"", b"", *more]
    return text_of(cbor2.dumps(cbor2.CBORTag(18, parts), canonical=True))


GOOD_HEADER: dict[object, object] = {1: -8, 4: bytes(8), 16: KIND}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("HC1:" + TEXT, CodePrefixError),
        (PREFIX + "A" * 2000, CodeTooLongError),
        (PREFIX + "::::", CodeTextError),
        (PREFIX + "ABCD", CodeTextError),
        (PREFIX + "あいう", CodeTextError),
        (text_of(b"\x78\x9c\x00"), CodeCompressionError),
        (text_of(zlib.compress(bytes(5000))), CodeCompressionError),
        (text_of(zlib.compress(message_of(TEXT)) + b"x"), CodeCompressionError),
        (text_of(zlib.compress(message_of(TEXT))[:-1]), CodeCompressionError),
        (text_of(b""), CodeStructureError),
        (text_of(message_of(TEXT) + b"\x00"), CodeStructureError),
        (text_of(cbor2.dumps(cbor2.CBORTag(17, []))), CodeStructureError),
        (text_of(cbor2.dumps(cbor2.CBORTag(18, [b"", {}, b""]))), CodeStructureError),
        (sign1(GOOD_HEADER, {}, b""), CodeStructureError),
        (sign1(GOOD_HEADER, {4: 1}), CodeHeaderError),
        (sign1({1: -8, 4: bytes(8)}, {}), CodeHeaderError),
        (sign1({**GOOD_HEADER, 5: 0}, {}), CodeHeaderError),
        (sign1({1.0: -8, 4: bytes(8), 16: KIND}, {}), CodeHeaderError),
        (sign1({1: -8, 4: bytes(7), 16: KIND}, {}), CodeHeaderError),
        (sign1({1: -8, 4: bytes(8), 16: "other"}, {}), CodeHeaderError),
        (sign1(GOOD_HEADER, {}), UnknownKeyError),
    ],
)  # fmt: skip
def test_malformed_text_is_refused_for_its_cause(text: str, error: type[CodeError]) -> None:
    with pytest.raises(error):
        decode(text, TRUST)


def payload_with(label: int, value: object) -> dict[int, Any]:
    payload: dict[int, Any] = cbor2.loads(cbor2.loads(message_of(TEXT)).value[2])
    if label in payload:
        payload[label] = value
    else:
        payload[DOCUMENT_LABEL][label - 100] = value
    return payload


@pytest.mark.parametrize(
    "payload",
    [
        [],
        {},
        payload_with(1, "122025"),
        payload_with(1, "JP-12202"),
        payload_with(1, "JP-12202５"),
        payload_with(6, -1),
        payload_with(6, 1.5),
        payload_with(6, True),
        payload_with(6, 2**63),
        payload_with(7, bytes(15)),
        payload_with(-70001, {}),
        payload_with(102, 7),
        payload_with(104, ["name"]),
        payload_with(104, [["name", 1]]),
        payload_with(107, 6),
        payload_with(108, -1),
        payload_with(108, 2**40),
        payload_with(109, [2, 1]),
        payload_with(109, [0, 1]),
        payload_with(109, [1]),
        payload_with(110, bytes(15)),
        payload_with(111, 0),
        payload_with(112, "more"),
    ],
)
def test_signed_nonsense_is_refused(payload: object) -> None:
    with pytest.raises(CodePayloadError):
        decode(signed(payload), TRUST)


def test_payload_that_is_not_deterministic_is_refused() -> None:
    message = cose.sign(b"\x18\x01", MUNICIPAL_KEY, KIND)
    with pytest.raises(CodeStructureError):
        decode(text_of(message), TRUST)


def test_another_algorithm_in_the_trust_list_is_refused() -> None:
    with pytest.raises(KeyNotUsableError):
        decode(TEXT, trust_of(trust_entry(algorithm=-7)))


@pytest.mark.parametrize(
    "entry",
    [
        trust_entry(code="990027"),
        trust_entry(not_before=NOW + DAY),
        trust_entry(not_after=NOW - 2 * DAY),
        trust_entry(status=KeyStatus.DISABLED),
    ],
    ids=["another municipality", "not yet valid", "no longer valid", "disabled"],
)
def test_key_that_must_not_be_used_is_refused(entry: Any) -> None:
    with pytest.raises(KeyNotUsableError):
        decode(TEXT, trust_of(entry))


def test_unknown_key_is_refused() -> None:
    with pytest.raises(UnknownKeyError):
        decode(TEXT, trust_of(trust_entry(key=OTHER_KEY)))


def test_signature_of_another_text_is_refused() -> None:
    other = encode(replace(FIELDS, print_number=2), SIGNER)
    protected, unprotected, payload, _ = cbor2.loads(message_of(TEXT)).value
    stolen = cbor2.loads(message_of(other)).value[3]
    forged = cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected, payload, stolen]))
    with pytest.raises(CodeSignatureError):
        decode(text_of(forged), TRUST)


def test_signer_of_another_municipality_is_refused() -> None:
    with pytest.raises(KeyNotUsableError):
        encode(FIELDS, CodeSigner("990027", MUNICIPAL_KEY))


def test_certificate_that_says_too_much_is_refused() -> None:
    endless = "".join(chr(0x4E00 + 37 * n % 20000) for n in range(900))
    with pytest.raises(CodeTooLongError):
        encode(replace(FIELDS, householder_address=endless), SIGNER)
