"""Storing a delivery: all or nothing, again without harm, never an older row over a newer one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from issuance.database import metadata, read, write
from issuance.errors import ImportRefusedError, LinkConflictError
from issuance.linkage.service import link_rows, read_delivery, store_delivery
from issuance.residents.model import Feed, FeedState, ResidentStatus
from issuance.residents.store import (
    certificate_link_history,
    find_feeds,
    find_linked_resident,
    iterate_residents,
    save_residents,
)
from tests.issuance.builders import ISSUER, TOWN, link, resident
from tests.issuance.linkage.test_reading import RESIDENT, table

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
DISASTER = {"災害番号": "D1", "災害名": "令和8年見本地震", "発生年月日": "2026-10-03"}
HOUSEHOLD = {
    "災害番号": "D1",
    "被災世帯番号": "V1",
    "世帯番号": "0000000001",
    "世帯主氏名": "髙﨑　𠮷乃",
    "世帯主住所": "見本県見本市葛\U000e0100城町１２番地３",
}
FILES = {
    "residents.csv": table(RESIDENT).encode(),
    "disasters.csv": table(DISASTER).encode(),
    "victim_households.csv": table(HOUSEHOLD).encode(),
}


def take_over(engine: Engine, files: dict[str, bytes], *, now: datetime = NOW) -> None:
    with write(engine) as connection:
        store_delivery(connection, TOWN, read_delivery(files), as_of=now, now=now)


def dump(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with read(engine) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def test_the_same_delivery_again_changes_nothing(engine: Engine) -> None:
    take_over(engine, FILES)
    before = dump(engine)
    take_over(engine, FILES)
    assert dump(engine) == before
    assert before["victim_households"]


def test_a_mistake_in_one_file_stores_none_of_them(engine: Engine) -> None:
    stray = HOUSEHOLD | {"災害番号": "D9"}
    with pytest.raises(ImportRefusedError) as refused:
        take_over(engine, FILES | {"victim_households.csv": table(stray).encode()})
    (mistake,) = refused.value.mistakes
    assert (mistake.file_name, mistake.row, mistake.column) == (
        "victim_households.csv",
        2,
        "災害番号",
    )
    with read(engine) as connection:
        assert iterate_residents(connection, TOWN) == ()


def test_a_reference_may_point_at_an_earlier_delivery(engine: Engine) -> None:
    take_over(engine, {"disasters.csv": FILES["disasters.csv"]})
    take_over(engine, {"victim_households.csv": FILES["victim_households.csv"]})


def test_an_older_history_number_does_not_undo_a_newer_one(engine: Engine) -> None:
    moved = RESIDENT | {"住民状態": "転出", "履歴番号": "2"}
    take_over(engine, {"residents.csv": table(moved).encode()})
    take_over(engine, {"residents.csv": table(RESIDENT).encode()})
    with read(engine) as connection:
        (found,) = iterate_residents(connection, TOWN)
    assert found.status is ResidentStatus.MOVED_OUT


def test_a_delivery_of_old_data_does_not_make_the_feed_older(engine: Engine) -> None:
    take_over(engine, FILES)
    take_over(engine, FILES, now=NOW - timedelta(days=3))
    with read(engine) as connection:
        assert find_feeds(connection, TOWN) == (FeedState(Feed.RESIDENTS, NOW),)


def test_a_certificate_does_not_change_hands_by_import(engine: Engine) -> None:
    with write(engine) as connection:
        save_residents(connection, TOWN, [resident(1), resident(2)])
        assert link_rows(connection, TOWN, [link(1)], as_of=NOW, now=NOW) == 1

    def take() -> None:
        stolen = replace(link(1), resident_id="0000000002")
        with write(engine) as connection:
            link_rows(connection, TOWN, [stolen], as_of=NOW, now=NOW)

    with pytest.raises(LinkConflictError):
        take()
    with read(engine) as connection:
        found = find_linked_resident(connection, TOWN, issuer_key_id=ISSUER, serial=1001)
    assert found is not None
    assert found.resident.resident_id == "0000000001"


def test_every_change_of_a_link_is_kept(engine: Engine) -> None:
    ended = replace(link(1), valid_to=NOW.date())
    for row in (link(1), link(1), ended, link(1)):
        with write(engine) as connection:
            link_rows(connection, TOWN, [row], as_of=NOW, now=NOW)
    with read(engine) as connection:
        count = connection.execute(select(func.count()).select_from(certificate_link_history))
        assert count.scalar() == 3


def test_one_municipality_does_not_see_anothers_rows(engine: Engine) -> None:
    with write(engine) as connection:
        save_residents(connection, TOWN, [resident(1)])
        save_residents(connection, "122025", [resident(1, name="別市　太郎")])
    with read(engine) as connection:
        (here,) = iterate_residents(connection, TOWN)
        (there,) = iterate_residents(connection, "122025")
    assert here.name != there.name
