"""Suspensions (サービス停止) that are announced while the gateway runs.

The participation file may hold some too; both kinds count. A withdrawn one stays on record.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, Text, select, update

from gateway.database import Moment, metadata
from gateway.errors import ParticipationError
from gateway.participation.hours import Suspension
from issuance.wire.codes import DocumentType

_ID_BYTES = 4
_CODE = re.compile(r"[0-9]{6}", re.ASCII)

suspensions = Table(
    "suspensions",
    metadata,
    Column("suspension_id", Text, primary_key=True),
    Column("municipality_code", Text),
    Column("certificates", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("text_ja", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("announced_by", Text, nullable=False),
    Column("announced_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
)


@dataclass(frozen=True, slots=True)
class Announced:
    """A suspension with whom it concerns and who announced it."""

    suspension_id: str
    municipality_code: str | None
    """None: it concerns everybody."""
    suspension: Suspension
    announced_by: str
    is_withdrawn: bool = False


def announce(
    connection: Connection,
    municipality_code: str | None,
    suspension: Suspension,
    *,
    by: str,
    now: datetime,
) -> Announced:
    """Announce a suspension. Raises: ParticipationError."""
    if municipality_code is not None and not _CODE.fullmatch(municipality_code):
        raise ParticipationError(
            f"--municipality {municipality_code}: a municipality's code has six digits; "
            "leave it out for everybody"
        )
    if suspension.ends_at <= suspension.starts_at:
        raise ParticipationError("--until lies before --from; a suspension ends after it starts")
    if suspension.ends_at <= now:
        raise ParticipationError("--until lies in the past; residents cannot be told any more")
    if not suspension.text_ja.strip() or not suspension.text_en.strip():
        raise ParticipationError("write the notice in both languages: --ja and --en")
    made = Announced(secrets.token_hex(_ID_BYTES), municipality_code, suspension, by)
    row = {
        "suspension_id": made.suspension_id,
        "municipality_code": municipality_code,
        "certificates": ",".join(sorted(suspension.certificates)),
        "starts_at": suspension.starts_at,
        "ends_at": suspension.ends_at,
        "text_ja": suspension.text_ja,
        "text_en": suspension.text_en,
        "announced_by": by,
        "announced_at": now,
        "withdrawn_at": None,
    }
    connection.execute(suspensions.insert(), row)
    return made


def withdraw(connection: Connection, suspension_id: str, *, now: datetime) -> None:
    """Take an announcement back. Raises: ParticipationError."""
    changed = connection.execute(
        update(suspensions)
        .where(suspensions.c.suspension_id == suspension_id, suspensions.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    if changed.rowcount != 1:
        raise ParticipationError(
            "no announced suspension has that id; see: gateway suspensions list"
        )


def list_announced(connection: Connection) -> tuple[Announced, ...]:
    """Return everything that was ever announced, by its beginning."""
    query = select(suspensions).order_by(suspensions.c.starts_at, suspensions.c.suspension_id)
    return tuple(
        Announced(
            suspension_id=row.suspension_id,
            municipality_code=row.municipality_code,
            suspension=Suspension(
                row.starts_at,
                row.ends_at,
                row.text_ja,
                row.text_en,
                frozenset(DocumentType(one) for one in row.certificates.split(",") if one),
            ),
            announced_by=row.announced_by,
            is_withdrawn=row.withdrawn_at is not None,
        )
        for row in connection.execute(query)
    )


def load_ahead(connection: Connection, now: datetime) -> tuple[Announced, ...]:
    """Return what is suspended at ``now`` or will be."""
    return tuple(
        one
        for one in list_announced(connection)
        if not one.is_withdrawn and one.suspension.ends_at > now
    )


def concerning(announced: Iterable[Announced], code: str | None) -> tuple[Suspension, ...]:
    """Return the suspensions of one municipality; None: those that concern everybody."""
    return tuple(one.suspension for one in announced if one.municipality_code == code)
