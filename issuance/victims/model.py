"""Disasters, and the households as they were on the day of the disaster.

Three populations must not be confused: a resident has a record in the register; a victim suffered
damage and may be no resident; so a victim has an id of our own, and the resident's id is a link
that may be missing. Households of victims are frozen: later moves do not change them.
Source: [DOMAIN 0, 2.5].
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Disaster:
    """A disaster (災害) that certificates name."""

    disaster_id: str
    name: str
    occurred_on: date


@dataclass(frozen=True, slots=True)
class VictimMember:
    """A member of a household as of the disaster day (世帯構成員)."""

    person_id: str
    """被災者番号, our own surrogate."""
    resident_id: str | None
    """宛名番号; None when the person is not in the register or not matched."""
    name: str
    """As registered on the disaster day, verbatim."""
    relation: str
    position: int
    """Place in the printed list, from 1."""


@dataclass(frozen=True, slots=True)
class VictimHousehold:
    """A household (世帯) as of the disaster day."""

    disaster_id: str
    household_id: str
    """被災世帯番号, our own surrogate."""
    register_household_no: str
    """世帯番号 on the disaster day; it changes with moves."""
    householder_name: str
    householder_address: str
    """世帯主住所; may differ from where the damaged house stands."""
    members: tuple[VictimMember, ...] = ()
