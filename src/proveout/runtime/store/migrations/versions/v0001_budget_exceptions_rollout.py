"""Make the tables of the budget, of exceptions and labels, and of the rollout.

A shipped migration is never edited: it says what stores in the field look like.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make an empty store."""
    _budget()
    _exceptions()
    _rollout()


def _budget() -> None:
    op.create_table(
        "runtime_owners",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("log_folder", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
    )
    op.create_table(
        "budget_accounts",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("held_money", _number(), nullable=False),
        sa.Column("held_tokens", _number(), nullable=False),
        sa.Column("held_requests", _number(), nullable=False),
        sa.Column("used_money", _number(), nullable=False),
        sa.Column("used_tokens", _number(), nullable=False),
        sa.Column("used_requests", _number(), nullable=False),
        sa.Column("told_at", sa.Double),
        sa.Column("exceeded_at", sa.Double),
        sa.CheckConstraint(
            "held_money >= 0 AND held_tokens >= 0 AND held_requests >= 0", name="held"
        ),
    )
    op.create_table(
        "budget_holds",
        sa.Column("call", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("pilot", sa.Text, nullable=False),
        sa.Column("accounts", sa.Text, nullable=False),
        sa.Column("periods", sa.Text, nullable=False),
        sa.Column("money", _number(), nullable=False),
        sa.Column("tokens", _number(), nullable=False),
        sa.Column("requests", _number(), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("budget_holds_by_owner", "budget_holds", ["owner"])


def _exceptions() -> None:
    op.create_table(
        "exception_queue",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("call", sa.Text, nullable=False),
        sa.Column("pilot", sa.Text, nullable=False),
        sa.Column("version", sa.Text),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("confidence", sa.Double),
        sa.Column("request", sa.Text),
        sa.Column("answer", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("reported_by", sa.Text),
        sa.Column("said", sa.Text),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("due_at", sa.Double, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("escalated_to", sa.Text),
        sa.Column("escalated_at", sa.Double),
        sa.Column("taken_by", sa.Text),
        sa.Column("taken_at", sa.Double),
        sa.Column("outcome", sa.Text),
        sa.Column("resolved_by", sa.Text),
        sa.Column("resolved_at", sa.Double),
        sa.Column("correction", sa.Text),
        sa.Column("why", sa.Text),
        sa.UniqueConstraint("call", "reported_by", name="exception_once"),
    )
    op.create_index("exception_queue_open", "exception_queue", ["pilot", "resolved_at", "due_at"])
    op.create_table(
        "labels",
        sa.Column("call", sa.Text, primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("pilot", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("who", sa.Text),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("labels_by_pilot", "labels", ["pilot", "at"])


def _rollout() -> None:
    op.create_table(
        "rollout_switches",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("generation", _number(), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "rollout_history",
        sa.Column("pilot", sa.Text, primary_key=True),
        sa.Column("generation", _number(), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("is_in_ledger", sa.Boolean, nullable=False),
    )
