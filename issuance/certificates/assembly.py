"""Puts the words of one certificate together from a case; pure."""

from datetime import date

from issuance.certificates.content import (
    CertificateContent,
    DamageClass,
    HouseholdMember,
    Subject,
)
from issuance.certificates.model import IssuableCase, IssuingMunicipality, ReservedNumber
from issuance.certificates.record_version import record_digest, record_version
from issuance.damage.model import DamageOutcome
from issuance.residents.model import CertificateLink
from issuance.wire.bodies import NumberState

FIRST_PRINT = 1
"""Every copy has its own number, so every sheet is that number's first print."""

DAMAGE_CLASSES = {
    DamageOutcome.TOTAL: DamageClass.TOTAL,
    DamageOutcome.LARGE_HALF: DamageClass.LARGE_HALF,
    DamageOutcome.MEDIUM_HALF: DamageClass.MEDIUM_HALF,
    DamageOutcome.HALF: DamageClass.HALF,
    DamageOutcome.QUASI_HALF: DamageClass.QUASI_HALF,
    DamageOutcome.PARTIAL: DamageClass.PARTIAL,
}
"""The outcomes a certificate can state; the two others are never printed."""

ENGLISH_CLASSES = {
    DamageOutcome.TOTAL: "Totally destroyed",
    DamageOutcome.LARGE_HALF: "Large-scale partial destruction",
    DamageOutcome.MEDIUM_HALF: "Medium-scale partial destruction",
    DamageOutcome.HALF: "Half destroyed",
    DamageOutcome.QUASI_HALF: "Semi-half destroyed",
    DamageOutcome.PARTIAL: "Partially damaged",
}


def assemble(
    issuable: IssuableCase,
    link: CertificateLink,
    municipality: IssuingMunicipality,
    number: ReservedNumber,
) -> CertificateContent:
    """Return what one copy says, with the certificate link it was asked for under."""
    case = issuable.case
    return CertificateContent(
        municipality_code=municipality.code,
        municipality_name=municipality.name,
        issuer_title=municipality.issuer_title,
        issuer_name=municipality.issuer_name,
        certificate_number=number.certificate_number,
        certificate_id=number.certificate_id,
        print_number=FIRST_PRINT,
        householder_address=case.household.householder_address,
        householder_name=case.household.householder_name,
        members=tuple(
            HouseholdMember(member.name, member.relation) for member in case.household.members
        ),
        damaged_on=case.house.damaged_on,
        disaster_name=case.disaster.name,
        house_location=case.house.location,
        damage_class=DAMAGE_CLASSES[issuable.determination.outcome],
        extra_2=None,
        extra_3=None,
        issued_on=number.issued_on,
        subject=Subject(
            issuer_key_id=link.issuer_key_id,
            serial=link.serial,
            resident_id=link.resident_id,
        ),
        record_version=record_version(record_digest(issuable)),
    )


def placeholder_number(certificate_number: str, day: date) -> ReservedNumber:
    """Return a number that is as long as a real one, for counting pages before one is reserved."""
    return ReservedNumber(certificate_number, 1, bytes(16), day, NumberState.RESERVED, None)
