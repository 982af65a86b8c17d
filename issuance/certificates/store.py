"""Rows about orders and certificate numbers. Every arrow is one compare-and-set."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from issuance.certificates.model import (
    Entry,
    Order,
    OrderState,
    ReservedNumber,
    Revocation,
)
from issuance.database import Moment, insert_ignoring, metadata
from issuance.errors import NumberCollisionError, UnknownOrderError, WrongOrderStateError
from issuance.wire.bodies import NumberState
from issuance.wire.recipes import serial_bytes

orders = Table(
    "orders",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("subject_ref", Text, nullable=False),
    Column("issuer_key_id", LargeBinary, nullable=False),
    Column("serial", LargeBinary, nullable=False),
    Column("session_key", LargeBinary, nullable=False),
    Column("bind", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("resolved_at", Moment, nullable=False),
    Column("entry_id", Text),
    Column("copies", Integer),
    Column("order_digest", LargeBinary),
    Column("prepared_at", Moment),
    PrimaryKeyConstraint("municipality_code", "session_id"),
    UniqueConstraint("municipality_code", "subject_ref"),
    CheckConstraint("copies BETWEEN 1 AND 10", name="copies"),
)

catalogue_entries = Table(
    "catalogue_entries",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("house_id", Text, nullable=False),
    Column("record_digest", LargeBinary, nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    PrimaryKeyConstraint("municipality_code", "session_id", "entry_id"),
    ForeignKeyConstraint(
        ["municipality_code", "session_id"], ["orders.municipality_code", "orders.session_id"]
    ),
)

certificate_numbers = Table(
    "certificate_numbers",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("certificate_number", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("copy_no", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("certificate_id", LargeBinary, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("pdf_digest", LargeBinary),
    PrimaryKeyConstraint("municipality_code", "certificate_number"),
    UniqueConstraint("municipality_code", "session_id", "copy_no"),
    UniqueConstraint("municipality_code", "fiscal_year", "sequence"),
    UniqueConstraint("municipality_code", "certificate_id"),
    ForeignKeyConstraint(
        ["municipality_code", "session_id"], ["orders.municipality_code", "orders.session_id"]
    ),
)

number_sequences = Table(
    "number_sequences",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("next_sequence", Integer, nullable=False),
    PrimaryKeyConstraint("municipality_code", "fiscal_year"),
)

revocations = Table(
    "revocations",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("certificate_number", Text, nullable=False),
    Column("certificate_id", LargeBinary, nullable=False),
    Column("revoked_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("municipality_code", "certificate_number"),
)

_ORDER = select(orders).where(
    orders.c.municipality_code == bindparam("code"),
    orders.c.session_id == bindparam("session_id"),
)
_ENTRY = select(catalogue_entries).where(
    catalogue_entries.c.municipality_code == bindparam("code"),
    catalogue_entries.c.session_id == bindparam("session_id"),
    catalogue_entries.c.entry_id == bindparam("entry_id"),
)
_NUMBERS = (
    select(certificate_numbers)
    .where(
        certificate_numbers.c.municipality_code == bindparam("code"),
        certificate_numbers.c.session_id == bindparam("session_id"),
    )
    .order_by(certificate_numbers.c.copy_no)
)

SEQUENCE_TRIES = 20
"""How often a lost race for the next number is run again; a writer holds it for milliseconds."""


def add_order(connection: Connection, code: str, order: Order, entries: Iterable[Entry]) -> None:
    """Store a resolved session and its catalogue.

    Raises: WrongOrderStateError when the session was resolved before.
    """
    try:
        connection.execute(orders.insert(), _order_row(code, order))
    except IntegrityError as error:
        raise WrongOrderStateError("the session was resolved before") from error
    connection.execute(
        catalogue_entries.insert(),
        [
            {
                "municipality_code": code,
                "session_id": order.session_id,
                "entry_id": entry.entry_id,
                "house_id": entry.house_id,
                "record_digest": entry.record_digest,
                "record_version": entry.record_version,
                "pages": entry.pages,
            }
            for entry in entries
        ],
    )


def get_order(connection: Connection, code: str, session_id: str) -> Order:
    """Return the order of a session. Raises: UnknownOrderError."""
    row = connection.execute(_ORDER, {"code": code, "session_id": session_id}).one_or_none()
    if row is None:
        raise UnknownOrderError("no such session")
    return _order(row)


def get_entry(connection: Connection, code: str, session_id: str, entry_id: str) -> Entry:
    """Return one line of a session's catalogue. Raises: UnknownOrderError."""
    key = {"code": code, "session_id": session_id, "entry_id": entry_id}
    row = connection.execute(_ENTRY, key).one_or_none()
    if row is None:
        raise UnknownOrderError("no such entry in this session")
    return Entry(
        row.entry_id, row.house_id, bytes(row.record_digest), row.record_version, row.pages
    )


def move_order(
    connection: Connection,
    code: str,
    session_id: str,
    *,
    expected: Collection[OrderState],
    state: OrderState,
    **changes: Any,
) -> None:
    """Take one arrow of the order's state machine.

    Raises: WrongOrderStateError when the order is in none of the expected states (any more).
    """
    moved = connection.execute(
        update(orders)
        .where(
            orders.c.municipality_code == code,
            orders.c.session_id == session_id,
            orders.c.state.in_(sorted(known.value for known in expected)),
        )
        .values(state=state.value, **changes)
    )
    if moved.rowcount != 1:
        raise WrongOrderStateError(f"the order cannot become {state.value}")


def take_sequence(connection: Connection, code: str, fiscal_year: int, *, count: int) -> int:
    """Take the next ``count`` numbers of a fiscal year; return the first of them.

    Raises: NumberCollisionError when others were faster every time.
    """
    table = number_sequences
    here = (table.c.municipality_code == code, table.c.fiscal_year == fiscal_year)
    for _ in range(SEQUENCE_TRIES):
        seen = connection.execute(select(table.c.next_sequence).where(*here)).scalar()
        if seen is None:
            row = {"municipality_code": code, "fiscal_year": fiscal_year, "next_sequence": 1}
            connection.execute(insert_ignoring(connection, table), row)
            continue
        taken = connection.execute(
            update(table)
            .where(*here, table.c.next_sequence == seen)
            .values(next_sequence=seen + count)
        )
        if taken.rowcount == 1:
            return int(seen)
    raise NumberCollisionError("no certificate number could be reserved")


def reserve_numbers(
    connection: Connection,
    code: str,
    session_id: str,
    numbers: Iterable[ReservedNumber],
    *,
    fiscal_year: int,
    first_sequence: int,
) -> None:
    """Write down the numbers before anything is signed (write-ahead intent).

    Raises: NumberCollisionError when one of them is taken.
    """
    rows = [
        {
            "municipality_code": code,
            "certificate_number": number.certificate_number,
            "session_id": session_id,
            "copy_no": number.copy_no,
            "fiscal_year": fiscal_year,
            "sequence": first_sequence + offset,
            "certificate_id": number.certificate_id,
            "issued_on": number.issued_on,
            "state": number.state.value,
            "pdf_digest": None,
        }
        for offset, number in enumerate(numbers)
    ]
    try:
        connection.execute(certificate_numbers.insert(), rows)
    except IntegrityError as error:
        raise NumberCollisionError("a certificate number is taken") from error


def load_numbers(connection: Connection, code: str, session_id: str) -> tuple[ReservedNumber, ...]:
    """Return the numbers of an order by copy."""
    rows = connection.execute(_NUMBERS, {"code": code, "session_id": session_id})
    return tuple(
        ReservedNumber(
            certificate_number=row.certificate_number,
            copy_no=row.copy_no,
            certificate_id=bytes(row.certificate_id),
            issued_on=row.issued_on,
            state=NumberState(row.state),
            pdf_digest=None if row.pdf_digest is None else bytes(row.pdf_digest),
        )
        for row in rows
    )


def move_number(
    connection: Connection,
    code: str,
    certificate_number: str,
    *,
    expected: Collection[NumberState],
    state: NumberState,
    **changes: Any,
) -> None:
    """Take one arrow in the life of a number. Raises: WrongOrderStateError."""
    moved = connection.execute(
        update(certificate_numbers)
        .where(
            certificate_numbers.c.municipality_code == code,
            certificate_numbers.c.certificate_number == certificate_number,
            certificate_numbers.c.state.in_(sorted(known.value for known in expected)),
        )
        .values(state=state.value, **changes)
    )
    if moved.rowcount != 1:
        raise WrongOrderStateError(f"the number cannot become {state.value}")


def find_interrupted(connection: Connection, code: str, *, before: datetime) -> tuple[str, ...]:
    """Return the sessions whose making was interrupted before that moment."""
    query = select(orders.c.session_id).where(
        orders.c.municipality_code == code,
        orders.c.state == OrderState.PREPARING.value,
        orders.c.prepared_at < before,
    )
    return tuple(connection.execute(query).scalars())


def add_revocation(connection: Connection, code: str, revocation: Revocation) -> None:
    """Store that an issued number is void."""
    connection.execute(
        revocations.insert(),
        {
            "municipality_code": code,
            "certificate_number": revocation.certificate_number,
            "certificate_id": revocation.certificate_id,
            "revoked_at": revocation.revoked_at,
            "reason": revocation.reason,
        },
    )


def load_revocations(connection: Connection, code: str) -> tuple[Revocation, ...]:
    """Return every revocation, oldest first."""
    query = (
        select(revocations)
        .where(revocations.c.municipality_code == code)
        .order_by(revocations.c.revoked_at, revocations.c.certificate_number)
    )
    return tuple(
        Revocation(row.certificate_number, bytes(row.certificate_id), row.revoked_at, row.reason)
        for row in connection.execute(query)
    )


def _order_row(code: str, order: Order) -> dict[str, Any]:
    return {
        "municipality_code": code,
        "session_id": order.session_id,
        "subject_ref": order.subject_ref,
        "issuer_key_id": order.issuer_key_id,
        "serial": serial_bytes(order.serial),
        "session_key": order.session_key,
        "bind": order.bind,
        "state": order.state.value,
        "resolved_at": order.resolved_at,
    }


def _order(row: Any) -> Order:
    return Order(
        session_id=row.session_id,
        subject_ref=row.subject_ref,
        issuer_key_id=bytes(row.issuer_key_id),
        serial=int.from_bytes(row.serial, "big"),
        session_key=bytes(row.session_key),
        bind=bytes(row.bind),
        state=OrderState(row.state),
        resolved_at=row.resolved_at,
        entry_id=row.entry_id,
        copies=row.copies,
        order_digest=None if row.order_digest is None else bytes(row.order_digest),
        prepared_at=row.prepared_at,
    )
