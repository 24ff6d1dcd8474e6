"""What Alembic runs; the connection and its transaction come from the caller."""

from __future__ import annotations

from alembic import context

from proveout.desk.kept import DESK
from proveout.desk.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=DESK.version_table,
)
with context.begin_transaction():
    context.run_migrations()
