"""Everything that stands on one certificate, as one immutable value.

Names and addresses are kept exactly as the register has them; nothing is ever normalised.
Source: [FORM-2020], [LAW-DISASTER 90-2].
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class DamageClass(Enum):
    """住家の被害の程度, the six classes of the unified form; the value is the code on paper."""

    TOTAL = 0
    LARGE_HALF = 1
    MEDIUM_HALF = 2
    HALF = 3
    QUASI_HALF = 4
    PARTIAL = 5

    @property
    def japanese(self) -> str:
        """The words of the unified form."""
        return _JAPANESE[self.value]

    @property
    def english(self) -> str:
        """A translation for screens; never printed on the certificate."""
        return _ENGLISH[self.value]


_JAPANESE = (
    "全壊",
    "大規模半壊",
    "中規模半壊",
    "半壊",
    "準半壊",
    "準半壊に至らない（一部損壊）",
)
_ENGLISH = (
    "Totally destroyed",
    "Large-scale half destroyed",
    "Medium-scale half destroyed",
    "Half destroyed",
    "Nearly half destroyed",
    "Partially damaged",
)


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """One member of the household (世帯構成員) and her relation (続柄) to the householder."""

    name: str
    relation: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The certificate link from which the content was built: whose card opened this document.

    It travels inside the rendered value and is never printed.
    """

    issuer_key_id: bytes
    serial: int


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who certifies: from master data only, never from a request."""

    municipality_code: str
    municipality_name: str
    title: str
    """For example 見本市長."""
    name: str


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """One copy (通) of a 罹災証明書 before it is laid out."""

    issuer: Issuer
    certificate_number: str
    certificate_id: bytes
    """16 random bytes; the basis of the revocation id."""
    print_number: int
    householder_address: str
    householder_name: str
    members: tuple[HouseholdMember, ...]
    damaged_on: date
    disaster_name: str
    house_location: str
    damage_class: DamageClass
    issued_on: date
    subject: Subject
    record_version: int
    extra_2: str = ""
    """追加記載事項欄②, about the dwelling; may be empty."""
    extra_3: str = ""
    """追加記載事項欄③, other; may be empty."""

    def canonical_text(self) -> str:
        """Return all printed facts, one a line, in the order of the form."""
        members = [f"{member.name}\t{member.relation}" for member in self.members]
        return "\n".join(
            (
                self.certificate_number,
                self.householder_address,
                self.householder_name,
                *members,
                f"{self.damaged_on.isoformat()}\t{self.disaster_name}",
                self.house_location,
                self.damage_class.japanese,
                self.extra_2,
                self.extra_3,
                self.issued_on.isoformat(),
                f"{self.issuer.title}\t{self.issuer.name}",
            )
        )
