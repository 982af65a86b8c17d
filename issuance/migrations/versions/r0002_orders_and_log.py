"""Requests, orders, certificate numbers and the issue log.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = "issue_log"
"""This table grows and never changes; the database itself refuses anything else."""


def upgrade() -> None:
    """Create the tables, then forbid changes where the past must stay as it was."""
    _create_request_tables()
    _create_order_tables()
    _create_integrity_tables()
    _forbid_changes(APPEND_ONLY)


def downgrade() -> None:
    """Drop the tables."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {APPEND_ONLY}_append_only ON {APPEND_ONLY}")
        op.execute(f"DROP FUNCTION refuse_change_of_{APPEND_ONLY}()")
    for table in _TABLES:
        op.drop_table(table)


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'this table only grows'; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_{table}()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )


def _create_request_tables() -> None:
    op.create_table(
        "answers",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_code", "sender", "idempotency_key", name=op.f("pk_answers")
        ),
    )
    op.create_index("ix_answers_recorded_at", "answers", ["recorded_at"], unique=False)
    op.create_index(
        "ix_answers_session", "answers", ["municipality_code", "session_id"], unique=False
    )
    op.create_table(
        "nonces",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "sender", "nonce", name=op.f("pk_nonces")),
    )
    op.create_index("ix_nonces_forget_at", "nonces", ["forget_at"], unique=False)


def _create_order_tables() -> None:
    op.create_table(
        "orders",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=False),
        sa.Column("issuer_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("serial", sa.LargeBinary(), nullable=False),
        sa.Column("session_key", sa.LargeBinary(), nullable=False),
        sa.Column("bind", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=True),
        sa.Column("order_digest", sa.LargeBinary(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("copies BETWEEN 1 AND 10", name=op.f("ck_orders_copies")),
        sa.PrimaryKeyConstraint("municipality_code", "session_id", name=op.f("pk_orders")),
        sa.UniqueConstraint(
            "municipality_code", "subject_ref", name=op.f("uq_orders_municipality_code_subject_ref")
        ),
    )
    op.create_table(
        "catalogue_entries",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("house_id", sa.Text(), nullable=False),
        sa.Column("record_digest", sa.LargeBinary(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "session_id"],
            ["orders.municipality_code", "orders.session_id"],
            name=op.f("fk_catalogue_entries_orders"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "session_id", "entry_id", name=op.f("pk_catalogue_entries")
        ),
    )
    op.create_table(
        "certificate_numbers",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.LargeBinary(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pdf_digest", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code", "session_id"],
            ["orders.municipality_code", "orders.session_id"],
            name=op.f("fk_certificate_numbers_orders"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "certificate_number", name=op.f("pk_certificate_numbers")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "certificate_id",
            name=op.f("uq_certificate_numbers_municipality_code_certificate_id"),
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "fiscal_year",
            "sequence",
            name=op.f("uq_certificate_numbers_municipality_code_fiscal_year_sequence"),
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "session_id",
            "copy_no",
            name=op.f("uq_certificate_numbers_municipality_code_session_id_copy_no"),
        ),
    )
    op.create_table(
        "number_sequences",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("next_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_code", "fiscal_year", name=op.f("pk_number_sequences")
        ),
    )
    op.create_table(
        "revocations",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_code", "certificate_number", name=op.f("pk_revocations")
        ),
    )


def _create_integrity_tables() -> None:
    op.create_table(
        "issue_log",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "entry_no", name=op.f("pk_issue_log")),
    )
    op.create_table(
        "log_heads",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", name=op.f("pk_log_heads")),
    )
    op.create_table(
        "breakers",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("tripped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reset_requested_by", sa.Text(), nullable=True),
        sa.Column("reset_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("municipality_code", name=op.f("pk_breakers")),
    )


_TABLES = (
    "breakers",
    "log_heads",
    "issue_log",
    "revocations",
    "number_sequences",
    "certificate_numbers",
    "catalogue_entries",
    "orders",
    "nonces",
    "answers",
)
