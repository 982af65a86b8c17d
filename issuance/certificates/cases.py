"""Loads what the municipality knows about a card holder, in one transaction's view."""

from datetime import date, datetime, timedelta, timezone

from sqlalchemy import Connection

from issuance.certificates.model import Case, Standing
from issuance.damage.store import (
    HouseRow,
    load_determinations,
    load_holds,
    load_house_of,
    load_houses_of,
)
from issuance.errors import NotLinkedError
from issuance.residents.model import LinkedResident
from issuance.residents.store import find_feeds, find_linked_resident, find_protections_around
from issuance.victims.model import VictimHousehold
from issuance.victims.store import load_members

JAPAN = timezone(timedelta(hours=9), "JST")


def legal_day(moment: datetime) -> date:
    """Return the date in Japan at this moment."""
    return moment.astimezone(JAPAN).date()


def load_standing(
    connection: Connection, code: str, *, issuer_key_id: bytes, serial: int
) -> Standing:
    """Return everything about the holder of a certificate. Raises: NotLinkedError."""
    linked = _linked(connection, code, issuer_key_id, serial)
    rows = load_houses_of(connection, code, linked.resident.resident_id)
    return _standing(connection, code, linked, rows)


def load_standing_for_house(
    connection: Connection, code: str, *, issuer_key_id: bytes, serial: int, house_id: str
) -> Standing:
    """Return the same with at most one case: that house's. Raises: NotLinkedError."""
    linked = _linked(connection, code, issuer_key_id, serial)
    rows = load_house_of(connection, code, linked.resident.resident_id, house_id)
    return _standing(connection, code, linked, rows)


def _linked(connection: Connection, code: str, issuer_key_id: bytes, serial: int) -> LinkedResident:
    linked = find_linked_resident(connection, code, issuer_key_id=issuer_key_id, serial=serial)
    if linked is None:
        raise NotLinkedError("no resident under this certificate")
    return linked


def _standing(
    connection: Connection, code: str, linked: LinkedResident, rows: tuple[HouseRow, ...]
) -> Standing:
    house_ids = [row.house.house_id for row in rows]
    members = (
        load_members(connection, code, {row.household.household_id for row in rows}) if rows else {}
    )
    determinations = load_determinations(connection, code, house_ids) if rows else ()
    holds = load_holds(connection, code, house_ids) if rows else ()
    cases = tuple(
        Case(
            house=row.house,
            disaster=row.disaster,
            household=VictimHousehold(
                disaster_id=row.household.disaster_id,
                household_id=row.household.household_id,
                register_household_no=row.household.register_household_no,
                householder_name=row.household.householder_name,
                householder_address=row.household.householder_address,
                members=members.get(row.household.household_id, ()),
            ),
            determinations=tuple(
                found for found in determinations if found.house_id == row.house.house_id
            ),
            holds=tuple(found for found in holds if found.house_id == row.house.house_id),
        )
        for row in rows
    )
    named = {
        member.resident_id
        for found in members.values()
        for member in found
        if member.resident_id is not None
    }
    return Standing(
        linked=linked,
        feeds=find_feeds(connection, code),
        protections=find_protections_around(
            connection,
            code,
            household_no=linked.resident.household_no,
            resident_ids=named | {linked.resident.resident_id},
        ),
        cases=cases,
    )
