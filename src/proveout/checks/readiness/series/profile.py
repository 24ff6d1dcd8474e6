"""What the columns of the deliveries hold, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from proveout.checks.readiness.columns import Kind

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""The quantiles that are kept of figures."""
NUMBER = "a plain number"
WHOLE = "a whole number"
"""Written the same whatever the decimal mark is."""
COMMA = "a number with a decimal comma"
THOUSANDS = "a number with commas for thousands"
WITH_UNIT = "a number with a unit beside it"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One column in one delivery, by a sample of its rows."""

    kind: Kind
    """How it was read."""
    n: int
    """Rows looked at."""
    n_filled: int
    forms: Mapping[str, int] = field(default_factory=dict)
    """How many of its values can be read as each of the forms of numbers and dates."""
    quantiles: tuple[float, ...] | None = None
    """Of its figures, at SHARES; None where there are none to speak of."""
    sizes: tuple[float, ...] | None = None
    """Likewise of their sizes without sign, zeros left out, as natural logarithms."""
    negative: float = 0.0
    """Share of the figures below 0."""
    masks: Counter[str] = field(default_factory=Counter)
    """How its texts are written, with the lengths of runs of digits."""
    values: Counter[str] | None = None
    """How often each text comes; None where there are too many to be codes."""
    examples: tuple[str, ...] = ()
    """Different ones, the more frequent first; up to three."""

    @property
    def filled(self) -> float:
        """Share of the rows that have a value."""
        return self.n_filled / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """All that the look at the files of one source gave; lists are by position of the file."""

    columns: Mapping[str, list[ColumnProfile | None]]
    """By name: of each file; None where it has no such column."""
    n_rows: list[int]
    fingerprints: list[str]
    """The same for files with the same records, in whatever order."""
    moment: str | None
    """The column that says when records came about: as declared, or as it seems."""
    days: list[Counter[date]]
    """How many of the sampled records fall on each day."""
    shared: Mapping[tuple[int, int], float]
    """Of pairs of files: share of the records of the smaller one that the other one holds too."""

    def middle(self, at: int) -> tuple[date, date] | None:
        """Return the days between which the middle 90 % of a file's records lie."""
        counted = self.days[at]
        total, seen = counted.total(), 0
        first = last = None
        for day in sorted(counted):
            seen += counted[day]
            if first is None and seen >= 0.05 * total:
                first = day
            if last is None and seen >= 0.95 * total:
                last = day
        return None if first is None or last is None else (first, last)

    def outside(self, at: int, days: tuple[date, date]) -> float:
        """Return the share of a file's dated records that do not lie within these days."""
        counted = self.days[at]
        out = sum(n for day, n in counted.items() if not days[0] <= day <= days[1])
        return out / counted.total() if counted else 0.0
