"""Kiosks (キオスク端末) that are enrolled and revoked while the gateway runs.

The participation file may name kiosks too; what the table says about a kiosk goes before the file.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Engine, Integer, LargeBinary, Table, Text, select, update
from sqlalchemy.exc import IntegrityError

from gateway.database import Moment, metadata, reading
from gateway.errors import ParticipationError
from gateway.participation.model import Kiosk
from signed_http.keys import KeyRing

REFRESH_AFTER = timedelta(seconds=2)
"""A revoked key stops working within this time in every process."""
KEY_BYTES = 32

kiosks = Table(
    "kiosks",
    metadata,
    Column("kiosk_id", Text, primary_key=True),
    Column("operator", Text, nullable=False),
    Column("store", Text, nullable=False),
    Column("key_id", Text, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("revoked", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
)


def enrol(connection: Connection, kiosk: Kiosk, *, now: datetime) -> None:
    """Let a kiosk speak to the gateway.

    Raises: ParticipationError when its id or key id is taken, also by a kiosk that was revoked.
    """
    if len(kiosk.public_key) != KEY_BYTES:
        raise ParticipationError("a kiosk's key is an Ed25519 public key of 32 bytes")
    row = {
        "kiosk_id": kiosk.kiosk_id,
        "operator": kiosk.operator,
        "store": kiosk.store,
        "key_id": kiosk.key_id,
        "public_key": kiosk.public_key,
        "revoked": int(kiosk.revoked),
        "changed_at": now,
    }
    try:
        with connection.begin_nested():
            connection.execute(kiosks.insert(), row)
    except IntegrityError as error:
        raise ParticipationError("this kiosk or its key is enrolled already") from error


def revoke(connection: Connection, kiosk_id: str, *, now: datetime) -> None:
    """Stop a kiosk for good. Raises: ParticipationError when the table does not know it."""
    changed = connection.execute(
        update(kiosks)
        .where(kiosks.c.kiosk_id == kiosk_id, kiosks.c.revoked == 0)
        .values(revoked=1, changed_at=now)
    )
    if changed.rowcount != 1:
        raise ParticipationError("no active kiosk of that id is enrolled")


def list_kiosks(connection: Connection) -> tuple[Kiosk, ...]:
    """Return every enrolled kiosk, revoked ones too, by id."""
    return tuple(
        Kiosk(
            kiosk_id=row.kiosk_id,
            operator=row.operator,
            store=row.store,
            key_id=row.key_id,
            public_key=bytes(row.public_key),
            revoked=bool(row.revoked),
        )
        for row in connection.execute(select(kiosks).order_by(kiosks.c.kiosk_id))
    )


@dataclass(slots=True)
class KioskRegister:
    """Who may speak at this moment: the file's kiosks and the table's."""

    engine: Engine
    configured: tuple[Kiosk, ...]
    now: Callable[[], datetime]
    _read_at: datetime | None = None
    _by_key: dict[str, Kiosk] = field(default_factory=dict)
    _ring: KeyRing = field(default_factory=KeyRing)

    def ring(self) -> KeyRing:
        """Return the keys of all kiosks that may speak."""
        self._refresh()
        return self._ring

    def find_kiosk(self, key_id: str) -> Kiosk | None:
        """Return the kiosk that signs under that key id and may still do so."""
        self._refresh()
        return self._by_key.get(key_id)

    def _refresh(self) -> None:
        now = self.now()
        # An age below zero means that the clock went backwards: then nothing is fresh.
        if self._read_at is not None and timedelta(0) <= now - self._read_at < REFRESH_AFTER:
            return
        with reading(self.engine) as connection:
            enrolled = list_kiosks(connection)
        known = {kiosk.kiosk_id: kiosk for kiosk in (*self.configured, *enrolled)}
        active = {kiosk.key_id: kiosk for kiosk in known.values() if not kiosk.revoked}
        if active != self._by_key or self._read_at is None:
            self._by_key = active
            self._ring = KeyRing(known={key: kiosk.public_key for key, kiosk in active.items()})
        self._read_at = now
