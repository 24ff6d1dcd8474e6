"""Make the tables of proveout.desk.tables.jobs.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
