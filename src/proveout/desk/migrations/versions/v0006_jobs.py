"""Make the tables of proveout.desk.tables.jobs.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
    op.create_table(
        "assessment_jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("pilot", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("running", sa.Text, unique=True),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("beat_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double),
        sa.Column("stop_asked_by", sa.Text),
        sa.Column("exit_code", sa.Integer),
        sa.Column("decision", sa.Text),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("hint", sa.Text),
    )
    op.create_index("assessment_jobs_by_pilot", "assessment_jobs", ["pilot", "started_at"])
