"""Rows about disasters and the frozen households of victims."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    select,
)

from issuance.database import insert_replacing, metadata
from issuance.victims.model import Disaster, VictimHousehold, VictimMember

disasters = Table(
    "disasters",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("disaster_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    PrimaryKeyConstraint("municipality_code", "disaster_id"),
)

victims = Table(
    "victims",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("resident_id", Text),
    PrimaryKeyConstraint("municipality_code", "person_id"),
    Index("ix_victims_resident", "municipality_code", "resident_id"),
)

victim_households = Table(
    "victim_households",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("household_id", Text, nullable=False),
    Column("disaster_id", Text, nullable=False),
    Column("register_household_no", Text, nullable=False),
    Column("householder_name", Text, nullable=False),
    Column("householder_address", Text, nullable=False),
    PrimaryKeyConstraint("municipality_code", "household_id"),
    ForeignKeyConstraint(
        ["municipality_code", "disaster_id"],
        ["disasters.municipality_code", "disasters.disaster_id"],
    ),
)

household_members = Table(
    "household_members",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("household_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("municipality_code", "household_id", "person_id"),
    ForeignKeyConstraint(
        ["municipality_code", "household_id"],
        ["victim_households.municipality_code", "victim_households.household_id"],
    ),
    ForeignKeyConstraint(
        ["municipality_code", "person_id"],
        ["victims.municipality_code", "victims.person_id"],
    ),
    Index("ix_household_members_person", "municipality_code", "person_id"),
)


_MEMBERS = (
    select(
        household_members.c.household_id,
        household_members.c.person_id,
        victims.c.resident_id,
        household_members.c.name,
        household_members.c.relation,
        household_members.c.position,
    )
    .join_from(
        household_members,
        victims,
        (victims.c.municipality_code == household_members.c.municipality_code)
        & (victims.c.person_id == household_members.c.person_id),
    )
    .where(
        household_members.c.municipality_code == bindparam("code"),
        household_members.c.household_id.in_(bindparam("household_ids", expanding=True)),
    )
    .order_by(household_members.c.position, household_members.c.person_id)
)


def save_disasters(connection: Connection, code: str, found: Iterable[Disaster]) -> int:
    """Store disasters; return how many were delivered."""
    rows = [
        {
            "municipality_code": code,
            "disaster_id": disaster.disaster_id,
            "name": disaster.name,
            "occurred_on": disaster.occurred_on,
        }
        for disaster in found
    ]
    if rows:
        connection.execute(insert_replacing(connection, disasters), rows)
    return len(rows)


def save_households(connection: Connection, code: str, found: Iterable[VictimHousehold]) -> int:
    """Store households without their members; return how many were delivered."""
    rows = [
        {
            "municipality_code": code,
            "household_id": household.household_id,
            "disaster_id": household.disaster_id,
            "register_household_no": household.register_household_no,
            "householder_name": household.householder_name,
            "householder_address": household.householder_address,
        }
        for household in found
    ]
    if rows:
        connection.execute(insert_replacing(connection, victim_households), rows)
    return len(rows)


def save_members(
    connection: Connection, code: str, found: Sequence[tuple[str, VictimMember]]
) -> int:
    """Store (household id, member) pairs with the victims they name; return how many."""
    people = [
        {
            "municipality_code": code,
            "person_id": member.person_id,
            "resident_id": member.resident_id,
        }
        for _household, member in found
    ]
    rows = [
        {
            "municipality_code": code,
            "household_id": household,
            "person_id": member.person_id,
            "name": member.name,
            "relation": member.relation,
            "position": member.position,
        }
        for household, member in found
    ]
    if rows:
        connection.execute(insert_replacing(connection, victims), people)
        connection.execute(insert_replacing(connection, household_members), rows)
    return len(rows)


def load_members(
    connection: Connection, code: str, household_ids: Iterable[str]
) -> dict[str, tuple[VictimMember, ...]]:
    """Return the members of each household in their printed order."""
    members: dict[str, list[VictimMember]] = defaultdict(list)
    wanted = {"code": code, "household_ids": sorted(household_ids)}
    for row in connection.execute(_MEMBERS, wanted):
        members[row.household_id].append(_member(row))
    return {household: tuple(found) for household, found in members.items()}


def _member(row: Any) -> VictimMember:
    return VictimMember(row.person_id, row.resident_id, row.name, row.relation, row.position)
