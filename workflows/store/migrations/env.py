"""Alembic's entry: runs the migrations on the connection that it is given."""

from alembic import context

from workflows.store import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
