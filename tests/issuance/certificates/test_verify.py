"""Every one of the six answers, for codes, scans and files; nothing changed is ever valid."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import base45
import cbor2
import pikepdf
import pytest
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from issuance.certificates import cose
from issuance.certificates.code_square import draw_code
from issuance.certificates.demo_pdf_key import DemoPdfKey, DemoPdfKeyWarning
from issuance.certificates.paper_code import KIND, PREFIX, CodeSigner, encode, fields_of
from issuance.certificates.pdf_signing import PdfSigner, sign_pdf
from issuance.certificates.render import Foot, PaperRenderer, render
from issuance.certificates.revocation_list import RevokedCertificate
from issuance.certificates.trust_list import KeyStatus, TrustList
from issuance.certificates.verify import ORIGINALITY_WARNING, Result, Verdict, verify_code
from issuance.certificates.verify_file import MAX_FILE_BYTES, verify_file
from tests.issuance.certificates.paper import (
    CODE,
    CONTENT,
    DAY,
    MUNICIPAL_KEY,
    NOW,
    OTHER_KEY,
    SIGNER,
    SignedPaper,
    revocations_of,
    scan,
    trust_entry,
    trust_of,
)

TRUST = trust_of(trust_entry())
NOTHING_REVOKED = revocations_of()
TEXT = encode(fields_of(CONTENT, sheet=1, sheets=1), SIGNER)
REVOKED = RevokedCertificate(CONTENT.certificate_id, NOW - DAY, "990019-2026-0000124-18")


def judge(text: str, trust: TrustList = TRUST) -> Verdict:
    return verify_code(text, trust=trust, revocations=NOTHING_REVOKED, now=NOW)


def judge_file(data: bytes, trust: TrustList = TRUST) -> Verdict:
    return verify_file(data, trust=trust, revocations=NOTHING_REVOKED, now=NOW)


def test_good_code_is_valid_and_shows_what_the_issuer_said() -> None:
    verdict = judge(TEXT)
    assert verdict.result is Result.VALID
    assert verdict.fields == fields_of(CONTENT, sheet=1, sheets=1)


def test_without_a_revocation_list_it_is_said_so() -> None:
    verdict = verify_code(TEXT, trust=TRUST, revocations=None, now=NOW)
    assert verdict.result is Result.VALID_REVOCATION_UNCHECKED
    assert verdict.revocation_list_age is None


def test_old_revocation_list_counts_as_none() -> None:
    old = revocations_of(age=8 * DAY)
    verdict = verify_code(TEXT, trust=TRUST, revocations=old, now=NOW)
    assert verdict.result is Result.VALID_REVOCATION_UNCHECKED
    assert verdict.revocation_list_age == 8 * DAY


def test_old_trust_list_is_said_so() -> None:
    verdict = judge(TEXT, trust_of(trust_entry(), age=8 * DAY))
    assert verdict.result is Result.VALID_REVOCATION_UNCHECKED
    assert verdict.trust_list_age == 8 * DAY


@pytest.mark.parametrize("days", [1, 30])
def test_revoked_is_revoked_whatever_the_age_of_the_list(days: int) -> None:
    revocations = revocations_of(REVOKED, age=days * DAY)
    verdict = verify_code(TEXT, trust=TRUST, revocations=revocations, now=NOW)
    assert verdict.result is Result.REVOKED
    assert verdict.revocation is not None
    assert verdict.revocation.superseded_by == REVOKED.superseded_by


def test_signature_that_does_not_fit_is_altered() -> None:
    message = cose.sign(b"\xa0", MUNICIPAL_KEY, KIND)
    protected, unprotected, _, signature = cbor2.loads(message).value
    parts = [protected, unprotected, b"\xa1\x01\x02", signature]
    forged = cbor2.dumps(cbor2.CBORTag(18, parts))
    assert judge(PREFIX + base45.b45encode(forged).decode()).result is Result.TAMPERED


def test_impostor_is_an_unknown_issuer() -> None:
    forged = encode(fields_of(CONTENT, sheet=1, sheets=1), CodeSigner(CODE, OTHER_KEY))
    assert judge(forged).result is Result.UNKNOWN_ISSUER


@pytest.mark.parametrize(
    "trust",
    [
        trust_of(),
        trust_of(trust_entry(key=OTHER_KEY)),
        trust_of(trust_entry(code="990027")),
        trust_of(trust_entry(status=KeyStatus.DISABLED)),
        trust_of(trust_entry(not_after=NOW - 10 * DAY)),
    ],
    ids=["empty list", "other key", "other municipality", "disabled", "expired"],
)
def test_issuer_that_is_not_trusted_is_unknown(trust: TrustList) -> None:
    verdict = judge(TEXT, trust)
    assert verdict.result is Result.UNKNOWN_ISSUER
    assert verdict.fields is None


@pytest.mark.parametrize("text", ["", "HC1:ABC", "RS1:", "RS1:::::", TEXT[:-3]])
def test_something_else_is_not_readable(text: str) -> None:
    assert judge(text).result is Result.UNREADABLE


def test_no_changed_character_is_ever_valid() -> None:
    for index in range(len(TEXT)):
        other = "7" if TEXT[index] != "7" else "8"
        assert not judge(TEXT[:index] + other + TEXT[index + 1 :]).result.is_valid


def test_there_are_six_answers_with_words_in_two_languages() -> None:
    assert len({result.words for result in Result}) == 6
    assert len({result.meaning for result in Result}) == 6
    assert "原本性" in ORIGINALITY_WARNING[0]


def test_signed_file_is_valid(signed: SignedPaper) -> None:
    verdict = judge_file(signed.pdf, signed.trust)
    assert verdict.result is Result.VALID, verdict.reason
    assert verdict.is_file_signature_checked


def test_signed_file_of_two_sheets_is_valid(signed_nine: SignedPaper) -> None:
    verdict = judge_file(signed_nine.pdf, signed_nine.trust)
    assert verdict.result is Result.VALID, verdict.reason
    assert verdict.sheets == (1, 2)


def test_long_record_over_two_sheets_is_valid(paper: PaperRenderer, demo_key: DemoPdfKey) -> None:
    content = replace(
        CONTENT, householder_address="見本県見本市長い町名" * 20, extra_2="床上浸水" * 150
    )
    rendered = render(content, paper=paper, code_signer=SIGNER, specimen=True)
    pdf = sign_pdf(rendered.pdf, PdfSigner(demo_key.signing_key), NOW)
    trust = trust_of(trust_entry(pdf_certificates=(demo_key.pinned_certificate,)))
    verdict = judge_file(pdf, trust)
    assert rendered.pages == 2
    assert verdict.result is Result.VALID, verdict.reason


def test_revoked_file_is_revoked(signed: SignedPaper) -> None:
    verdict = verify_file(
        signed.pdf, trust=signed.trust, revocations=revocations_of(REVOKED), now=NOW
    )
    assert verdict.result is Result.REVOKED


def test_file_without_its_signature_is_altered(signed: SignedPaper) -> None:
    assert judge_file(signed.unsigned, signed.trust).result is Result.TAMPERED


def test_changed_byte_in_the_file_is_altered(signed: SignedPaper) -> None:
    changed = bytearray(signed.pdf)
    place = signed.pdf.index(b"/CreationDate") + 20
    changed[place] = ord("1") if changed[place] != ord("1") else ord("2")
    assert judge_file(bytes(changed), signed.trust).result is Result.TAMPERED


def test_bytes_behind_the_signature_are_altered(signed: SignedPaper) -> None:
    assert judge_file(signed.pdf + b"\n% more", signed.trust).result is Result.TAMPERED


def test_resaved_file_is_altered(signed: SignedPaper) -> None:
    buffer = BytesIO()
    with pikepdf.open(BytesIO(signed.pdf)) as document:
        document.save(buffer)
    assert judge_file(buffer.getvalue(), signed.trust).result is Result.TAMPERED


def test_later_addition_is_altered(signed: SignedPaper) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed.pdf))
    writer.update_root()  # type: ignore[no-untyped-call]  # the library types half of itself
    buffer = BytesIO()
    writer.write(buffer)  # type: ignore[no-untyped-call]
    assert judge_file(buffer.getvalue(), signed.trust).result is Result.TAMPERED


def test_file_signed_by_an_unpinned_authority_has_an_unknown_issuer(signed: SignedPaper) -> None:
    with pytest.warns(DemoPdfKeyWarning):
        stranger = DemoPdfKey("見本市", now=NOW)
    trust = trust_of(trust_entry(pdf_certificates=(stranger.pinned_certificate,)))
    assert judge_file(signed.pdf, trust).result is Result.UNKNOWN_ISSUER


def test_file_signed_by_a_stranger_with_a_stolen_code_has_an_unknown_issuer(
    signed: SignedPaper,
) -> None:
    with pytest.warns(DemoPdfKeyWarning):
        stranger = DemoPdfKey("見本市", now=NOW)
    forged = sign_pdf(signed.unsigned, PdfSigner(stranger.signing_key), NOW)
    assert judge_file(forged, signed.trust).result is Result.UNKNOWN_ISSUER


def sign_again(pdf: bytes, key: DemoPdfKey) -> bytes:
    return sign_pdf(pdf, PdfSigner(key.signing_key), NOW)


def test_file_whose_words_are_not_the_codes_is_altered(
    paper: PaperRenderer, demo_key: DemoPdfKey, signed: SignedPaper
) -> None:
    """Even a municipality's own signature does not make words true that its code does not say."""
    square = draw_code(signed.code_texts[0])
    other = replace(CONTENT, householder_address="別の町1番地")
    pdf = paper.set_pages(other, Foot((square,), square.edge_mm), specimen=True)
    assert judge_file(sign_again(pdf, demo_key), signed.trust).result is Result.TAMPERED


def test_file_with_a_sheet_taken_away_is_altered(
    signed_nine: SignedPaper, demo_key: DemoPdfKey
) -> None:
    buffer = BytesIO()
    with pikepdf.open(BytesIO(signed_nine.unsigned)) as document:
        del document.pages[1]
        document.save(buffer)
    resigned = sign_again(buffer.getvalue(), demo_key)
    assert judge_file(resigned, signed_nine.trust).result is Result.TAMPERED


def test_sheets_of_two_certificates_are_altered(
    paper: PaperRenderer, demo_key: DemoPdfKey, signed: SignedPaper
) -> None:
    second = replace(CONTENT, certificate_id=b"x" * 16)
    other = render(second, paper=paper, code_signer=SIGNER, specimen=True)
    buffer = BytesIO()
    with (
        pikepdf.open(BytesIO(signed.unsigned)) as document,
        pikepdf.open(BytesIO(other.pdf)) as more,
    ):
        document.pages.extend(more.pages)
        document.save(buffer)
    resigned = sign_again(buffer.getvalue(), demo_key)
    assert judge_file(resigned, signed.trust).result is Result.TAMPERED


def as_png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def as_jpeg(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def as_scanned_pdf(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PDF", resolution=200)
    return buffer.getvalue()


@pytest.mark.parametrize("saved", [as_png, as_jpeg, as_scanned_pdf])
def test_scan_shows_what_the_code_says(
    signed: SignedPaper, saved: Callable[[Image.Image], bytes]
) -> None:
    verdict = judge_file(saved(scan(signed.pdf)))
    assert verdict.result is Result.VALID, verdict.reason
    assert not verdict.is_file_signature_checked


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"something else",
        b"%PDF-1.7 broken",
        b"\x89PNG\r\n\x1a\nbroken",
        as_png(Image.new("L", (300, 300), 255)),
        as_scanned_pdf(Image.new("L", (300, 300), 255)),
        as_png(Image.new("1", (10_000, 6_001))),
        bytes(MAX_FILE_BYTES + 1),
    ],
    ids=["empty", "text", "pdf", "png", "no code", "no code pdf", "huge picture", "huge file"],
)  # fmt: skip
def test_file_without_a_code_is_not_readable(data: bytes) -> None:
    assert judge_file(data).result is Result.UNREADABLE


def test_file_of_many_pages_is_not_readable() -> None:
    buffer = BytesIO()
    with pikepdf.new() as document:
        for _ in range(21):
            document.add_blank_page()
        document.save(buffer)
    assert judge_file(buffer.getvalue()).result is Result.UNREADABLE


def test_file_with_an_endless_page_is_not_readable() -> None:
    buffer = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(14_000, 14_000))
        document.save(buffer)
    assert judge_file(buffer.getvalue()).result is Result.UNREADABLE
