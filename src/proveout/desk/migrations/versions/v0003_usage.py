"""Make the tables of proveout.desk.tables.usage.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
    op.create_table(
        "usage_events",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("case_id", sa.Text),
        sa.Column("way", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("role", sa.Text),
        sa.Column("volunteer", sa.Boolean),
    )
    op.create_index("usage_events_by_time", "usage_events", ["pilot", "at"])
    op.create_table(
        "usage_imports",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("at", sa.Double, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("n_new", sa.Integer, nullable=False),
        sa.Column("n_known", sa.Integer, nullable=False),
        sa.Column("n_refused", sa.Integer, nullable=False),
        sa.Column("refused", sa.Text, nullable=False),
    )
