"""The signature in the file holds before three judges: pyHanko, OpenSSL and poppler."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from issuance.certificates.demo_pdf_key import DemoPdfKey, DemoPdfKeyWarning
from issuance.certificates.errors import PdfSignatureError
from issuance.certificates.pdf_signing import PdfSigner, PdfSigningKey, sign_pdf
from tests.issuance.certificates.paper import NOW, SignedPaper


def split_signed_file(pdf: bytes) -> tuple[bytes, bytes]:
    """Return the signed bytes and the signature, found by hand."""
    match = re.search(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    assert match is not None
    start, length, after, rest = map(int, match.groups())
    assert start == 0
    assert after + rest == len(pdf), "covers the file to its end"
    padded = bytes.fromhex(pdf[length + 1 : after - 1].decode())
    size = 4 + int.from_bytes(padded[2:4], "big")
    assert set(padded[size:]) <= {0}, "nothing hides behind the signature"
    return pdf[:length] + pdf[after:], padded[:size]


def pyhanko_says(pdf: bytes, pinned: bytes) -> str:
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(pinned)], allow_fetching=False, moment=NOW
    )
    summary: str = validate_pdf_signature(signature, context).summary()
    return summary


def test_pyhanko_finds_it_good_and_whole(signed: SignedPaper) -> None:
    says = pyhanko_says(signed.pdf, signed.pinned)
    assert "INTACT:TRUSTED,UNTOUCHED" in says


def test_two_sheet_file_is_good_too(signed_nine: SignedPaper) -> None:
    assert "INTACT:TRUSTED,UNTOUCHED" in pyhanko_says(signed_nine.pdf, signed_nine.pinned)


def test_openssl_finds_it_good(signed: SignedPaper, tmp_path: Path) -> None:
    content, signature = split_signed_file(signed.pdf)
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "signature").write_bytes(signature)
    authority = x509.load_der_x509_certificate(signed.pinned)
    (tmp_path / "authority.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    command = [
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature",
        "-content", "content", "-CAfile", "authority.pem", "-purpose", "any", "-cades",
        "-attime", str(int(NOW.timestamp())), "-out", "verified",
    ]  # fmt: skip
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "verified").read_bytes() == content


def test_openssl_refuses_a_changed_file(signed: SignedPaper, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    content, signature = split_signed_file(signed.pdf)
    (tmp_path / "content").write_bytes(content[:-1] + b"x")
    (tmp_path / "signature").write_bytes(signature)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature",
               "-content", "content", "-noverify", "-out", "verified"]  # fmt: skip
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_poppler_finds_it_good(signed: SignedPaper, tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig (poppler-utils) is not installed")
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed.pdf)
    done = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, check=False, text=True
    )
    assert "Signature is Valid" in done.stdout
    assert "Total document signed" in done.stdout


def test_structure_is_pades_b_b(signed: SignedPaper) -> None:
    _, signature = split_signed_file(signed.pdf)
    signed_data = cms.ContentInfo.load(signature, strict=True)["content"]
    (signer,) = signed_data["signer_infos"]
    kinds = {attribute["type"].native for attribute in signer["signed_attrs"]}
    assert kinds == {
        "content_type", "message_digest", "signing_certificate_v2", "cms_algorithm_protection",
    }  # fmt: skip
    assert b"/ETSI.CAdES.detached" in signed.pdf
    assert signature == cms.ContentInfo.load(signature).copy().dump(force=True), "DER"


def test_no_later_change_is_allowed(signed: SignedPaper) -> None:
    (signature,) = PdfFileReader(BytesIO(signed.pdf)).embedded_signatures
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    assert PdfFileReader(BytesIO(signed.pdf)).root["/Perms"]["/DocMDP"] is not None


def test_file_claims_the_given_moment(signed: SignedPaper) -> None:
    (signature,) = PdfFileReader(BytesIO(signed.pdf)).embedded_signatures
    assert signature.self_reported_timestamp == NOW


def test_pages_before_the_signature_are_untouched(signed: SignedPaper) -> None:
    assert signed.pdf.startswith(signed.unsigned)


def test_attributes_are_in_der_order_for_any_digest(demo_key: DemoPdfKey) -> None:
    signer = PdfSigner(demo_key.signing_key)
    for seed in range(16):
        digest = sha256(bytes([seed])).digest()
        (info,) = cms.ContentInfo.load(signer.make_signature(digest))["content"]["signer_infos"]
        encoded = [attribute.dump() for attribute in info["signed_attrs"]]
        assert encoded == sorted(encoded)


def test_digest_of_another_length_is_refused(demo_key: DemoPdfKey) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        PdfSigner(demo_key.signing_key).make_signature(bytes(20))


def test_something_else_than_a_pdf_is_refused(demo_key: DemoPdfKey) -> None:
    with pytest.raises(PdfSignatureError):
        sign_pdf(b"not a PDF", PdfSigner(demo_key.signing_key), NOW)


def test_demo_key_warns_and_names_itself_demo() -> None:
    with pytest.warns(DemoPdfKeyWarning):
        made = DemoPdfKey("見本市", now=datetime(2026, 1, 1, tzinfo=UTC))
    for certificate in (made.signing_key.certificate, made.authority):
        names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        assert [name.value for name in names] == ["RISAI-DEMO"]


def test_certificate_of_another_key_is_refused(demo_key: DemoPdfKey) -> None:
    with pytest.raises(ValueError, match="another key"):
        PdfSigningKey(generate_private_key(SECP256R1()), demo_key.signing_key.certificate)


def test_other_curve_is_refused(demo_key: DemoPdfKey) -> None:
    with pytest.raises(ValueError, match="P-256"):
        PdfSigningKey(generate_private_key(SECP384R1()), demo_key.signing_key.certificate)


def test_key_does_not_show_in_its_description(demo_key: DemoPdfKey) -> None:
    assert "PrivateKey" not in repr(demo_key.signing_key)
