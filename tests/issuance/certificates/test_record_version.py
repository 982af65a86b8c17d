"""The record version changes with every printed word, and with nothing else."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.certificates.model import Case, IssuableCase
from issuance.certificates.record_version import record_digest, record_version
from issuance.damage.model import DamageOutcome
from issuance.victims.model import VictimMember
from tests.issuance.builders import QUAKE, determination, hold, house, household

MEMBER = household().members[0]
RECORD = IssuableCase(Case(house(), QUAKE, household(), (determination(),), ()), determination())


def with_case(**changes: object) -> IssuableCase:
    return replace(RECORD, case=replace(RECORD.case, **changes))  # type: ignore[arg-type]


CHANGES = {
    "householder": with_case(household=household(householder_name="見本　次郎")),
    "their address": with_case(household=household(householder_address="見本県別市")),
    "a member's name": with_case(household=household(members=(replace(MEMBER, name="別人"),))),
    "a relation": with_case(household=household(members=(replace(MEMBER, relation="妻"),))),
    "a member more": with_case(
        household=household(members=(MEMBER, VictimMember("P9", None, "見本　小春", "子", 2)))
    ),
    "day": with_case(house=house(damaged_on=date(2026, 10, 4))),
    "location": with_case(house=house(location="見本県別市")),
    "disaster": with_case(disaster=replace(QUAKE, name="別の地震")),
    "class": replace(RECORD, determination=determination(outcome=DamageOutcome.TOTAL)),
    "round": replace(RECORD, determination=determination(survey_round=2)),
    "house": with_case(house=house(2)),
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES.keys())
def test_every_printed_word_counts(changed: IssuableCase) -> None:
    assert record_digest(changed) != record_digest(RECORD)


def test_what_is_not_printed_does_not_count() -> None:
    approved = replace(RECORD, determination=determination(approved_by="職員999"))
    assert record_digest(approved) == record_digest(RECORD)
    assert record_digest(with_case(holds=(hold(),))) == record_digest(RECORD)


@given(st.binary(min_size=32, max_size=32))
def test_the_version_fits_the_wire_and_a_signed_32_bit_column(digest: bytes) -> None:
    assert 1 <= record_version(digest) < 2**31
