"""Let a long queue of exceptions be listed, and the next one be found, by index.

A shipped migration is never edited: it says what stores in the field look like. Older gateways may
go on with the tables as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN = "resolved_at IS NULL"
_BY_DUE = (
    ("due", ("due_at", "id", "owner", "escalated_to", "taken_by", "reasons"), _OPEN),
    ("free", ("due_at", "id"), f"{_OPEN} AND taken_by IS NULL"),
    ("team", ("team", "due_at", "id"), f"{_OPEN} AND length(team) <= 200"),
    ("taken", ("taken_by", "due_at", "id"), f"{_OPEN} AND taken_by IS NOT NULL"),
)


def upgrade() -> None:
    """Add the indexes."""
    for name, columns, which in _BY_DUE:
        op.create_index(
            f"exception_queue_{name}",
            "exception_queue",
            ["pilot", *columns],
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )
