"""Make the tables of proveout.desk.tables.outbox.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
    op.create_table(
        "notice_preferences",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("pilot", sa.Text, nullable=False),
        sa.Column("says", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("not_before", sa.Double, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("leased_by", sa.Text),
        sa.Column("leased_until", sa.Double),
        sa.Column("sent_at", sa.Double),
        sa.Column("given_up_at", sa.Double),
        sa.Column("failure", sa.Text),
    )
    op.create_index("outbox_waiting", "outbox", ["sent_at", "given_up_at", "not_before"])
    op.create_index("outbox_by_account", "outbox", ["account", "made_at"])
    op.create_table(
        "keeping",
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("held_by", sa.Text),
        sa.Column("held_until", sa.Double),
        sa.Column("began_at", sa.Double),
        sa.Column("ended_at", sa.Double),
        sa.Column("went_well_at", sa.Double),
        sa.Column("failed_at", sa.Double),
        sa.Column("failure", sa.Text),
        sa.Column("says", sa.Text),
    )
    op.create_table(
        "exceptions_waiting",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("who", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Double, nullable=False),
    )
