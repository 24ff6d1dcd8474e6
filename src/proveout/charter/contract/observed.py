"""What an audit saw in one table, as far as a contract can say it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedField:
    """One column, as it was found."""

    name: str
    stored: str
    """Its type where it is stored: 'int64', 'string'."""
    found: str | None
    """What its values are: a type of the charter; None where it knows no such type."""
    n_missing: int
    missing_at_most: float | None = None
    """Upper end of the 95 % interval of the share that is missing, 0 to 1."""
    low: str | None = None
    high: str | None = None
    values: tuple[str, ...] | None = None
    """All values that occur; None where they are many."""
    pattern: str | None = None
    """How most values are written: 'A-9' for 'ORD-0017'."""
    pattern_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedTable:
    """One source, as it was audited."""

    name: str
    place: str
    """Path or URL, without a password."""
    table: str | None
    """Table or sheet, where the place holds several."""
    format: str
    """What it was read as: 'csv', 'postgres'."""
    n_rows: int
    on: str
    """The day of the audit, YYYY-MM-DD."""
    fields: tuple[ObservedField, ...]
    owner: str | None = None
    n_duplicate_keys: int | None = None
    """Records whose key another one has; None where no key is declared."""
    newest_age_hours: float | None = None
