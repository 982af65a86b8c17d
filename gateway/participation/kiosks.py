"""Kiosks (キオスク端末) that are enrolled, given new keys and revoked while the gateway runs.

The participation file may name kiosks too; what the table says about a kiosk goes before the file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from gateway.database import Moment, metadata, reading
from gateway.errors import ParticipationError
from gateway.participation.model import Kiosk
from gateway.participation.operators import enrol_place, load_revoked_places
from signed_http.keys import KeyRing

REFRESH_AFTER = timedelta(seconds=2)
"""A revoked key stops working within this time in every process."""
KEY_BYTES = 32
MAX_OVERLAP = timedelta(days=90)
"""Assumption: an old key that works longer than a quarter was forgotten, not rolled."""

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


kiosk_keys = Table(
    "kiosk_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("kiosk_id", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_until", Moment),
    Index("ix_kiosk_keys_kiosk", "kiosk_id"),
)
"""Every key that a kiosk ever had; ``kiosks`` holds the first one."""


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""As in the participation file and on the wire."""
_NO_KIOSK = "no active kiosk of that id is enrolled; see: gateway kiosks list"


@dataclass(frozen=True, slots=True)
class KioskKey:
    """A key with which a kiosk signs, and when."""

    kiosk_id: str
    key_id: str
    public_key: bytes
    valid_from: datetime
    valid_until: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Say whether the kiosk may sign with it at ``now``."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


def enrol(connection: Connection, kiosk: Kiosk, *, now: datetime) -> None:
    """Let a kiosk speak to the gateway; its operator and store are enrolled with it.

    Raises: ParticipationError when its id or key id is taken, also by a kiosk that was revoked,
    when its key was used before, or when its operator or store was revoked.
    """
    _check_id(kiosk.kiosk_id)
    _check_key(connection, kiosk.public_key)
    enrol_place(connection, kiosk.operator, kiosk.store, now=now)
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
            _add_key(connection, KioskKey(kiosk.kiosk_id, kiosk.key_id, kiosk.public_key, now))
    except IntegrityError as error:
        raise ParticipationError(
            "this kiosk id or key id is enrolled already; see: gateway kiosks list"
        ) from error


def roll_key(
    connection: Connection, key: KioskKey, *, overlap: timedelta, now: datetime
) -> tuple[KioskKey, ...]:
    """Give a kiosk a new key; the old ones work until ``overlap`` is over.

    Returns its keys. Raises: ParticipationError.
    """
    _check_id(key.key_id)
    _check_key(connection, key.public_key)
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        raise ParticipationError(f"the overlap lies between 0 and {MAX_OVERLAP.days} days")
    known = {kiosk.kiosk_id: kiosk for kiosk in list_kiosks(connection)}.get(key.kiosk_id)
    if known is None or known.revoked:
        raise ParticipationError(_NO_KIOSK)
    ends = now + overlap
    if not list_keys(connection, key.kiosk_id):
        # Enrolled by a gateway of the version before: its first key gets its row now.
        _add_key(connection, KioskKey(known.kiosk_id, known.key_id, known.public_key, now))
    connection.execute(
        update(kiosk_keys)
        .where(
            kiosk_keys.c.kiosk_id == key.kiosk_id,
            (kiosk_keys.c.valid_until.is_(None)) | (kiosk_keys.c.valid_until > ends),
        )
        .values(valid_until=ends)
    )
    try:
        with connection.begin_nested():
            _add_key(connection, key)
    except IntegrityError as error:
        raise ParticipationError("this key id was used before; a new key has a new id") from error
    return list_keys(connection, key.kiosk_id)


def revoke_key(connection: Connection, key_id: str, *, now: datetime) -> None:
    """Stop one key at once. Raises: ParticipationError when it is not in use."""
    changed = connection.execute(
        update(kiosk_keys)
        .where(
            kiosk_keys.c.key_id == key_id,
            (kiosk_keys.c.valid_until.is_(None)) | (kiosk_keys.c.valid_until > now),
        )
        .values(valid_until=now)
    )
    if changed.rowcount != 1:
        raise ParticipationError("no key of that id is in use; see: gateway kiosks list")


def revoke(connection: Connection, kiosk_id: str, *, now: datetime) -> None:
    """Stop a kiosk for good. Raises: ParticipationError when the table does not know it."""
    changed = connection.execute(
        update(kiosks)
        .where(kiosks.c.kiosk_id == kiosk_id, kiosks.c.revoked == 0)
        .values(revoked=1, changed_at=now)
    )
    if changed.rowcount != 1:
        raise ParticipationError(_NO_KIOSK)


def list_kiosks(connection: Connection) -> tuple[Kiosk, ...]:
    """Return every enrolled kiosk with its first key, revoked ones too, by id."""
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


def list_keys(connection: Connection, kiosk_id: str | None = None) -> tuple[KioskKey, ...]:
    """Return all keys of one kiosk or of every kiosk, oldest first."""
    query = select(kiosk_keys).order_by(kiosk_keys.c.kiosk_id, kiosk_keys.c.valid_from)
    if kiosk_id is not None:
        query = query.where(kiosk_keys.c.kiosk_id == kiosk_id)
    return tuple(
        KioskKey(r.kiosk_id, r.key_id, bytes(r.public_key), r.valid_from, r.valid_until)
        for r in connection.execute(query)
    )


def _check_id(text: str) -> None:
    if not _ID.fullmatch(text):
        raise ParticipationError(
            f"“{text}”: an id is up to 64 of A-Z, a-z, 0-9, _ and -, such as kiosk-9"
        )


def _check_key(connection: Connection, public_key: bytes) -> None:
    """Refuse a key that tells no kiosk apart, or that a roll would leave in use."""
    if len(public_key) != KEY_BYTES:
        raise ParticipationError(
            "a kiosk's key is an Ed25519 public key of 32 bytes: write 64 hexadecimal digits"
        )
    known = select(kiosk_keys.c.key_id).where(kiosk_keys.c.public_key == public_key)
    first = select(kiosks.c.key_id).where(kiosks.c.public_key == public_key)
    taken = connection.execute(known).scalars().first() or connection.execute(first).scalar()
    if taken is not None:
        raise ParticipationError(
            f"this public key was enrolled before, as {taken}; make a new key pair and give its "
            "public key"
        )


def _add_key(connection: Connection, key: KioskKey) -> None:
    row = {
        "key_id": key.key_id,
        "kiosk_id": key.kiosk_id,
        "public_key": key.public_key,
        "valid_from": key.valid_from,
        "valid_until": key.valid_until,
    }
    connection.execute(kiosk_keys.insert(), row)


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
            keys = list_keys(connection)
            closed = load_revoked_places(connection)
        known = {kiosk.kiosk_id: kiosk for kiosk in enrolled}
        signing = [kiosk for kiosk in self.configured if kiosk.kiosk_id not in known]
        with_keys = {key.kiosk_id for key in keys}
        # A gateway of the version before enrols a kiosk without a row in the newer table.
        signing += [kiosk for kiosk in enrolled if kiosk.kiosk_id not in with_keys]
        signing += [
            replace(known[key.kiosk_id], key_id=key.key_id, public_key=key.public_key)
            for key in keys
            if key.kiosk_id in known and key.is_valid(now)
        ]
        active = {
            kiosk.key_id: kiosk
            for kiosk in signing
            if not kiosk.revoked and not closed.has(kiosk.operator, kiosk.store)
        }
        if active != self._by_key or self._read_at is None:
            self._by_key = active
            self._ring = KeyRing(known={key: kiosk.public_key for key, kiosk in active.items()})
        self._read_at = now
