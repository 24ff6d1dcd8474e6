"""What users said, and what became of it; answers to the pulse survey."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table, Text

from proveout.desk.tables.base import METADATA

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("pilot", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("words", Text),
    Column("shown_case", Text),
    Column("call", Text),
    Column("team", Text),
    Column("account", Text),
    Column("name", Text),
    Column("said_at", Double, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("owner", Text),
    Column("triaged_by", Text),
    Column("triaged_at", Double),
    Column("answer", Text),
    Column("answered_by", Text),
    Column("answered_at", Double),
    Column("gist", Text),
    Column("change", Text),
    Column("change_link", Text),
    Column("changed_by", Text),
    Column("changed_at", Double),
    Column("duplicate_of", Text),
    Column("blanked_by", Text),
    Column("blanked_at", Double),
    Column("blanked_why", Text),
    Column("exception", Text),
    Column("is_to_queue", Boolean, nullable=False),
    Index("feedback_open", "pilot", "is_open", "due_at", "id"),
    Index("feedback_by_state", "pilot", "state", "said_at", "id"),
    Index("feedback_by_kind", "pilot", "is_open", "kind", "due_at", "id"),
    Index("feedback_by_team", "pilot", "is_open", "team", "due_at", "id"),
    Index("feedback_by_owner", "pilot", "owner", "is_open", "due_at", "id"),
    Index("feedback_by_time", "pilot", "said_at", "id"),
    Index("feedback_waiting", "pilot", "is_open", "owner", "due_at"),
    Index("feedback_by_account", "account", "pilot", "said_at"),
    Index("feedback_duplicates", "duplicate_of"),
    Index("feedback_changed", "pilot", "changed_at"),
    Index("feedback_to_queue", "pilot", "is_to_queue"),
)
"""`version` rises with every change, so that the second of two is told. `account` and `name` are
empty where somebody spoke without a name; `words` is empty once it was blanked."""

FEEDBACK_ACTS = Table(
    "feedback_acts",
    METADATA,
    Column("feedback", Text, primary_key=True),
    Column("act", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("account", Text),
    Column("at", Double, nullable=False),
    Column("says", Text, nullable=False),
)
"""What was done to an item, each once by the id of the act."""

FEEDBACK_COUNTS = Table(
    "feedback_counts",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("n", Integer, nullable=False),
)
"""How many items of each state there are, kept up to date by whoever changes one."""

FEEDBACK_RULES = Table(
    "feedback_rules",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("may_be_nameless", Boolean, nullable=False),
    Column("may_show_case", Boolean, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Double, nullable=False),
)

FEEDBACK_RECORDED = Table(
    "feedback_recorded",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("at", Double, nullable=False),
)
"""What was last recorded as evidence, so that the same is not recorded every minute."""

PULSE_SURVEYS = Table(
    "pulse_surveys",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("pilot", Text, nullable=False),
    Column("questions", Text, nullable=False),
    Column("open_question", Text),
    Column("asked", Integer, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("ended_by", Text),
    Index("pulse_surveys_by_pilot", "pilot", "opened_at"),
)

PULSE_TAKEN = Table(
    "pulse_taken",
    METADATA,
    Column("survey", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    sqlite_with_rowid=False,
)
"""Who answered: neither when nor what. Without row numbers, which would tell the order."""

PULSE_COUNTS = Table(
    "pulse_counts",
    METADATA,
    Column("survey", Text, primary_key=True),
    Column("team", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("score", Integer, primary_key=True),
    Column("n", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What was answered: sums alone, so that nobody's answers hang together. Team '' is none."""

PULSE_WORDS = Table(
    "pulse_words",
    METADATA,
    Column("survey", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("words", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Answers to the open question, in the order of ids drawn at random."""
