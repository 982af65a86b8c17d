"""Participation: introductions with their gate, keys of kiosks, operators, stores, suspensions.

A gateway of the second schema goes on working beside it: it reads ``kiosks`` as before, which
stays the place of a kiosk's first key. Whoever has issued sheets already is live without a gate:
it went live before there was one, and its residents must not stand before a closed machine.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("introductions", "introduction_events", "live_municipalities")
"""New tables that grow and never change; the database itself refuses anything else."""
OTHERS = ("kiosk_keys", "operators", "stores", "suspensions")


def upgrade() -> None:
    """Create the tables, then carry over who serves and which keys are in use."""
    _create_introductions()
    _create_kiosk_keys()
    _create_operators()
    _create_suspensions()
    op.execute(
        "INSERT INTO kiosk_keys (key_id, kiosk_id, public_key, valid_from, valid_until) "
        "SELECT key_id, kiosk_id, public_key, changed_at, NULL FROM kiosks"
    )
    _carry_over_live()
    for table in APPEND_ONLY:
        _forbid_changes(table)


def downgrade() -> None:
    """Drop everything; kiosks keep their first keys."""
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.drop_table(table)
    for table in OTHERS:
        op.drop_table(table)


def _create_introductions() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "introductions",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("uses_kiosk_issue", sa.Integer(), nullable=False),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code"),
    )
    op.create_table(
        "introduction_events",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "place"),
    )
    op.create_table(
        "live_municipalities",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("live_from", sa.Date(), nullable=False),
        sa.Column("permitted_at", moment, nullable=False),
        sa.Column("permitted_by", sa.Text(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code"),
    )


def _create_kiosk_keys() -> None:
    op.create_table(
        "kiosk_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_index("ix_kiosk_keys_kiosk", "kiosk_keys", ["kiosk_id"])


def _create_operators() -> None:
    for table, key in (("operators", ("operator",)), ("stores", ("operator", "store"))):
        op.create_table(
            table,
            *(sa.Column(name, sa.Text(), nullable=False) for name in key),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("revoked", sa.Integer(), nullable=False),
            sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
            sa.PrimaryKeyConstraint(*key),
        )


def _create_suspensions() -> None:
    op.create_table(
        "suspensions",
        sa.Column("suspension_id", sa.Text(), nullable=False),
        sa.Column("municipality_code", sa.Text(), nullable=True),
        sa.Column("certificates", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_ja", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("announced_by", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("suspension_id"),
    )


def _carry_over_live() -> None:
    """Whoever stands in the ledger has served before; the first entry's day is its first day."""
    bind = op.get_bind()
    ledger = sa.table(
        "ledger",
        sa.column("municipality_code", sa.Text()),
        sa.column("posted_at", sa.DateTime(timezone=True)),
    )
    live = sa.table(
        "live_municipalities",
        sa.column("municipality_code", sa.Text()),
        sa.column("live_from", sa.Date()),
        sa.column("permitted_at", sa.DateTime(timezone=True)),
        sa.column("permitted_by", sa.Text()),
        sa.column("evidence", sa.LargeBinary()),
    )
    first = sa.select(ledger.c.municipality_code, sa.func.min(ledger.c.posted_at)).group_by(
        ledger.c.municipality_code
    )
    for code, moment in bind.execute(first).all():
        row = {
            "municipality_code": code,
            "live_from": moment.date(),
            "permitted_at": moment,
            "permitted_by": "migration 0003",
            "evidence": b"",
        }
        bind.execute(live.insert(), row)


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
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
