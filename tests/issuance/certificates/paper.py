"""Builders for paper tests: an invented household, a demo issuer, lists, and scans of pages."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pypdfium2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from issuance.certificates.content import (
    CertificateContent,
    DamageClass,
    HouseholdMember,
    Subject,
)
from issuance.certificates.numbers import format_number
from issuance.certificates.paper_code import CodeSigner
from issuance.certificates.revocation_list import (
    RevocationList,
    RevokedCertificate,
    list_revocations,
)
from issuance.certificates.trust_list import KeyStatus, TrustEntry, TrustList

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAY = timedelta(days=1)
CODE = "990019"
SALT = bytes(range(16))
ANCHOR = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
MUNICIPAL_KEY = Ed25519PrivateKey.from_private_bytes(b"m" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
SIGNER = CodeSigner(CODE, MUNICIPAL_KEY)

KATSURAGI = "葛\U000e0100"
TSUJI = "辻\U000e0100"
VARIANT_NAME = f"髙﨑　{KATSURAGI}子"

CONTENT = CertificateContent(
    municipality_code=CODE,
    municipality_name="見本市",
    issuer_title="見本市長",
    issuer_name="見本　太郎",
    certificate_number=format_number(CODE, 2026, 123),
    certificate_id=bytes(range(16)),
    print_number=1,
    householder_address="見本県見本市架空町一丁目2番3号 架空荘205号室",
    householder_name=VARIANT_NAME,
    members=(
        HouseholdMember(VARIANT_NAME, "世帯主"),
        HouseholdMember(f"髙﨑　{TSUJI}太郎", "夫"),
        HouseholdMember("髙﨑　𠮷乃", "子"),
    ),
    damaged_on=date(2026, 10, 3),
    disaster_name="令和8年見本地震",
    house_location="見本県見本市架空町一丁目2番3号",
    damage_class=DamageClass.MEDIUM_HALF,
    extra_2=None,
    extra_3=None,
    issued_on=date(2026, 11, 23),
    subject=Subject(issuer_key_id=bytes(32), serial=0x1234567890ABCDEF, resident_id="R-777-SECRET"),
    record_version=7,
)


def household(size: int) -> CertificateContent:
    """Return the certificate of a household with this many members."""
    members = tuple(HouseholdMember(f"髙﨑　架空{n}", "同居人") for n in range(1, size + 1))
    return replace(CONTENT, members=members)


def raw_public(key: Ed25519PrivateKey) -> bytes:
    """Return the 32 bytes of a public key."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def trust_entry(
    *,
    key: Ed25519PrivateKey = MUNICIPAL_KEY,
    code: str = CODE,
    not_before: datetime = NOW - 30 * DAY,
    not_after: datetime = NOW + 300 * DAY,
    status: KeyStatus = KeyStatus.ACTIVE,
    pdf_certificates: tuple[bytes, ...] = (),
    algorithm: int = -8,
) -> TrustEntry:
    """Return an entry that trusts the demo municipality unless told otherwise."""
    return TrustEntry(
        code, raw_public(key), not_before, not_after, status, pdf_certificates, algorithm
    )


def trust_of(*entries: TrustEntry, sequence: int = 5, age: timedelta = DAY) -> TrustList:
    """Return a trust list that must be renewed after a week."""
    return TrustList(sequence, NOW - age, NOW - age + 7 * DAY, entries)


def revocations_of(
    *revoked: RevokedCertificate, sequence: int = 9, age: timedelta = DAY
) -> RevocationList:
    """Return a revocation list that must be renewed after a week."""
    return list_revocations(
        revoked,
        sequence=sequence,
        issued_at=NOW - age,
        next_update=NOW - age + 7 * DAY,
        salt=SALT,
    )


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """A signed file with the certificate that a trust list pins for it."""

    pdf: bytes
    unsigned: bytes
    pinned: bytes
    code_texts: tuple[str, ...]

    @property
    def trust(self) -> TrustList:
        """A trust list that names this file's issuer."""
        return trust_of(trust_entry(pdf_certificates=(self.pinned,)))


def scan(pdf: bytes, page: int = 0, *, dpi: int = 200) -> Image.Image:
    """Return a page as a grey picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        picture: Image.Image = document[page].render(scale=dpi / 72, grayscale=True).to_pil()
        return picture
    finally:
        document.close()


def page_text(pdf: bytes, page: int = 0) -> str:
    """Return the text of a page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text: str = document[page].get_textpage().get_text_bounded()
        return text
    finally:
        document.close()
