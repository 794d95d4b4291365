"""Alembic's entry: migrates the connection that `runner.upgrade` hands over, in its transaction."""

from alembic import context

from sigma_engine.storage.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
