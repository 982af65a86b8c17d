"""How Alembic reaches the gateway's database: through a connection that is open already."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table="gateway_schema"
)
context.run_migrations()
