"""The version of a record: a digest of every word of it that would be printed.

A counter could be forgotten by one of the programs that write; a digest cannot. The order keeps the
whole digest, the wire carries 31 bits of it as ``record_version``.
"""

from hashlib import sha256

import cbor2

from issuance.certificates.model import IssuableCase


def record_digest(issuable: IssuableCase) -> bytes:
    """Return the 32 bytes that change whenever a printed word of the record changes."""
    case = issuable.case
    printed = [
        case.house.house_id,
        case.disaster.name,
        case.house.damaged_on.isoformat(),
        case.house.location,
        case.household.householder_name,
        case.household.householder_address,
        [[member.name, member.relation] for member in case.household.members],
        issuable.determination.survey_round,
        issuable.determination.outcome.value,
    ]
    return sha256(cbor2.dumps(printed, canonical=True)).digest()


def record_version(digest: bytes) -> int:
    """Return the digest's first 31 bits as a number from 1."""
    return max(1, int.from_bytes(digest[:4], "big") >> 1)
