"""Rows of sessions. Every arrow is one UPDATE that names the state it leaves."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Update,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from gateway.billing.fees import SheetPrice, SheetPurpose
from gateway.database import Moment, metadata
from gateway.errors import BindingMismatchError, UnknownSessionError, WrongStateError
from gateway.sessions.model import LEGAL, Session
from gateway.wire.bodies import CatalogueOffer, PrintReport, SessionState
from issuance.wire.bodies import SheetOutcome
from issuance.wire.codes import DocumentType

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("kiosk_id", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("session_key", LargeBinary, nullable=False),
    Column("challenge", LargeBinary, nullable=False),
    Column("challenge_used", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("municipality_code", Text),
    Column("subject", LargeBinary),
    Column("bind", LargeBinary),
    Column("subject_ref", Text),
    Column("offers", Text, nullable=False),
    Column("entry_id", Text),
    Column("document_type", Text),
    Column("copies", Integer, nullable=False),
    Column("record_version", BigInteger, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("order_digest", LargeBinary),
    Column("price", Text),
    Column("unit_fee", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("payment_ref", Text),
    Column("manifest", LargeBinary),
    Column("sealed", LargeBinary),
    Column("results", Text, nullable=False),
    Column("receipt_number", Text),
    Column("refund", Integer, nullable=False),
    Column("core_told", Integer, nullable=False),
    UniqueConstraint("challenge", name="uq_sessions_challenge"),
    CheckConstraint("total >= 0 AND refund >= 0", name="ck_sessions_amounts"),
    Index("ix_sessions_state", "state", "changed_at"),
)

certificate_numbers = Table(
    "certificate_numbers",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("certificate_number", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    PrimaryKeyConstraint("municipality_code", "certificate_number"),
)

print_reports = Table(
    "print_reports",
    metadata,
    Column("session_id", Text, nullable=False),
    Column("certificate_number", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("pages_out", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reported_at", Moment, nullable=False),
    PrimaryKeyConstraint("session_id", "certificate_number", "attempt"),
)

_LOADED = tuple(column for column in sessions.columns if column.name not in ("sealed",))
_SESSIONS = select(*_LOADED)
"""Ciphertext is loaded by the one step that hands it over."""
_BY_ID = _SESSIONS.where(sessions.c.session_id == bindparam("session_id"))


@dataclass(frozen=True, slots=True)
class NewSession:
    """What is known when a session is opened."""

    session_id: str
    kiosk_id: str
    operator: str
    session_key: bytes
    challenge: bytes
    opened_at: datetime
    expires_at: datetime


def add_session(connection: Connection, new: NewSession) -> None:
    """Add a session in state NEW; a repeated id or challenge breaks a unique constraint."""
    connection.execute(
        insert(sessions),
        {
            "session_id": new.session_id,
            "kiosk_id": new.kiosk_id,
            "operator": new.operator,
            "state": SessionState.NEW.value,
            "session_key": new.session_key,
            "challenge": new.challenge,
            "challenge_used": 0,
            "opened_at": new.opened_at,
            "expires_at": new.expires_at,
            "changed_at": new.opened_at,
            "offers": "[]",
            "copies": 0,
            "record_version": 0,
            "pages": 0,
            "unit_fee": 0,
            "total": 0,
            "results": "{}",
            "refund": 0,
            "core_told": 1,
        },
    )


def get_session(connection: Connection, session_id: str) -> Session:
    """Return a session. Raises: UnknownSessionError."""
    row = connection.execute(_BY_ID, {"session_id": session_id}).one_or_none()
    if row is None:
        raise UnknownSessionError("no such session")
    return _session(row)


def use_challenge(connection: Connection, session_id: str) -> bool:
    """Use the session's challenge up; False when it was used before."""
    used = connection.execute(
        update(sessions)
        .where(sessions.c.session_id == session_id, sessions.c.challenge_used == 0)
        .values(challenge_used=1)
    )
    return used.rowcount == 1


@cache
def _arrow(changed: tuple[str, ...]) -> Update:
    """Return the compare-and-set that also changes these columns."""
    names = ("state", "changed_at", *changed)
    return (
        update(sessions)
        .where(
            sessions.c.session_id == bindparam("of"),
            sessions.c.state == bindparam("leaving"),
        )
        .values({name: bindparam(name) for name in names})
    )


def move(
    connection: Connection,
    session_id: str,
    expected: SessionState,
    state: SessionState,
    *,
    now: datetime,
    **changes: Any,
) -> None:
    """Take one arrow by compare-and-set. Raises: WrongStateError when it was lost."""
    if state not in LEGAL[expected]:
        raise WrongStateError(f"there is no arrow from {expected} to {state}")
    values = {"of": session_id, "leaving": expected.value, "state": state.value, "changed_at": now}
    moved = connection.execute(_arrow(tuple(changes)), values | changes)
    if moved.rowcount != 1:
        raise WrongStateError(f"the session is not {expected}")


def load_sealed(connection: Connection, session_id: str) -> bytes | None:
    """Return the sealed documents as they were stored; None once they were dropped."""
    query = select(sessions.c.sealed).where(sessions.c.session_id == session_id)
    return connection.execute(query).scalar_one_or_none()


def claim_numbers(
    connection: Connection, code: str, session_id: str, numbers: Collection[str]
) -> None:
    """Note that these numbers belong to this session.

    Raises: BindingMismatchError when one of them was seen before.
    """
    rows = [
        {"municipality_code": code, "certificate_number": number, "session_id": session_id}
        for number in numbers
    ]
    try:
        with connection.begin_nested():
            connection.execute(insert(certificate_numbers), rows)
    except IntegrityError as error:
        raise BindingMismatchError("number-seen-before") from error


def find_session_of_number(connection: Connection, code: str, number: str) -> str | None:
    """Return the session that a certificate number belongs to."""
    query = select(certificate_numbers.c.session_id).where(
        certificate_numbers.c.municipality_code == code,
        certificate_numbers.c.certificate_number == number,
    )
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def add_print_report(
    connection: Connection, session_id: str, report: PrintReport, now: datetime
) -> None:
    """Add the report of one attempt. Raises: WrongStateError when it was reported before."""
    row = report.model_dump(mode="json") | {"session_id": session_id, "reported_at": now}
    try:
        with connection.begin_nested():
            connection.execute(insert(print_reports), row)
    except IntegrityError as error:
        raise WrongStateError("this attempt was reported before") from error


def load_print_outcomes(connection: Connection, session_id: str) -> dict[str, set[str]]:
    """Return the reported outcomes of each certificate number."""
    query = select(print_reports.c.certificate_number, print_reports.c.outcome).where(
        print_reports.c.session_id == session_id
    )
    found: dict[str, set[str]] = {}
    for number, outcome in connection.execute(query):
        found.setdefault(number, set()).add(outcome)
    return found


def price_text(price: SheetPrice) -> str:
    """Return a price as it is stored.

    What has its default is left out, so that a gateway of the version before can go on with it.
    """
    words = asdict(price)
    if not price.bcl_fee:
        del words["bcl_fee"]
    if price.purpose is SheetPurpose.SERVICE:
        del words["purpose"]
    return json.dumps(words)


def _price(text: str) -> SheetPrice:
    words = json.loads(text)
    purpose = SheetPurpose(words.pop("purpose", SheetPurpose.SERVICE))
    return SheetPrice(**words, purpose=purpose)


def note_core_told(connection: Connection, session_id: str) -> None:
    """Note that the core knows of the end of a session without sheets."""
    connection.execute(
        update(sessions).where(sessions.c.session_id == session_id).values(core_told=1)
    )


def list_untold(connection: Connection) -> list[Session]:
    """Return ended sessions whose core does not know of their end yet, oldest first."""
    query = _SESSIONS.where(sessions.c.core_told == 0).order_by(sessions.c.changed_at)
    return [_session(row) for row in connection.execute(query)]


def list_sessions(
    connection: Connection, states: Collection[SessionState], *, unchanged_since: datetime
) -> list[Session]:
    """Return sessions in these states that stood still since then, oldest first."""
    query = _SESSIONS.where(
        sessions.c.state.in_([state.value for state in states]),
        sessions.c.changed_at <= unchanged_since,
    ).order_by(sessions.c.changed_at)
    return [_session(row) for row in connection.execute(query)]


def _session(row: Any) -> Session:
    return Session(
        session_id=row.session_id,
        kiosk_id=row.kiosk_id,
        operator=row.operator,
        state=SessionState(row.state),
        session_key=bytes(row.session_key),
        challenge=bytes(row.challenge),
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        changed_at=row.changed_at,
        municipality_code=row.municipality_code,
        subject=_bytes(row.subject),
        bind=_bytes(row.bind),
        subject_ref=row.subject_ref,
        offers=tuple(CatalogueOffer.model_validate(offer) for offer in json.loads(row.offers)),
        entry_id=row.entry_id,
        document_type=None if row.document_type is None else DocumentType(row.document_type),
        copies=row.copies,
        record_version=row.record_version,
        pages=row.pages,
        order_digest=_bytes(row.order_digest),
        price=None if row.price is None else _price(row.price),
        unit_fee=row.unit_fee,
        total=row.total,
        manifest=_bytes(row.manifest),
        results={
            number: SheetOutcome(outcome) for number, outcome in json.loads(row.results).items()
        },
        receipt_number=row.receipt_number,
        refund=row.refund,
    )


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
