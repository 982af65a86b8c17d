"""The demo town: the same people in every build, and a case for every persona."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import Engine

from cardsim.persona import load_personas
from issuance.database import write
from issuance.linkage.service import read_delivery, store_delivery
from launcher.town_builder import (
    CLASSES,
    LARGE_HOUSEHOLD,
    SEVERAL_HOUSEHOLDS,
    TOWN_FOLDER,
    UNDER_15,
    build_town,
)
from tests.issuance.conftest import empty_town, engine

__all__ = ["empty_town", "engine"]
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(build_town()[name].decode(), newline="")))


def test_the_committed_files_are_what_the_builder_makes() -> None:
    committed = {path.name: path.read_bytes() for path in TOWN_FOLDER.glob("*.csv")}
    assert committed == build_town()


def test_the_town_is_an_ordinary_import(engine: Engine) -> None:
    with write(engine) as connection:
        delivery = read_delivery(build_town())
        summary = store_delivery(connection, "990019", delivery, as_of=NOW, now=NOW)
    assert dict(summary.rows)["residents.csv"] > 280


def test_every_persona_lives_in_the_town_under_her_own_name() -> None:
    town = {row["宛名番号"]: row for row in rows("residents.csv")}
    for persona in load_personas():
        found = town[persona.resident_id]
        address = "".join(
            found[item]
            for item in ("住所_都道府県", "住所_市区郡町村名", "住所_町字", "住所_番地号表記")
        )
        assert (found["氏名"], address) == (persona.name, persona.address)
        assert found["生年月日"] == str(persona.birth_date)


def test_all_six_classes_occur() -> None:
    assert {row["被害の程度"] for row in rows("determinations.csv")} >= set(CLASSES)


def test_one_persona_has_two_cases_and_one_household_has_nine_members() -> None:
    members = rows("household_members.csv")
    cases = Counter(row["宛名番号"] for row in members)
    assert cases[SEVERAL_HOUSEHOLDS] == 2
    large = next(row["被災世帯番号"] for row in members if row["宛名番号"] == LARGE_HOUSEHOLD)
    assert sum(row["被災世帯番号"] == large for row in members) == 9


def test_the_child_belongs_to_the_plain_residents_household() -> None:
    town = {row["宛名番号"]: row["世帯番号"] for row in rows("residents.csv")}
    assert town[UNDER_15] == town["0000000001"]
