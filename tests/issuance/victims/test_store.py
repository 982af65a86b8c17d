"""Households stay as they were on the disaster day, in the printed order."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from issuance.database import read, write
from issuance.residents.store import save_residents
from issuance.victims.model import VictimMember
from issuance.victims.store import load_members, save_members
from tests.issuance.builders import TOWN, household, resident, settle

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_members_come_in_their_printed_order_resident_or_not(engine: Engine) -> None:
    first = household(1).members[0]
    third = VictimMember("P8", None, "見本　留学", "同居人", 3)
    second = VictimMember("P9", "0000000009", "見本　小春", "子", 2)
    with write(engine) as connection:
        settle(connection, people=2, now=NOW)
        save_members(connection, TOWN, [("V1", third), ("V1", second)])
    with read(engine) as connection:
        found = load_members(connection, TOWN, ["V1"])
    assert found == {"V1": (first, second, third)}


def test_a_later_move_does_not_change_the_frozen_household(engine: Engine) -> None:
    with write(engine) as connection:
        settle(connection, people=1, now=NOW)
        married = resident(1, name="新姓　花子", household_no="H7", history_no=2)
        save_residents(connection, TOWN, [married])
    with read(engine) as connection:
        assert load_members(connection, TOWN, ["V1"])["V1"] == household(1).members
