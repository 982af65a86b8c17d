"""The page count promised in the catalogue is the page count of the paper."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuance.certificates.content import (
    CertificateContent,
    DamageClass,
    HouseholdMember,
    Subject,
)
from issuance.certificates.numbers import format_number
from issuance.certificates.paper_code import CodeSigner
from issuance.certificates.press import (
    SHORT_ADDRESS,
    SHORT_NAME,
    MunicipalPress,
    fits_one_sheet,
)
from issuance.certificates.render import MEMBERS_ON_FIRST_SHEET, PaperRenderer

SIGNED_AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
CONTENT = CertificateContent(
    municipality_code="990019",
    municipality_name="見本市",
    issuer_title="見本市長",
    issuer_name="見本　太郎",
    certificate_number=format_number("990019", 2026, 1),
    certificate_id=bytes(16),
    print_number=1,
    householder_address="見本県見本市中央一丁目２番３号",
    householder_name="見本　花子",
    members=(HouseholdMember("見本　花子", "世帯主"),),
    damaged_on=date(2026, 10, 3),
    disaster_name="令和8年見本地震",
    house_location="見本県見本市中央一丁目２番３号",
    damage_class=DamageClass.HALF,
    extra_2=None,
    extra_3=None,
    issued_on=date(2026, 11, 23),
    subject=Subject(issuer_key_id=bytes(32), serial=1001, resident_id="0000000001"),
    record_version=7,
)


@pytest.fixture(scope="session")
def press() -> MunicipalPress:
    signer = CodeSigner("990019", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    return MunicipalPress(PaperRenderer(), signer, lambda pdf, at: pdf, is_specimen=True)


def household(size: int, *, name: str = "見本　花子", relation: str = "子") -> CertificateContent:
    return replace(CONTENT, members=(HouseholdMember(name, relation),) * size)


def test_the_longest_short_record_fits_one_sheet(press: MunicipalPress) -> None:
    longest = replace(
        household(MEMBERS_ON_FIRST_SHEET, name="𠮷" * SHORT_NAME, relation="子" * SHORT_NAME),
        householder_address="葛" * SHORT_ADDRESS,
        house_location="辻" * SHORT_ADDRESS,
        householder_name="髙" * SHORT_NAME,
        disaster_name="震" * SHORT_NAME,
    )
    assert fits_one_sheet(longest)
    assert press.press(longest, signed_at=SIGNED_AT).pages == 1


@pytest.mark.parametrize("size", [1, 6, 7, 9])
def test_the_count_before_is_the_count_after(press: MunicipalPress, size: int) -> None:
    content = household(size)
    assert press.count_pages(content) == press.press(content, signed_at=SIGNED_AT).pages


@pytest.mark.parametrize(("size", "length"), [(0, 1), (3, 90), (6, 120), (7, 35), (12, 60)])
def test_the_count_does_not_depend_on_number_or_day(
    press: MunicipalPress, size: int, length: int
) -> None:
    content = replace(household(size), householder_address="町" * length)
    later = replace(
        content,
        certificate_number=format_number("990019", 2026, 9_999_999),
        certificate_id=b"\xff" * 16,
        issued_on=date(2027, 3, 31),
    )
    assert press.count_pages(content) == press.press(later, signed_at=SIGNED_AT).pages


def test_the_subject_comes_out_of_the_rendering(press: MunicipalPress) -> None:
    pressed = press.press(CONTENT, signed_at=SIGNED_AT)
    assert (pressed.subject, pressed.record_version) == (CONTENT.subject, CONTENT.record_version)
