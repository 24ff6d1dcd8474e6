"""Observations of KPIs: one row for each case of the process and figure."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table, Text

from proveout.desk.tables.base import METADATA

OBSERVATIONS = Table(
    "kpi_observations",
    METADATA,
    Column("pilot", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kpi", Text),
    Column("at", Double, nullable=False),
    Column("ended", Double),
    Column("value", Double),
    Column("case_id", Text),
    Column("team", Text),
    Column("person", Text),
    Column("with_system", Boolean),
    Column("assigned", Boolean),
    Column("volunteer", Boolean),
    Column("more", Text),
    Index("kpi_observations_by_time", "pilot", "at"),
    # Counted at every look at the page: all that is counted by stands in the index.
    Index("kpi_observations_by_kpi", "pilot", "kpi", "with_system"),
)
"""`kpi` is empty where a row holds the figures of several. `more` has further columns of the row,
as JSON. `person` may be a pseudonym."""

OBSERVATION_IMPORTS = Table(
    "kpi_observation_imports",
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
