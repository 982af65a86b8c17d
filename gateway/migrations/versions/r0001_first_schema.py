"""The first schema of the gateway: sessions, numbers, ledger, limits, nonces, answers, log.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger", "integrity_log")
"""Tables that grow and never change; the database itself refuses anything else."""


def upgrade() -> None:
    """Create every table, then forbid changes where the past must stay as it was."""
    _create_answers()
    _create_breakers()
    _create_certificate_numbers()
    _create_integrity_log()
    _create_kiosks()
    _create_ledger()
    _create_nonces()
    _create_print_reports()
    _create_rate_limits()
    _create_sessions()
    for table in APPEND_ONLY:
        _forbid_changes(table)


def downgrade() -> None:
    """Drop everything."""
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    for table in _TABLES:
        op.drop_table(table)


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION risai_refuse_change() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'this table only grows'; END $$ LANGUAGE plpgsql"
        )
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


def _create_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender", "idempotency_key"),
    )
    op.create_index("ix_answers_session_id", "answers", ["session_id"], unique=False)


def _create_breakers() -> None:
    op.create_table(
        "breakers",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("tripped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reset_requested_by", sa.Text(), nullable=True),
        sa.Column("reset_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("municipality_code"),
    )


def _create_certificate_numbers() -> None:
    op.create_table(
        "certificate_numbers",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "certificate_number"),
    )


def _create_integrity_log() -> None:
    op.create_table(
        "integrity_log",
        sa.Column("entry_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_no"),
    )


def _create_kiosks() -> None:
    op.create_table(
        "kiosks",
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("revoked", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kiosk_id"),
        sa.UniqueConstraint("key_id"),
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resident_pays", sa.Integer(), nullable=False),
        sa.Column("commission", sa.Integer(), nullable=False),
        sa.Column("commission_by_resident", sa.Integer(), nullable=False),
        sa.Column("commission_by_municipality", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('issued', 'voided')", name="ck_ledger_kind"),
        sa.CheckConstraint(
            "commission = commission_by_resident + commission_by_municipality",
            name="ck_ledger_commission",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "certificate_number", "kind"),
    )
    op.create_index("ix_ledger_month", "ledger", ["municipality_code", "month"], unique=False)


def _create_nonces() -> None:
    op.create_table(
        "nonces",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender", "nonce"),
    )
    op.create_index("ix_nonces_forget_at", "nonces", ["forget_at"], unique=False)


def _create_print_reports() -> None:
    op.create_table(
        "print_reports",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("pages_out", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "certificate_number", "attempt"),
    )


def _create_rate_limits() -> None:
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("arrival", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("session_key", sa.LargeBinary(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("challenge_used", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_code", sa.Text(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("bind", sa.LargeBinary(), nullable=True),
        sa.Column("subject_ref", sa.Text(), nullable=True),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=True),
        sa.Column("document_type", sa.Text(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("record_version", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("order_digest", sa.LargeBinary(), nullable=True),
        sa.Column("price", sa.Text(), nullable=True),
        sa.Column("unit_fee", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("payment_ref", sa.Text(), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.Column("refund", sa.Integer(), nullable=False),
        sa.Column("core_told", sa.Integer(), nullable=False),
        sa.CheckConstraint("total >= 0 AND refund >= 0", name="ck_sessions_amounts"),
        sa.PrimaryKeyConstraint("session_id"),
        sa.UniqueConstraint("challenge", name="uq_sessions_challenge"),
    )
    op.create_index("ix_sessions_state", "sessions", ["state", "changed_at"], unique=False)


_TABLES = (
    "answers",
    "breakers",
    "certificate_numbers",
    "integrity_log",
    "kiosks",
    "ledger",
    "nonces",
    "print_reports",
    "rate_limits",
    "sessions",
)
