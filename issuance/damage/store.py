"""Rows about damaged houses, their determinations and their holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    select,
)

from issuance.damage.model import (
    ApplicationState,
    DamagedHouse,
    DamageOutcome,
    Determination,
    Hold,
    HoldKind,
)
from issuance.database import insert_replacing, metadata
from issuance.victims.model import Disaster, VictimHousehold
from issuance.victims.store import disasters, household_members, victim_households, victims

damaged_houses = Table(
    "damaged_houses",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("house_id", Text, nullable=False),
    Column("disaster_id", Text, nullable=False),
    Column("building_id", Text, nullable=False),
    Column("household_id", Text, nullable=False),
    Column("damaged_on", Date, nullable=False),
    Column("location", Text, nullable=False),
    Column("application", Text, nullable=False),
    PrimaryKeyConstraint("municipality_code", "house_id"),
    UniqueConstraint("municipality_code", "disaster_id", "building_id", "household_id"),
    ForeignKeyConstraint(
        ["municipality_code", "household_id"],
        ["victim_households.municipality_code", "victim_households.household_id"],
    ),
    Index("ix_damaged_houses_household", "municipality_code", "household_id"),
)

determinations = Table(
    "determinations",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("house_id", Text, nullable=False),
    Column("survey_round", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("is_final", Boolean, nullable=False),
    Column("approved_by", Text),
    Column("approved_on", Date),
    PrimaryKeyConstraint("municipality_code", "house_id", "survey_round"),
    ForeignKeyConstraint(
        ["municipality_code", "house_id"],
        ["damaged_houses.municipality_code", "damaged_houses.house_id"],
    ),
    CheckConstraint("survey_round >= 1", name="round"),
)

holds = Table(
    "holds",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("house_id", Text, nullable=False),
    Column("hold_no", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    PrimaryKeyConstraint("municipality_code", "house_id", "hold_no"),
    ForeignKeyConstraint(
        ["municipality_code", "house_id"],
        ["damaged_houses.municipality_code", "damaged_houses.house_id"],
    ),
)


@dataclass(frozen=True, slots=True)
class HouseRow:
    """A damaged house with its disaster and its household (members not loaded)."""

    house: DamagedHouse
    disaster: Disaster
    household: VictimHousehold


def save_houses(connection: Connection, code: str, found: Iterable[DamagedHouse]) -> int:
    """Store damaged houses; return how many were delivered."""
    rows = [
        {
            "municipality_code": code,
            "house_id": house.house_id,
            "disaster_id": house.disaster_id,
            "building_id": house.building_id,
            "household_id": house.household_id,
            "damaged_on": house.damaged_on,
            "location": house.location,
            "application": house.application.value,
        }
        for house in found
    ]
    if rows:
        connection.execute(insert_replacing(connection, damaged_houses), rows)
    return len(rows)


def save_determinations(connection: Connection, code: str, found: Iterable[Determination]) -> int:
    """Store determinations; return how many were delivered."""
    rows = [
        {
            "municipality_code": code,
            "house_id": determination.house_id,
            "survey_round": determination.survey_round,
            "outcome": determination.outcome.value,
            "decided_on": determination.decided_on,
            "is_final": determination.is_final,
            "approved_by": determination.approved_by,
            "approved_on": determination.approved_on,
        }
        for determination in found
    ]
    if rows:
        connection.execute(insert_replacing(connection, determinations), rows)
    return len(rows)


def save_holds(connection: Connection, code: str, found: Iterable[Hold]) -> int:
    """Store holds; return how many were delivered."""
    rows = [
        {
            "municipality_code": code,
            "house_id": hold.house_id,
            "hold_no": hold.hold_no,
            "kind": hold.kind.value,
            "starts_on": hold.starts_on,
            "ends_on": hold.ends_on,
        }
        for hold in found
    ]
    if rows:
        connection.execute(insert_replacing(connection, holds), rows)
    return len(rows)


_HOUSES = (
    select(
        *(column for column in damaged_houses.c if column.name != "municipality_code"),
        disasters.c.name.label("disaster_name"),
        disasters.c.occurred_on,
        victim_households.c.register_household_no,
        victim_households.c.householder_name,
        victim_households.c.householder_address,
    )
    .join_from(
        damaged_houses,
        victim_households,
        (victim_households.c.municipality_code == damaged_houses.c.municipality_code)
        & (victim_households.c.household_id == damaged_houses.c.household_id),
    )
    .join(
        disasters,
        (disasters.c.municipality_code == damaged_houses.c.municipality_code)
        & (disasters.c.disaster_id == damaged_houses.c.disaster_id),
    )
)
_HOUSES_OF_RESIDENT = (
    _HOUSES.join(
        household_members,
        (household_members.c.municipality_code == damaged_houses.c.municipality_code)
        & (household_members.c.household_id == damaged_houses.c.household_id),
    )
    .join(
        victims,
        (victims.c.municipality_code == household_members.c.municipality_code)
        & (victims.c.person_id == household_members.c.person_id),
    )
    .where(
        damaged_houses.c.municipality_code == bindparam("code"),
        victims.c.resident_id == bindparam("resident_id"),
    )
    .order_by(damaged_houses.c.damaged_on.desc(), damaged_houses.c.house_id)
)
_ONE_HOUSE_OF_RESIDENT = _HOUSES_OF_RESIDENT.where(
    damaged_houses.c.house_id == bindparam("house_id")
)
_DETERMINATIONS = (
    select(determinations)
    .where(
        determinations.c.municipality_code == bindparam("code"),
        determinations.c.house_id.in_(bindparam("house_ids", expanding=True)),
    )
    .order_by(determinations.c.survey_round)
)
_HOLDS = select(holds).where(
    holds.c.municipality_code == bindparam("code"),
    holds.c.house_id.in_(bindparam("house_ids", expanding=True)),
)


def load_houses_of(connection: Connection, code: str, resident_id: str) -> tuple[HouseRow, ...]:
    """Return the damaged houses of every household this resident was a member of, newest first."""
    rows = connection.execute(_HOUSES_OF_RESIDENT, {"code": code, "resident_id": resident_id})
    return tuple(_house_row(row) for row in rows)


def load_house_of(
    connection: Connection, code: str, resident_id: str, house_id: str
) -> tuple[HouseRow, ...]:
    """Return that one house if the resident was a member of its household, else nothing."""
    wanted = {"code": code, "resident_id": resident_id, "house_id": house_id}
    rows = connection.execute(_ONE_HOUSE_OF_RESIDENT, wanted)
    return tuple(_house_row(row) for row in rows)


def load_determinations(
    connection: Connection, code: str, house_ids: Iterable[str]
) -> tuple[Determination, ...]:
    """Return every determination of the houses, first round first."""
    wanted = {"code": code, "house_ids": sorted(house_ids)}
    return tuple(
        Determination(
            row.house_id,
            row.survey_round,
            DamageOutcome(row.outcome),
            row.decided_on,
            row.is_final,
            row.approved_by,
            row.approved_on,
        )
        for row in connection.execute(_DETERMINATIONS, wanted)
    )


def load_holds(connection: Connection, code: str, house_ids: Iterable[str]) -> tuple[Hold, ...]:
    """Return every hold on the houses."""
    wanted = {"code": code, "house_ids": sorted(house_ids)}
    return tuple(
        Hold(row.house_id, row.hold_no, HoldKind(row.kind), row.starts_on, row.ends_on)
        for row in connection.execute(_HOLDS, wanted)
    )


def _house_row(row: Any) -> HouseRow:
    return HouseRow(
        house=DamagedHouse(
            house_id=row.house_id,
            disaster_id=row.disaster_id,
            building_id=row.building_id,
            household_id=row.household_id,
            damaged_on=row.damaged_on,
            location=row.location,
            application=ApplicationState(row.application),
        ),
        disaster=Disaster(row.disaster_id, row.disaster_name, row.occurred_on),
        household=VictimHousehold(
            disaster_id=row.disaster_id,
            household_id=row.household_id,
            register_household_no=row.register_household_no,
            householder_name=row.householder_name,
            householder_address=row.householder_address,
        ),
    )
