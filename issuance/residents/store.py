"""Rows about residents: register, certificate links with their history, protections, freshness."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    or_,
    select,
)

from issuance.database import Moment, insert_replacing, metadata
from issuance.errors import LinkConflictError
from issuance.residents.model import (
    Address,
    CertificateLink,
    Feed,
    FeedState,
    LinkedResident,
    LinkMedium,
    Protection,
    Resident,
    ResidentStatus,
    Sex,
)
from issuance.wire.recipes import serial_bytes

residents = Table(
    "residents",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("resident_id", Text, nullable=False),
    Column("household_no", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_kana", Text, nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("sex", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("prefecture", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("lot", Text, nullable=False),
    Column("building", Text, nullable=False),
    Column("history_no", Integer, nullable=False),
    PrimaryKeyConstraint("municipality_code", "resident_id"),
    Index("ix_residents_household", "municipality_code", "household_no"),
)

certificate_links = Table(
    "certificate_links",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("issuer_key_id", LargeBinary, nullable=False),
    Column("serial", LargeBinary, nullable=False),
    Column("resident_id", Text, nullable=False),
    Column("medium", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("source", Text, nullable=False),
    # The key is the promise: one certificate leads to one resident.
    PrimaryKeyConstraint("municipality_code", "issuer_key_id", "serial"),
    Index("ix_certificate_links_resident", "municipality_code", "resident_id"),
)

certificate_link_history = Table(
    "certificate_link_history",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("issuer_key_id", LargeBinary, nullable=False),
    Column("serial", LargeBinary, nullable=False),
    Column("change_no", Integer, nullable=False),
    Column("resident_id", Text, nullable=False),
    Column("medium", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    PrimaryKeyConstraint("municipality_code", "issuer_key_id", "serial", "change_no"),
)

protections = Table(
    "protections",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("resident_id", Text, nullable=False),
    Column("history_no", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    PrimaryKeyConstraint("municipality_code", "resident_id", "history_no"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("as_of", Moment, nullable=False),
    PrimaryKeyConstraint("municipality_code", "feed"),
)


def save_residents(connection: Connection, code: str, people: Iterable[Resident]) -> int:
    """Store the newest state of each resident; return how many were delivered."""
    rows = [_resident_row(code, person) for person in people]
    if rows:
        connection.execute(insert_replacing(connection, residents, newer_by="history_no"), rows)
    return len(rows)


def save_protections(connection: Connection, code: str, measures: Iterable[Protection]) -> int:
    """Store protection measures; return how many were delivered."""
    rows = [
        {
            "municipality_code": code,
            "resident_id": measure.resident_id,
            "history_no": measure.history_no,
            "kind": measure.kind,
            "starts_on": measure.starts_on,
            "ends_on": measure.ends_on,
        }
        for measure in measures
    ]
    if rows:
        connection.execute(insert_replacing(connection, protections), rows)
    return len(rows)


def save_links(
    connection: Connection, code: str, links: Sequence[CertificateLink], *, now: datetime
) -> int:
    """Store certificate links and the history of their changes; return how many were new.

    Raises: LinkConflictError when a certificate belongs to another resident already; such a change
    needs a person who looks at it, not an import.
    """
    stored = _links_by_key(connection, code)
    history_no = {key: 0 for key in stored}
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    history: list[dict[str, Any]] = []
    for link in links:
        row = _link_row(code, link)
        key = (link.issuer_key_id, link.serial)
        known = stored.get(key)
        if known == link:
            continue
        if known is not None and known.resident_id != link.resident_id:
            raise LinkConflictError("a certificate is linked to another resident")
        (fresh if known is None else changed).append(row)
        stored[key] = link
        history_no[key] = _next_change_no(connection, row, history_no.get(key, 0))
        history.append(row | {"change_no": history_no[key], "recorded_at": now})
    if fresh or changed:
        connection.execute(insert_replacing(connection, certificate_links), fresh + changed)
        connection.execute(certificate_link_history.insert(), history)
    return len(fresh) + len(changed)


def set_feed(connection: Connection, code: str, feed: Feed, *, as_of: datetime) -> None:
    """Record how fresh a feed is; an older delivery does not make it younger or older."""
    connection.execute(
        insert_replacing(connection, feeds, newer_by="as_of"),
        {"municipality_code": code, "feed": feed.value, "as_of": as_of},
    )


def find_feeds(connection: Connection, code: str) -> tuple[FeedState, ...]:
    """Return the freshness of every feed that ever delivered."""
    rows = connection.execute(_FEEDS, {"code": code})
    return tuple(FeedState(Feed(row.feed), row.as_of) for row in rows)


_LINKED = (
    select(
        *certificate_links.c,
        *(
            column
            for column in residents.c
            if column.name not in ("municipality_code", "resident_id")
        ),
    )
    .join_from(
        certificate_links,
        residents,
        (residents.c.municipality_code == certificate_links.c.municipality_code)
        & (residents.c.resident_id == certificate_links.c.resident_id),
    )
    .where(
        certificate_links.c.municipality_code == bindparam("code"),
        certificate_links.c.issuer_key_id == bindparam("issuer_key_id"),
        certificate_links.c.serial == bindparam("serial"),
    )
)
_FEEDS = select(feeds.c.feed, feeds.c.as_of).where(feeds.c.municipality_code == bindparam("code"))
_PROTECTIONS = select(protections).where(
    protections.c.municipality_code == bindparam("code"),
    or_(
        protections.c.resident_id.in_(
            select(residents.c.resident_id).where(
                residents.c.municipality_code == bindparam("code"),
                residents.c.household_no == bindparam("household_no"),
            )
        ),
        protections.c.resident_id.in_(bindparam("resident_ids", expanding=True)),
    ),
)


def find_linked_resident(
    connection: Connection, code: str, *, issuer_key_id: bytes, serial: int
) -> LinkedResident | None:
    """Return the resident whom this certificate belongs to, ended or not."""
    key = {"code": code, "issuer_key_id": issuer_key_id, "serial": serial_bytes(serial)}
    row = connection.execute(_LINKED, key).one_or_none()
    return None if row is None else LinkedResident(_link(row), _resident(row))


def find_protections_around(
    connection: Connection, code: str, *, household_no: str, resident_ids: Iterable[str]
) -> tuple[Protection, ...]:
    """Return the measures for anybody registered in a household today, or named otherwise."""
    near = {"code": code, "household_no": household_no, "resident_ids": sorted(resident_ids)}
    return tuple(
        Protection(row.resident_id, row.history_no, row.kind, row.starts_on, row.ends_on)
        for row in connection.execute(_PROTECTIONS, near)
    )


def _links_by_key(connection: Connection, code: str) -> dict[tuple[bytes, int], CertificateLink]:
    query = select(certificate_links).where(certificate_links.c.municipality_code == code)
    found = (_link(row) for row in connection.execute(query))
    return {(link.issuer_key_id, link.serial): link for link in found}


def _next_change_no(connection: Connection, row: dict[str, Any], used: int) -> int:
    if used:
        return used + 1
    table = certificate_link_history
    query = (
        select(table.c.change_no)
        .where(*(table.c[name] == row[name] for name in _KEY))
        .order_by(table.c.change_no.desc())
        .limit(1)
    )
    return int(connection.execute(query).scalar() or 0) + 1


_KEY = ("municipality_code", "issuer_key_id", "serial")


def _link_row(code: str, link: CertificateLink) -> dict[str, Any]:
    return {
        "municipality_code": code,
        "issuer_key_id": link.issuer_key_id,
        "serial": serial_bytes(link.serial),
        "resident_id": link.resident_id,
        "medium": link.medium.value,
        "valid_from": link.valid_from,
        "valid_to": link.valid_to,
        "source": link.source,
    }


def _link(row: Any) -> CertificateLink:
    return CertificateLink(
        issuer_key_id=bytes(row.issuer_key_id),
        serial=int.from_bytes(row.serial, "big"),
        resident_id=row.resident_id,
        medium=LinkMedium(row.medium),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
    )


def _resident_row(code: str, person: Resident) -> dict[str, Any]:
    return {
        "municipality_code": code,
        "resident_id": person.resident_id,
        "household_no": person.household_no,
        "status": person.status.value,
        "name": person.name,
        "name_kana": person.name_kana,
        "birth_date": person.birth_date,
        "sex": person.sex.value,
        "relation": person.relation,
        "prefecture": person.address.prefecture,
        "city": person.address.city,
        "town": person.address.town,
        "lot": person.address.lot,
        "building": person.address.building,
        "history_no": person.history_no,
    }


def _resident(row: Any) -> Resident:
    return Resident(
        resident_id=row.resident_id,
        household_no=row.household_no,
        status=ResidentStatus(row.status),
        name=row.name,
        name_kana=row.name_kana,
        birth_date=row.birth_date,
        sex=Sex(row.sex),
        relation=row.relation,
        address=Address(row.prefecture, row.city, row.town, row.lot, row.building),
        history_no=row.history_no,
    )


def iterate_residents(connection: Connection, code: str) -> tuple[Resident, ...]:
    """Return every resident of the municipality in the order of the 宛名番号."""
    query = (
        select(residents)
        .where(residents.c.municipality_code == code)
        .order_by(residents.c.resident_id)
    )
    return tuple(_resident(row) for row in connection.execute(query))
