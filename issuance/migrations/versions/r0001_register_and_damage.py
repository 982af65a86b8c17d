"""Residents, victims and damage.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = "certificate_link_history"
"""This table grows and never changes; the database itself refuses anything else."""


def upgrade() -> None:
    """Create the tables, then forbid changes where the past must stay as it was."""
    _create_register_tables()
    _create_victim_tables()
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


def _create_register_tables() -> None:
    op.create_table(
        "residents",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("household_no", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_kana", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("prefecture", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("building", sa.Text(), nullable=False),
        sa.Column("history_no", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "resident_id", name=op.f("pk_residents")),
    )
    op.create_index(
        "ix_residents_household", "residents", ["municipality_code", "household_no"], unique=False
    )
    op.create_table(
        "certificate_links",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("issuer_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("serial", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_code", "issuer_key_id", "serial", name=op.f("pk_certificate_links")
        ),
    )
    op.create_index(
        "ix_certificate_links_resident",
        "certificate_links",
        ["municipality_code", "resident_id"],
        unique=False,
    )
    op.create_table(
        "certificate_link_history",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("issuer_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("serial", sa.LargeBinary(), nullable=False),
        sa.Column("change_no", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_code",
            "issuer_key_id",
            "serial",
            "change_no",
            name=op.f("pk_certificate_link_history"),
        ),
    )
    op.create_table(
        "protections",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("history_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint(
            "municipality_code", "resident_id", "history_no", name=op.f("pk_protections")
        ),
    )
    op.create_table(
        "feeds",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "feed", name=op.f("pk_feeds")),
    )


def _create_victim_tables() -> None:
    op.create_table(
        "disasters",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("disaster_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "disaster_id", name=op.f("pk_disasters")),
    )
    op.create_table(
        "victims",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("municipality_code", "person_id", name=op.f("pk_victims")),
    )
    op.create_index(
        "ix_victims_resident", "victims", ["municipality_code", "resident_id"], unique=False
    )
    op.create_table(
        "victim_households",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("disaster_id", sa.Text(), nullable=False),
        sa.Column("register_household_no", sa.Text(), nullable=False),
        sa.Column("householder_name", sa.Text(), nullable=False),
        sa.Column("householder_address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "disaster_id"],
            ["disasters.municipality_code", "disasters.disaster_id"],
            name=op.f("fk_victim_households_disasters"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "household_id", name=op.f("pk_victim_households")
        ),
    )
    op.create_table(
        "household_members",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "household_id"],
            ["victim_households.municipality_code", "victim_households.household_id"],
            name=op.f("fk_household_members_victim_households"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "person_id"],
            ["victims.municipality_code", "victims.person_id"],
            name=op.f("fk_household_members_victims"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "household_id", "person_id", name=op.f("pk_household_members")
        ),
    )
    op.create_index(
        "ix_household_members_person",
        "household_members",
        ["municipality_code", "person_id"],
        unique=False,
    )
    op.create_table(
        "damaged_houses",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("house_id", sa.Text(), nullable=False),
        sa.Column("disaster_id", sa.Text(), nullable=False),
        sa.Column("building_id", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("damaged_on", sa.Date(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "household_id"],
            ["victim_households.municipality_code", "victim_households.household_id"],
            name=op.f("fk_damaged_houses_victim_households"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "house_id", name=op.f("pk_damaged_houses")),
        sa.UniqueConstraint(
            "municipality_code",
            "disaster_id",
            "building_id",
            "household_id",
            name=op.f("uq_damaged_houses_municipality_code_disaster_id_building_id_household_id"),
        ),
    )
    op.create_index(
        "ix_damaged_houses_household",
        "damaged_houses",
        ["municipality_code", "household_id"],
        unique=False,
    )
    op.create_table(
        "determinations",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("house_id", sa.Text(), nullable=False),
        sa.Column("survey_round", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.CheckConstraint("survey_round >= 1", name=op.f("ck_determinations_round")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "house_id"],
            ["damaged_houses.municipality_code", "damaged_houses.house_id"],
            name=op.f("fk_determinations_damaged_houses"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "house_id", "survey_round", name=op.f("pk_determinations")
        ),
    )
    op.create_table(
        "holds",
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("house_id", sa.Text(), nullable=False),
        sa.Column("hold_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code", "house_id"],
            ["damaged_houses.municipality_code", "damaged_houses.house_id"],
            name=op.f("fk_holds_damaged_houses"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "house_id", "hold_no", name=op.f("pk_holds")),
    )


_TABLES = (
    "holds",
    "determinations",
    "damaged_houses",
    "household_members",
    "victim_households",
    "victims",
    "disasters",
    "feeds",
    "protections",
    "certificate_link_history",
    "certificate_links",
    "residents",
)
