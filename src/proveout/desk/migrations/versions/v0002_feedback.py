"""Make the tables of proveout.desk.tables.feedback.

A shipped migration is never edited: it says what databases in the field look like.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, empty."""
    _feedback()
    _around_feedback()
    _pulse()


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("pilot", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("words", sa.Text),
        sa.Column("shown_case", sa.Text),
        sa.Column("call", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("account", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("said_at", sa.Double, nullable=False),
        sa.Column("due_at", sa.Double, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("triaged_by", sa.Text),
        sa.Column("triaged_at", sa.Double),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", sa.Double),
        sa.Column("gist", sa.Text),
        sa.Column("change", sa.Text),
        sa.Column("change_link", sa.Text),
        sa.Column("changed_by", sa.Text),
        sa.Column("changed_at", sa.Double),
        sa.Column("duplicate_of", sa.Text),
        sa.Column("blanked_by", sa.Text),
        sa.Column("blanked_at", sa.Double),
        sa.Column("blanked_why", sa.Text),
        sa.Column("exception", sa.Text),
        sa.Column("is_to_queue", sa.Boolean, nullable=False),
    )
    op.create_index("feedback_by_account", "feedback", ["account", "pilot", "said_at"])
    op.create_index("feedback_by_kind", "feedback", ["pilot", "is_open", "kind", "due_at", "id"])
    op.create_index("feedback_by_owner", "feedback", ["pilot", "owner", "is_open", "due_at", "id"])
    op.create_index("feedback_by_state", "feedback", ["pilot", "state", "said_at", "id"])
    op.create_index("feedback_by_team", "feedback", ["pilot", "is_open", "team", "due_at", "id"])
    op.create_index("feedback_by_time", "feedback", ["pilot", "said_at", "id"])
    op.create_index("feedback_changed", "feedback", ["pilot", "changed_at"])
    op.create_index("feedback_duplicates", "feedback", ["duplicate_of"])
    op.create_index("feedback_open", "feedback", ["pilot", "is_open", "due_at", "id"])
    op.create_index("feedback_to_queue", "feedback", ["pilot", "is_to_queue"])
    op.create_index("feedback_waiting", "feedback", ["pilot", "is_open", "owner", "due_at"])


def _around_feedback() -> None:
    op.create_table(
        "feedback_acts",
        sa.Column("feedback", sa.Text, primary_key=True),
        sa.Column("act", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("says", sa.Text, nullable=False),
    )
    op.create_table(
        "feedback_counts",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
    )
    op.create_table(
        "feedback_rules",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("may_be_nameless", sa.Boolean, nullable=False),
        sa.Column("may_show_case", sa.Boolean, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", sa.Double, nullable=False),
    )
    op.create_table(
        "feedback_recorded",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def _pulse() -> None:
    op.create_table(
        "pulse_surveys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("pilot", sa.Text, nullable=False),
        sa.Column("questions", sa.Text, nullable=False),
        sa.Column("open_question", sa.Text),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("ends_at", sa.Double, nullable=False),
        sa.Column("ended_by", sa.Text),
    )
    op.create_index("pulse_surveys_by_pilot", "pulse_surveys", ["pilot", "opened_at"])
    op.create_table(
        "pulse_taken",
        sa.Column("survey", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pulse_counts",
        sa.Column("survey", sa.Text, primary_key=True),
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("score", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pulse_words",
        sa.Column("survey", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("words", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
