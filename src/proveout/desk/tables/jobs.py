"""Assessments that were started from the dashboard."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, Table, Text

from proveout.desk.tables.base import METADATA

JOBS = Table(
    "assessment_jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("pilot", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("running", Text, unique=True),
    Column("started_by", Text, nullable=False),
    Column("account", Text),
    Column("started_at", Double, nullable=False),
    Column("beat_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("stop_asked_by", Text),
    Column("exit_code", Integer),
    Column("decision", Text),
    Column("progress", Text, nullable=False),
    Column("message", Text),
    Column("hint", Text),
    Index("assessment_jobs_by_pilot", "pilot", "started_at"),
)
"""`running` is the pilot while the assessment runs and nothing afterwards: that it is unique lets
a pilot have one at a time, whoever asks. `progress` is JSON; `beat_at` says that whoever watches
the process is alive."""
