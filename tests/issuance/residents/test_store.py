"""Who stands behind a certificate, and who around her is protected."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from issuance.database import read, write
from issuance.residents.model import Address, LinkedResident
from issuance.residents.store import (
    find_linked_resident,
    find_protections_around,
    save_links,
    save_protections,
    save_residents,
)
from tests.issuance.builders import ISSUER, TOWN, link, protection, resident

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_certificate_leads_to_its_resident_exactly_as_stored(engine: Engine) -> None:
    strange = resident(
        1,
        name="葛\U000e0100　𠮷\ufa19",
        address=Address("見本県", "見本市", "辻\U000e0100", "１番", "見本ハイツ１０１号室"),
    )
    with write(engine) as connection:
        save_residents(connection, TOWN, [strange])
        save_links(connection, TOWN, [link(1)], now=NOW)
    with read(engine) as connection:
        found = find_linked_resident(connection, TOWN, issuer_key_id=ISSUER, serial=1001)
    assert found == LinkedResident(link(1), strange)


def test_a_serial_of_another_issuer_or_municipality_leads_nowhere(engine: Engine) -> None:
    with write(engine) as connection:
        save_residents(connection, TOWN, [resident(1)])
        save_links(connection, TOWN, [link(1)], now=NOW)
    with read(engine) as connection:
        for code, issuer, serial in (
            (TOWN, bytes(32), 1001),
            (TOWN, ISSUER, 1002),
            ("122025", ISSUER, 1001),
        ):
            assert (
                find_linked_resident(connection, code, issuer_key_id=issuer, serial=serial) is None
            )


def test_the_largest_serial_is_kept(engine: Engine) -> None:
    serial = 2**160 - 1
    with write(engine) as connection:
        save_residents(connection, TOWN, [resident(1)])
        save_links(connection, TOWN, [link(1, serial=serial)], now=NOW)
    with read(engine) as connection:
        found = find_linked_resident(connection, TOWN, issuer_key_id=ISSUER, serial=serial)
    assert found is not None
    assert found.link.serial == serial


def test_protection_is_found_in_the_household_of_today_and_by_name(engine: Engine) -> None:
    with write(engine) as connection:
        save_residents(connection, TOWN, [resident(1), resident(2, household_no="H1"), resident(3)])
        save_protections(connection, TOWN, [protection(2), protection(3)])

    def around(household_no: str, *resident_ids: str) -> set[str]:
        with read(engine) as connection:
            found = find_protections_around(
                connection, TOWN, household_no=household_no, resident_ids=resident_ids
            )
        return {measure.resident_id for measure in found}

    assert around("H1") == {"0000000002"}
    assert around("H1", "0000000003") == {"0000000002", "0000000003"}
    assert around("H9") == set()


def test_an_address_is_one_line_with_the_building_behind_a_space() -> None:
    assert (
        Address("見本県", "見本市", "港町", "１番", "ハイツ").text == "見本県見本市港町１番　ハイツ"
    )
    assert Address("見本県", "見本市", "港町", "１番", "").text == "見本県見本市港町１番"
