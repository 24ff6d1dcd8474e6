"""Index the entries by kind, so that what people did is found among a million facts.

A shipped migration is never edited: it says what ledgers in the field look like.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ledger_entries_by_kind", "ledger_entries", ["kind", "pilot", "seq"])
