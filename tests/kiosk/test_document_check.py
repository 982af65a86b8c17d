"""Manifest and document are compared in everything; one difference and nothing is printed."""

import zlib
from hashlib import sha256
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from issuance.wire.bodies import Manifest, ManifestDocument, SignedManifest
from issuance.wire.recipes import MANIFEST_LABEL
from kiosk.document_check import (
    ExpectedOrder,
    PageCode,
    check_document,
    check_manifest,
    open_documents,
    read_code,
)
from kiosk.errors import DocumentRefusedError, IntegrityError
from kiosk.sealed import SessionKey
from tests.kiosk.core_work import NOW, TOWN
from tests.kiosk.documents import certificate, code_text, document, pack, wrap

NUMBER, OTHER = "990019-2026-0000001-11", "990019-2026-0000002-22"
KEY = Ed25519PrivateKey.generate()
EXPECTED = ExpectedOrder(
    core_key_id="manifest-1",
    core_key=KEY.public_key().public_bytes_raw(),
    session_id="a" * 32,
    municipality_code=TOWN,
    order_digest=b"o" * 32,
    bind=b"b" * 32,
    record_version=3,
    copies=2,
    pages=1,
)


def line(number: str = NUMBER, pdf: bytes = b"", pages: int = 1) -> ManifestDocument:
    return ManifestDocument(
        certificate_number=number,
        pages=pages,
        pdf_digest=sha256(pdf).digest(),
        sealed_digest=bytes(32),
    )


def manifest(**changes: Any) -> Manifest:
    fields: dict[str, Any] = {
        "session_id": EXPECTED.session_id,
        "municipality_code": TOWN,
        "order_digest": EXPECTED.order_digest,
        "bind": EXPECTED.bind,
        "record_version": 3,
        "documents": (line(NUMBER), line(OTHER)),
        "prepared_at": NOW,
    }
    return Manifest(**{**fields, **changes})


def signed(data: bytes, key: Ed25519PrivateKey = KEY, key_id: str = "manifest-1") -> SignedManifest:
    return SignedManifest(manifest=data, key_id=key_id, signature=key.sign(MANIFEST_LABEL + data))


def test_manifest_of_this_order_is_accepted() -> None:
    made = manifest()
    assert check_manifest(signed(made.model_dump_json().encode()), EXPECTED) == made


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"session_id": "c" * 32}, "session"),
        ({"municipality_code": "990027"}, "municipality"),
        ({"order_digest": bytes(32)}, "order"),
        ({"bind": bytes(32)}, "person"),
        ({"record_version": 4}, "record"),
        ({"documents": (line(),)}, "copies"),
        ({"documents": (line(), line())}, "numbers"),
        ({"documents": (line(), line(OTHER, pages=2))}, "pages"),
    ],
)
def test_manifest_that_differs_in_one_thing_is_refused(changes: dict[str, Any], word: str) -> None:
    data = manifest(**changes).model_dump_json().encode()
    with pytest.raises(IntegrityError, match=word):
        check_manifest(signed(data), EXPECTED)


def test_manifest_of_another_key_is_refused() -> None:
    data = manifest().model_dump_json().encode()
    with pytest.raises(IntegrityError, match="not the core's"):
        check_manifest(signed(data, Ed25519PrivateKey.generate()), EXPECTED)
    with pytest.raises(IntegrityError, match="another key"):
        check_manifest(signed(data, key_id="other"), EXPECTED)


def test_signature_for_another_purpose_is_refused() -> None:
    data = manifest().model_dump_json().encode()
    bare = SignedManifest(manifest=data, key_id="manifest-1", signature=KEY.sign(data))
    with pytest.raises(IntegrityError, match="not the core's"):
        check_manifest(bare, EXPECTED)


def test_signed_noise_is_refused() -> None:
    with pytest.raises(IntegrityError, match="not the core's"):
        check_manifest(signed(b"{}"), EXPECTED)


@pytest.mark.parametrize("pages", [1, 2])
def test_document_whose_pages_all_name_it_is_accepted(pages: int) -> None:
    pdf = certificate(NUMBER, pages)
    check_document(pdf, line(NUMBER, pdf, pages))


@pytest.mark.parametrize(
    ("codes", "pages", "word"),
    [
        ((code_text(OTHER),), 1, "another document"),
        ((code_text(NUMBER, 2, 2),), 1, "another document"),
        ((code_text(NUMBER, 1, 2), code_text(OTHER, 2, 2)), 2, "another document"),
        ((code_text(NUMBER, 1, 2), code_text(NUMBER, 1, 2)), 2, "another document"),
        ((code_text(NUMBER, 1, 2), ""), 2, "another document"),
        (("",), 1, "another document"),
        (("https://example.invalid/",), 1, "another document"),
        ((code_text(NUMBER),), 2, "number of pages"),
        ((code_text(NUMBER, 1, 2), code_text(NUMBER, 2, 2)), 1, "number of pages"),
        (("RS1:NOTHING",), 1, "cannot be read"),
    ],
)
def test_document_with_one_defect_is_refused(codes: tuple[str, ...], pages: int, word: str) -> None:
    pdf = document(*codes)
    with pytest.raises(DocumentRefusedError, match=word):
        check_document(pdf, line(NUMBER, pdf, pages))


def test_document_with_another_digest_is_refused() -> None:
    pdf = certificate(NUMBER)
    with pytest.raises(DocumentRefusedError, match="not the one in the manifest"):
        check_document(pdf + b"\n", line(NUMBER, pdf))


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(DocumentRefusedError, match="no document"):
        check_document(b"nothing", line(NUMBER, b"nothing"))


@pytest.mark.parametrize("compressed", [False, True])
def test_code_says_number_and_page(compressed: bool) -> None:
    text = code_text(NUMBER, 2, 3, compressed=compressed)
    assert read_code(text) == PageCode(NUMBER, 2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "RS1:",
        "RS1:a",
        code_text(NUMBER, tag=17),
        wrap(b"\x01"),
        wrap("text"),
        wrap(cbor2.dumps({-70001: {1: NUMBER}})),
        wrap(cbor2.dumps({-70001: {1: NUMBER, 9: [1]}})),
        wrap(cbor2.dumps({-70001: {1: 1, 9: [1, 1]}})),
        wrap(cbor2.dumps({-70001: {1: NUMBER, 9: [True, 1]}})),
        pack(cbor2.dumps(18)),
        pack(zlib.compress(bytes(10_000), 9)),
        pack(zlib.compress(b"x")[:-1]),
        pack(zlib.compress(b"x") + b"x"),
    ],
)
def test_code_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(DocumentRefusedError):
        read_code(text)


@given(st.one_of(st.binary(max_size=200).map(pack), st.text(max_size=60)))
def test_any_code_off_a_page_is_read_or_refused(text: str) -> None:
    try:
        code = read_code(text)
    except DocumentRefusedError:
        return
    assert isinstance(code, PageCode)


def test_other_number_of_documents_is_refused() -> None:
    with pytest.raises(DocumentRefusedError, match="number of documents"):
        open_documents(SessionKey(), manifest(), (b"one",))


def test_other_ciphertext_is_refused_before_it_is_opened() -> None:
    with pytest.raises(DocumentRefusedError, match="sealed document"):
        open_documents(SessionKey(), manifest(documents=(line(),)), (b"one",))
