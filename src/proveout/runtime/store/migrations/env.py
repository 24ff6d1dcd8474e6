"""What Alembic runs; the connection and its transaction come from the caller."""

from __future__ import annotations

from alembic import context

from proveout.runtime.store.schema import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
