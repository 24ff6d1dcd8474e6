"""What people are told: preferences, what is to be sent and was, and who keeps it going."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, Table, Text

from proveout.desk.tables.base import METADATA

PREFERENCES = Table(
    "notice_preferences",
    METADATA,
    Column("account", Text, primary_key=True),
    Column("settings", Text, nullable=False),
    Column("changed_at", Double, nullable=False),
)
"""JSON, as `proveout.notices.preferences` reads it. Without a row, nothing is ever sent."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("pilot", Text, nullable=False),
    Column("says", Text, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("not_before", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_by", Text),
    Column("leased_until", Double),
    Column("sent_at", Double),
    Column("given_up_at", Double),
    Column("failure", Text),
    Index("outbox_waiting", "sent_at", "given_up_at", "not_before"),
    Index("outbox_by_account", "account", "made_at"),
)
"""One row per person, thing, kind and day: `key` is made of them, so that none is sent twice.
`says` is JSON without secrets; addresses stand nowhere in this database but in the accounts."""

KEEPING = Table(
    "keeping",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("held_by", Text),
    Column("held_until", Double),
    Column("began_at", Double),
    Column("ended_at", Double),
    Column("went_well_at", Double),
    Column("failed_at", Double),
    Column("failure", Text),
    Column("says", Text),
)
"""What runs in the background: who holds it now (job 'keeper'), and how each job ended."""

EXCEPTIONS_WAITING = Table(
    "exceptions_waiting",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("due_at", Double, nullable=False),
)
"""How many exceptions wait for whom, as the keeper last counted them in the runtime's stores."""
