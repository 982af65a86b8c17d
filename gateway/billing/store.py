"""Tables of the settlement: sealed days, closed months, statements with their lines.

Each grows and never changes; the database refuses anything else, and it refuses an entry of the
ledger whose month stands in ``closings``.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from gateway.database import Moment, metadata

ledger_days = Table(
    "ledger_days",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("sealed_at", Moment, nullable=False),
    PrimaryKeyConstraint("municipality_code", "month", "operator", "day"),
)

closings = Table(
    "closings",
    metadata,
    Column("month", Text, primary_key=True),
    Column("frozen_at", Moment, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("finished_at", Moment),
    Column("statements", Integer),
    Column("digest", LargeBinary),
)

statements = Table(
    "statements",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("entries_hash", LargeBinary, nullable=False),
    Column("statement_hash", LargeBinary, nullable=False),
    Column("closed_at", Moment, nullable=False),
    PrimaryKeyConstraint("municipality_code", "month", "operator"),
)

statement_lines = Table(
    "statement_lines",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("document_type", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("unit_fee", Integer, nullable=False),
    Column("unit_commission", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("voided", Integer, nullable=False),
    Column("collected", BigInteger, nullable=False),
    Column("commission", BigInteger, nullable=False),
    Column("commission_by_resident", BigInteger, nullable=False),
    Column("commission_by_municipality", BigInteger, nullable=False),
    Column("revenue", BigInteger, nullable=False),
    Column("bcl_fee", BigInteger, nullable=False),
    PrimaryKeyConstraint("municipality_code", "month", "operator", "line_no"),
)
