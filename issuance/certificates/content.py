"""Everything that one disaster-victim certificate (罹災証明書) says, before it becomes a page.

Names and addresses are kept exactly as the register has them: never normalised, never trimmed.
The order of the fields is the order of the unified form. Source: [FORM-2020].
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from issuance.certificates.eras import format_date

CERTIFICATE_ID_BYTES = 16
ISSUER_KEY_ID_BYTES = 32


class DamageClass(IntEnum):
    """Degree of damage to a dwelling (住家の被害の程度); the value is the code in the signed text.

    The two internal outcomes, no damage and undetermined, never appear on a certificate.
    Source: [FORM-2020], [DOMAIN 1.3].
    """

    TOTAL = 0
    LARGE_HALF = 1
    MEDIUM_HALF = 2
    HALF = 3
    QUASI_HALF = 4
    PARTIAL = 5

    @property
    def label(self) -> str:
        """The words beside the check box of the unified form."""
        return _LABELS[self]


_LABELS = {
    DamageClass.TOTAL: "全壊",
    DamageClass.LARGE_HALF: "大規模半壊",
    DamageClass.MEDIUM_HALF: "中規模半壊",
    DamageClass.HALF: "半壊",
    DamageClass.QUASI_HALF: "準半壊",
    DamageClass.PARTIAL: "準半壊に至らない（一部損壊）",
}


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """One person of the household (世帯構成員) as of the disaster day."""

    name: str
    relation: str
    """Relation to the householder (続柄), in the words of the register."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose certificate this is: the certificate link the content was built from.

    It is never printed and never part of the signed code; it travels beside the document so that
    the binding is taken from the rendered value and from nowhere else.
    """

    issuer_key_id: bytes
    """32 bytes that name the key of the authority that issued the card's certificate."""
    serial: int
    resident_id: str

    def __post_init__(self) -> None:
        if len(self.issuer_key_id) != ISSUER_KEY_ID_BYTES:
            raise ValueError("an issuer key id is 32 bytes long")


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """The words of one copy (1通) and what it is about."""

    municipality_code: str
    """全国地方公共団体コード, six digits."""
    municipality_name: str
    issuer_title: str
    """Who certifies, for example 見本市長; also the words of the seal."""
    issuer_name: str
    certificate_number: str
    """整理番号 with its check digits."""
    certificate_id: bytes
    """16 random bytes (cti), from which the revocation id is derived."""
    print_number: int
    """1 is the first print of this number."""
    householder_address: str
    householder_name: str
    members: tuple[HouseholdMember, ...]
    """追加記載事項欄①; may be empty."""
    damaged_on: date
    disaster_name: str
    house_location: str
    damage_class: DamageClass
    extra_2: str | None
    """追加記載事項欄②: about the dwelling."""
    extra_3: str | None
    """追加記載事項欄③: anything else."""
    issued_on: date
    subject: Subject
    record_version: int

    def __post_init__(self) -> None:
        if len(self.certificate_id) != CERTIFICATE_ID_BYTES:
            raise ValueError("a certificate id is 16 bytes long")
        if self.print_number < 1:
            raise ValueError("prints are counted from 1")

    @property
    def cause(self) -> str:
        """罹災原因 in the form's pattern: date, の, disaster, による."""
        return f"{format_date(self.damaged_on)}の{self.disaster_name}による"
