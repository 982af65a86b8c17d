"""Settlement: what a sheet was for, sealed days, closed months and their statements.

A gateway of the first schema goes on working beside it: new columns of the ledger have defaults,
and the new index begins with the columns of the one it replaces. The database itself refuses an
entry of a month that was closed, whoever posts it.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_days", "statements", "statement_lines")
"""New tables that grow and never change; the database itself refuses anything else."""


def upgrade() -> None:
    """Widen the ledger, then create the tables and what guards them."""
    op.add_column(
        "ledger", sa.Column("purpose", sa.Text(), server_default="service", nullable=False)
    )
    op.add_column("ledger", sa.Column("bcl_fee", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_ledger_book", "ledger", ["municipality_code", "month", "posted_at"])
    op.create_index("ix_ledger_month_moment", "ledger", ["month", "posted_at"])
    op.drop_index("ix_ledger_month", "ledger")
    _create_ledger_days()
    _create_closings()
    _create_statements()
    _create_statement_lines()
    for table in APPEND_ONLY:
        _forbid_changes(table)
    _guard_closed_months()


def downgrade() -> None:
    """Drop it again; what was closed is then an open month once more."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER ledger_closed_month ON ledger")
        op.execute("DROP FUNCTION risai_refuse_closed_month()")
    else:
        op.execute("DROP TRIGGER ledger_closed_month")
    for table in (*APPEND_ONLY, "closings"):
        op.drop_table(table)
    op.create_index("ix_ledger_month", "ledger", ["municipality_code", "month"])
    op.drop_index("ix_ledger_month_moment", "ledger")
    op.drop_index("ix_ledger_book", "ledger")
    op.drop_column("ledger", "bcl_fee")
    op.drop_column("ledger", "purpose")


def _create_ledger_days() -> None:
    op.create_table(
        "ledger_days",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "month", "operator", "day"),
    )


def _create_closings() -> None:
    op.create_table(
        "closings",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statements", sa.Integer(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("month"),
    )


def _create_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("entries_hash", sa.LargeBinary(), nullable=False),
        sa.Column("statement_hash", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "month", "operator"),
    )


def _create_statement_lines() -> None:
    op.create_table(
        "statement_lines",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("unit_fee", sa.Integer(), nullable=False),
        sa.Column("unit_commission", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Integer(), nullable=False),
        sa.Column("collected", sa.BigInteger(), nullable=False),
        sa.Column("commission", sa.BigInteger(), nullable=False),
        sa.Column("commission_by_resident", sa.BigInteger(), nullable=False),
        sa.Column("commission_by_municipality", sa.BigInteger(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("bcl_fee", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "month", "operator", "line_no"),
    )


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        # The function came with the first schema.
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION risai_refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )


def _guard_closed_months() -> None:
    closed = "EXISTS (SELECT 1 FROM closings WHERE month = NEW.month)"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION risai_refuse_closed_month() RETURNS trigger AS "
            f"$$ BEGIN IF {closed} THEN RAISE EXCEPTION 'this month is closed'; END IF; "
            "RETURN NEW; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER ledger_closed_month BEFORE INSERT ON ledger "
            "FOR EACH ROW EXECUTE FUNCTION risai_refuse_closed_month()"
        )
        return
    op.execute(
        f"CREATE TRIGGER ledger_closed_month BEFORE INSERT ON ledger WHEN {closed} "
        "BEGIN SELECT RAISE(ABORT, 'this month is closed'); END"
    )
