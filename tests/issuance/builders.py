"""Small towns for tests: only what matters to a test is written in it."""

from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Connection

from issuance.damage.model import (
    ApplicationState,
    DamagedHouse,
    DamageOutcome,
    Determination,
    Hold,
    HoldKind,
)
from issuance.damage.store import save_determinations, save_houses
from issuance.residents.model import (
    Address,
    CertificateLink,
    Feed,
    LinkMedium,
    Protection,
    Resident,
    ResidentStatus,
    Sex,
)
from issuance.residents.store import save_links, save_residents, set_feed
from issuance.victims.model import Disaster, VictimHousehold, VictimMember
from issuance.victims.store import save_disasters, save_households, save_members

TOWN = "990019"
ISSUER = sha256(b"demo authority").digest()
QUAKE = Disaster("D1", "令和8年見本地震", date(2026, 10, 3))
ADDRESS = Address("見本県", "見本市", "中央一丁目", "2番3号", "")


def resident(number: int = 1, **changes: object) -> Resident:
    """Return an invented resident of household H<number>."""
    person = Resident(
        resident_id=f"{number:010d}",
        household_no=f"H{number}",
        status=ResidentStatus.ACTIVE,
        name=f"見本　花子{number}",
        name_kana="ミホン　ハナコ",
        birth_date=date(1980, 4, 1),
        sex=Sex.FEMALE,
        relation="世帯主",
        address=ADDRESS,
        history_no=1,
    )
    return replace(person, **changes)  # type: ignore[arg-type]


def link(number: int = 1, **changes: object) -> CertificateLink:
    """Return the card certificate with serial 1000 + number."""
    made = CertificateLink(
        issuer_key_id=ISSUER,
        serial=1000 + number,
        resident_id=f"{number:010d}",
        medium=LinkMedium.CARD,
        valid_from=date(2024, 1, 1),
        valid_to=date(2028, 12, 31),
        source="test",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def protection(number: int = 1, **changes: object) -> Protection:
    """Return an open protection measure for a resident."""
    made = Protection(f"{number:010d}", 1, "DV", date(2026, 1, 1), None)
    return replace(made, **changes)  # type: ignore[arg-type]


def household(number: int = 1, **changes: object) -> VictimHousehold:
    """Return the frozen household of one resident."""
    made = VictimHousehold(
        disaster_id=QUAKE.disaster_id,
        household_id=f"V{number}",
        register_household_no=f"H{number}",
        householder_name=f"見本　花子{number}",
        householder_address=ADDRESS.text,
        members=(VictimMember(f"P{number}", f"{number:010d}", f"見本　花子{number}", "世帯主", 1),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def house(number: int = 1, **changes: object) -> DamagedHouse:
    """Return the damaged house of one household."""
    made = DamagedHouse(
        house_id=f"B{number}",
        disaster_id=QUAKE.disaster_id,
        building_id=f"K{number}",
        household_id=f"V{number}",
        damaged_on=QUAKE.occurred_on,
        location=ADDRESS.text,
        application=ApplicationState.ACCEPTED,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def determination(number: int = 1, **changes: object) -> Determination:
    """Return a final, approved determination: half destroyed."""
    made = Determination(
        house_id=f"B{number}",
        survey_round=1,
        outcome=DamageOutcome.HALF,
        decided_on=date(2026, 10, 20),
        is_final=True,
        approved_by="職員001",
        approved_on=date(2026, 10, 21),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def hold(number: int = 1, **changes: object) -> Hold:
    """Return an open hold on one house."""
    made = Hold(f"B{number}", 1, HoldKind.CORRECTION, date(2026, 11, 1), None)
    return replace(made, **changes)  # type: ignore[arg-type]


def freshen(connection: Connection, as_of: datetime) -> None:
    """Let every feed deliver."""
    for feed in Feed:
        set_feed(connection, TOWN, feed, as_of=as_of)


def settle(connection: Connection, *, people: int, now: datetime) -> None:
    """Fill a town with ``people`` single households, each with one certificate to issue."""
    numbers = range(1, people + 1)
    save_residents(connection, TOWN, [resident(number) for number in numbers])
    save_links(connection, TOWN, [link(number) for number in numbers], now=now)
    save_disasters(connection, TOWN, [QUAKE])
    homes = [household(number) for number in numbers]
    save_households(connection, TOWN, homes)
    save_members(
        connection, TOWN, [(home.household_id, one) for home in homes for one in home.members]
    )
    save_houses(connection, TOWN, [house(number) for number in numbers])
    save_determinations(connection, TOWN, [determination(number) for number in numbers])
    freshen(connection, now)
