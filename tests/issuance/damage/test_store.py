"""Which damaged houses belong to whom."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from issuance.damage.store import (
    load_determinations,
    load_holds,
    load_house_of,
    load_houses_of,
    save_determinations,
    save_holds,
    save_houses,
)
from issuance.database import read, write
from tests.issuance.builders import QUAKE, TOWN, determination, hold, house, settle

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FIRST = f"{1:010d}"


@pytest.fixture
def town(engine: Engine) -> Engine:
    with write(engine) as connection:
        settle(connection, people=2, now=NOW)
    return engine


def test_a_resident_has_the_houses_of_her_household_only(town: Engine) -> None:
    with read(town) as connection:
        (row,) = load_houses_of(connection, TOWN, FIRST)
        assert (row.house, row.disaster) == (house(1), QUAKE)
        assert load_house_of(connection, TOWN, FIRST, "B1") == (row,)
        assert load_house_of(connection, TOWN, FIRST, "B2") == ()
        assert load_houses_of(connection, "122025", FIRST) == ()


def test_determinations_come_in_the_order_of_the_rounds(town: Engine) -> None:
    third, second = determination(survey_round=3), determination(survey_round=2)
    with write(town) as connection:
        save_determinations(connection, TOWN, [third, second])
    with read(town) as connection:
        found = load_determinations(connection, TOWN, ["B1"])
    assert [one.survey_round for one in found] == [1, 2, 3]


def test_holds_come_back_as_they_were(town: Engine) -> None:
    with write(town) as connection:
        save_holds(connection, TOWN, [hold(1)])
    with read(town) as connection:
        assert load_holds(connection, TOWN, ["B1", "B2"]) == (hold(1),)


def test_one_building_is_one_case_for_one_household_and_disaster(town: Engine) -> None:
    twin = house(1, house_id="B9")
    with pytest.raises(IntegrityError), write(town) as connection:
        save_houses(connection, TOWN, [twin])
