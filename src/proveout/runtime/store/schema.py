"""The tables that all gateways of a company share, one schema for SQLite and PostgreSQL.

Moments are seconds since 1970 (UTC) as doubles; money is in billionths of a unit; JSON is text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from proveout.runtime.store.kept import STORE

SCHEMA_VERSION = STORE.version
KNOWN_VERSIONS = STORE.known_versions
VERSION_TABLE = STORE.version_table

METADATA = MetaData()

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

OWNERS = Table(
    "runtime_owners",
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("log_folder", Text, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
)
"""Processes that hold something; one whose lock on its log is free is dead."""

ACCOUNTS = Table(
    "budget_accounts",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("held_money", _NUMBER, nullable=False, default=0),
    Column("held_tokens", _NUMBER, nullable=False, default=0),
    Column("held_requests", _NUMBER, nullable=False, default=0),
    Column("used_money", _NUMBER, nullable=False, default=0),
    Column("used_tokens", _NUMBER, nullable=False, default=0),
    Column("used_requests", _NUMBER, nullable=False, default=0),
    Column("told_at", Double),
    Column("exceeded_at", Double),
    CheckConstraint("held_money >= 0 AND held_tokens >= 0 AND held_requests >= 0", name="held"),
)
"""One per pilot, account ('pilot', 'team:claims', 'user:…', 'key:…') and period ('2026-11-21',
'2026-11', 'life'). When people were told that a limit is near, and that it is reached."""

HOLDS = Table(
    "budget_holds",
    METADATA,
    Column("call", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("pilot", Text, nullable=False),
    Column("accounts", Text, nullable=False),
    Column("periods", Text, nullable=False),
    Column("money", _NUMBER, nullable=False),
    Column("tokens", _NUMBER, nullable=False),
    Column("requests", _NUMBER, nullable=False),
    Column("at", Double, nullable=False),
    Index("budget_holds_by_owner", "owner"),
)
"""What is held for calls that are under way: in which accounts and periods, as JSON lists."""

EXCEPTIONS = Table(
    "exception_queue",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("call", Text, nullable=False),
    Column("pilot", Text, nullable=False),
    Column("version", Text),
    Column("reasons", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("confidence", Double),
    Column("request", Text),
    Column("answer", Text),
    Column("team", Text),
    Column("reported_by", Text),
    Column("said", Text),
    Column("at", Double, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("owner", Text, nullable=False),
    Column("escalated_to", Text),
    Column("escalated_at", Double),
    Column("taken_by", Text),
    Column("taken_at", Double),
    Column("outcome", Text),
    Column("resolved_by", Text),
    Column("resolved_at", Double),
    Column("correction", Text),
    Column("why", Text),
    UniqueConstraint("call", "reported_by", name="exception_once"),
    Index("exception_queue_open", "pilot", "resolved_at", "due_at"),
    Index(
        "exception_queue_due",
        *("pilot", "due_at", "id", "owner", "escalated_to", "taken_by", "reasons"),
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
    Index(
        "exception_queue_free",
        *("pilot", "due_at", "id"),
        sqlite_where=text("resolved_at IS NULL AND taken_by IS NULL"),
        postgresql_where=text("resolved_at IS NULL AND taken_by IS NULL"),
    ),
    Index(
        "exception_queue_team",
        *("pilot", "team", "due_at", "id"),
        sqlite_where=text("resolved_at IS NULL AND length(team) <= 200"),
        postgresql_where=text("resolved_at IS NULL AND length(team) <= 200"),
    ),
    Index(
        "exception_queue_taken",
        *("pilot", "taken_by", "due_at", "id"),
        sqlite_where=text("resolved_at IS NULL AND taken_by IS NOT NULL"),
        postgresql_where=text("resolved_at IS NULL AND taken_by IS NOT NULL"),
    ),
)
"""Answers that a person has to look at, and what came of it. A team is whatever a client calls
itself, and PostgreSQL refuses a row whose part of an index is long."""

LABELS = Table(
    "labels",
    METADATA,
    Column("call", Text, primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("pilot", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("who", Text),
    Column("at", Double, nullable=False),
    Index("labels_by_pilot", "pilot", "at"),
)
"""True answers that have come since, by call and place in its rows: corrections and imports."""

SWITCHES = Table(
    "rollout_switches",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("generation", _NUMBER, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Double, nullable=False),
)
"""How each pilot's traffic is shared out now; the generation rises with every switch."""

SWITCHED = Table(
    "rollout_history",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("generation", _NUMBER, primary_key=True),
    Column("at", Double, nullable=False),
    Column("act", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("is_in_ledger", Boolean, nullable=False, default=False),
)
"""Every switch, with who and why, until it stands in the ledger and beyond."""
