"""How Alembic reaches the core's database: always through a connection that is open already."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table="issuance_schema"
)
context.run_migrations()
