"""What is known when a first charter is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was answered or inferred. What is not known stays a comment, and the gate reports it:
    a charter full of example names would look agreed."""

    pilot: str
    outcome: str | None = None
    production_owner: str | None = None
    executive_sponsor: str | None = None
    production: str | None = None
    """Path of the production data, as it is to stand in the charter."""
    table: str | None = None
    """Table or sheet, where the place holds several."""
    null_values: tuple[str, ...] = ()
    """Texts in the data that stand for a missing value."""
    files: tuple[str, ...] = ()
    """Files of a folder that may each be of one site."""
    sample: str | None = None
    """Path of the curated sample."""
    label: str | None = None
    key: tuple[str, ...] = ()
    timestamp: str | None = None
    site_column: str | None = None
    system: str | None = None
    """'model.py:predict', or a URL."""
    acceptance: str | None = None
    """'quality.accuracy >= 0.85'."""
    task: str | None = None
    required: tuple[str, ...] = ()
    """Columns without a missing value in the file: candidates for required ones."""
    fields: tuple[tuple[str, str], ...] = ()
    """Columns and what they look like: ('amount', 'number')."""
    slices: tuple[str, ...] = ()
