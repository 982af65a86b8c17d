"""Taking over a delivery of CSV files: all of it or nothing.

Importing the same delivery again changes nothing. A feed counts as fresh from the moment the
delivery describes (``as_of``), not from the moment somebody pressed a button.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, select

from issuance.damage.store import (
    damaged_houses,
    save_determinations,
    save_holds,
    save_houses,
)
from issuance.errors import ImportRefusedError
from issuance.linkage.layouts import (
    CERTIFICATE_LINKS,
    DETERMINATIONS,
    DISASTERS,
    HOLDS,
    HOUSEHOLDS,
    HOUSES,
    LAYOUTS,
    MEMBERS,
    PROTECTIONS,
    RESIDENTS,
)
from issuance.linkage.model import ImportSummary, Mistake, ReadFile
from issuance.linkage.reading import read_file
from issuance.residents.model import CertificateLink, Feed
from issuance.residents.store import (
    residents,
    save_links,
    save_protections,
    save_residents,
    set_feed,
)
from issuance.victims.store import (
    disasters,
    save_disasters,
    save_households,
    save_members,
    victim_households,
)

_STORED_KEYS: Mapping[str, Column[Any]] = {
    RESIDENTS.file_name: residents.c.resident_id,
    DISASTERS.file_name: disasters.c.disaster_id,
    HOUSEHOLDS.file_name: victim_households.c.household_id,
    HOUSES.file_name: damaged_houses.c.house_id,
}
_FEEDS = {
    RESIDENTS.file_name: Feed.RESIDENTS,
    CERTIFICATE_LINKS.file_name: Feed.CERTIFICATE_LINKS,
    PROTECTIONS.file_name: Feed.PROTECTIONS,
}
Progress = Callable[[str, int], None]
"""Told the name of each file that was stored and how many rows it had."""


def read_delivery(files: Mapping[str, bytes]) -> tuple[ReadFile, ...]:
    """Return the readable content of a delivery (file name → bytes), in the order of storing.

    Raises: ImportRefusedError with every mistake of every file.
    """
    known = {layout.file_name: layout for layout in LAYOUTS}
    mistakes = [
        Mistake(
            name,
            None,
            None,
            "この名前のファイルは取り込めません。" + "、".join(known),
            "No layout has this file name.",
        )
        for name in files
        if name not in known
    ]
    delivery = []
    for layout in LAYOUTS:
        if layout.file_name not in files:
            continue
        found, wrong = read_file(layout, files[layout.file_name])
        mistakes += wrong
        if found is not None:
            delivery.append(found)
    if mistakes:
        raise ImportRefusedError(mistakes)
    return tuple(delivery)


def store_delivery(
    connection: Connection,
    code: str,
    delivery: Sequence[ReadFile],
    *,
    as_of: datetime,
    now: datetime,
    progress: Progress = lambda _name, _rows: None,
) -> ImportSummary:
    """Store every row of a delivery.

    Raises: ImportRefusedError when a row refers to something nobody knows; LinkConflictError when
    a certificate would change hands.
    """
    _check_references(connection, code, delivery)
    counts = []
    for found in delivery:
        _save(connection, code, found, now=now)
        feed = _FEEDS.get(found.layout.file_name)
        if feed is not None:
            set_feed(connection, code, feed, as_of=as_of)
        counts.append((found.layout.file_name, len(found.rows)))
        progress(*counts[-1])
    ignored = tuple(
        (found.layout.file_name, item) for found in delivery for item in found.ignored_columns
    )
    return ImportSummary(tuple(counts), ignored, as_of)


def link_rows(
    connection: Connection,
    code: str,
    links: Sequence[CertificateLink],
    *,
    as_of: datetime,
    now: datetime,
) -> int:
    """Store certificate links that come as values instead of a file; return how many were new.

    Raises: LinkConflictError when a certificate would change hands.
    """
    count = save_links(connection, code, links, now=now)
    set_feed(connection, code, Feed.CERTIFICATE_LINKS, as_of=as_of)
    return count


def _save(connection: Connection, code: str, found: ReadFile, *, now: datetime) -> None:
    rows = found.rows
    savers: Mapping[str, Callable[[], object]] = {
        RESIDENTS.file_name: lambda: save_residents(connection, code, rows),
        CERTIFICATE_LINKS.file_name: lambda: save_links(connection, code, rows, now=now),
        PROTECTIONS.file_name: lambda: save_protections(connection, code, rows),
        DISASTERS.file_name: lambda: save_disasters(connection, code, rows),
        HOUSEHOLDS.file_name: lambda: save_households(connection, code, rows),
        MEMBERS.file_name: lambda: save_members(connection, code, rows),
        HOUSES.file_name: lambda: save_houses(connection, code, rows),
        DETERMINATIONS.file_name: lambda: save_determinations(connection, code, rows),
        HOLDS.file_name: lambda: save_holds(connection, code, rows),
    }
    savers[found.layout.file_name]()


def _check_references(connection: Connection, code: str, delivery: Iterable[ReadFile]) -> None:
    delivered = {found.layout.file_name: {key[0] for key in found.keys} for found in delivery}
    mistakes: list[Mistake] = []
    for found in delivery:
        for target in {file_name for *_row, file_name in found.references}:
            known = delivered.get(target, set()) | _stored_keys(connection, code, target)
            mistakes += [
                Mistake(
                    found.layout.file_name,
                    row,
                    item,
                    f"この番号の行が {target} にありません。",
                    f"{target} has no row with this number.",
                )
                for row, item, cell, file_name in found.references
                if file_name == target and cell not in known
            ]
    if mistakes:
        mistakes.sort(key=lambda one: (one.file_name, one.row or 0))
        raise ImportRefusedError(mistakes)


def _stored_keys(connection: Connection, code: str, file_name: str) -> set[str]:
    column = _STORED_KEYS[file_name]
    query = select(column).where(column.table.c.municipality_code == code)
    return set(connection.execute(query).scalars())
