"""Make the tables of proveout.desk.tables.outbox.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
