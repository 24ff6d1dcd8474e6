"""Make the tables of proveout.desk.tables.training.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
    op.create_table(
        "training_sets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("pilot", sa.Text, nullable=False),
        sa.Column("training", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("approved_at", sa.Double),
        sa.Column("approved_by", sa.Text),
        sa.Column("says", sa.Text, nullable=False),
    )
    op.create_index("training_sets_by_pilot", "training_sets", ["pilot", "made_at"])
    op.create_table(
        "training_cases",
        sa.Column("set_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "training_attempts",
        sa.Column("set_id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("turn", sa.Integer, primary_key=True),
        sa.Column("began_at", sa.Double, nullable=False),
        sa.Column("signed_at", sa.Double),
    )
    op.create_table(
        "training_tries",
        sa.Column("set_id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("turn", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_at", sa.Double, nullable=False),
        sa.Column("lets_stand", sa.Boolean),
        sa.Column("why", sa.Text),
        sa.Column("decided_at", sa.Double),
    )
