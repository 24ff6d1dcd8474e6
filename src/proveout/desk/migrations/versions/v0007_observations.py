"""Make the tables of proveout.desk.tables.observations.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
    op.create_table(
        "kpi_observations",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kpi", sa.Text),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("ended", sa.Double),
        sa.Column("value", sa.Double),
        sa.Column("case_id", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("person", sa.Text),
        sa.Column("with_system", sa.Boolean),
        sa.Column("assigned", sa.Boolean),
        sa.Column("volunteer", sa.Boolean),
        sa.Column("more", sa.Text),
    )
    op.create_index("kpi_observations_by_time", "kpi_observations", ["pilot", "at"])
    op.create_index("kpi_observations_by_kpi", "kpi_observations", ["pilot", "kpi", "with_system"])
    op.create_table(
        "kpi_observation_imports",
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
