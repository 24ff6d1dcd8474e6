"""Imported usage: who used what, when, and how it ended."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table, Text

from proveout.desk.tables.base import METADATA

USAGE = Table(
    "usage_events",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("outcome", Text),
    Column("case_id", Text),
    Column("way", Text),
    Column("team", Text),
    Column("role", Text),
    Column("volunteer", Boolean),
    Index("usage_events_by_time", "pilot", "at"),
)
"""`id` is the sender's: the same one again is the same use. `person` may be a pseudonym."""

IMPORTS = Table(
    "usage_imports",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("at", Double, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("n_new", Integer, nullable=False),
    Column("n_known", Integer, nullable=False),
    Column("n_refused", Integer, nullable=False),
    Column("refused", Text, nullable=False),
)
"""What came in; `refused` has the first few rows that could not be read, with why, as JSON."""
