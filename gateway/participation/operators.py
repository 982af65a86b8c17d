"""Operators (コンビニ事業者) and their stores (店舗): revoking one stops every kiosk in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, Table, Text, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.database import Moment, metadata
from gateway.errors import ParticipationError

operators = Table(
    "operators",
    metadata,
    Column("operator", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("revoked", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
stores = Table(
    "stores",
    metadata,
    Column("operator", Text, primary_key=True),
    Column("store", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("revoked", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An operator, or one of its stores."""

    operator: str
    store: str | None
    """None: the operator itself."""
    name: str
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class RevokedPlaces:
    """Operators and stores whose kiosks may not speak."""

    operators: frozenset[str]
    stores: frozenset[tuple[str, str]]

    def has(self, operator: str, store: str) -> bool:
        """Say whether a kiosk there may not speak."""
        return operator in self.operators or (operator, store) in self.stores


def enrol_place(
    connection: Connection, operator: str, store: str | None, *, name: str = "", now: datetime
) -> None:
    """Enrol an operator and, where one is given, its store; who is enrolled stays as it is.

    Raises: ParticipationError when operator or store was revoked.
    """
    if not operator.strip() or (store is not None and not store.strip()):
        raise ParticipationError("operator and store need a name each")
    new = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"operator": operator, "name": name or operator, "revoked": 0, "changed_at": now}
    if store is None:
        connection.execute(new(operators).on_conflict_do_nothing(), row)
    else:
        connection.execute(new(operators).on_conflict_do_nothing(), row | {"name": operator})
        own = row | {"store": store, "name": name or store}
        connection.execute(new(stores).on_conflict_do_nothing(), own)
    if load_revoked_places(connection).has(operator, store or ""):
        raise ParticipationError("this operator or store was revoked; nothing is enrolled there")


def revoke_place(
    connection: Connection, operator: str, store: str | None, *, now: datetime
) -> None:
    """Stop every kiosk of an operator or of one store. Raises: ParticipationError."""
    table = operators if store is None else stores
    query = update(table).where(table.c.operator == operator, table.c.revoked == 0)
    if store is not None:
        query = query.where(stores.c.store == store)
    changed = connection.execute(query.values(revoked=1, changed_at=now))
    if changed.rowcount != 1:
        raise ParticipationError(
            "no such operator or store is enrolled, or it was revoked before; "
            "see: gateway kiosks list"
        )


def list_places(connection: Connection) -> tuple[Place, ...]:
    """Return operators, each followed by its stores."""
    found = [
        Place(row.operator, None, row.name, bool(row.revoked))
        for row in connection.execute(select(operators))
    ]
    found += [
        Place(row.operator, row.store, row.name, bool(row.revoked))
        for row in connection.execute(select(stores))
    ]
    return tuple(sorted(found, key=lambda one: (one.operator, one.store or "")))


def load_revoked_places(connection: Connection) -> RevokedPlaces:
    """Return where kiosks may not speak."""
    gone = select(operators.c.operator).where(operators.c.revoked == 1)
    closed = select(stores.c.operator, stores.c.store).where(stores.c.revoked == 1)
    return RevokedPlaces(
        frozenset(connection.execute(gone).scalars()),
        frozenset((row[0], row[1]) for row in connection.execute(closed)),
    )
