"""Training cases, and attempts at them.

Who tried what is private to the trainee; the ledger is told of a completed training alone.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table, Text

from proveout.desk.tables.base import METADATA

SETS = Table(
    "training_sets",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("pilot", Text, nullable=False),
    Column("training", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("approved_at", Double),
    Column("approved_by", Text),
    Column("says", Text, nullable=False),
    Index("training_sets_by_pilot", "pilot", "made_at"),
)
"""`state`: 'draft', 'approved' or 'withdrawn'. `says` is JSON: where the cases come from, how they
were chosen, and what a reader must know of it."""

CASES = Table(
    "training_cases",
    METADATA,
    Column("set_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", Text, nullable=False),
)
"""Frozen when they are drawn: later data changes nothing. `body` is JSON (proveout.training)."""

ATTEMPTS = Table(
    "training_attempts",
    METADATA,
    Column("set_id", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("began_at", Double, nullable=False),
    Column("signed_at", Double),
)
"""`turn` counts from 1: whoever wants to may practise again."""

TRIES = Table(
    "training_tries",
    METADATA,
    Column("set_id", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("answered_at", Double, nullable=False),
    Column("lets_stand", Boolean),
    Column("why", Text),
    Column("decided_at", Double),
)
"""One case, tried once: first the own answer, then whether the system's answer may stand."""
