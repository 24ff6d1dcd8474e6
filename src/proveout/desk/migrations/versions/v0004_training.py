"""Make the tables of proveout.desk.tables.training.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
