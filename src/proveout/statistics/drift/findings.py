"""What a watch found in a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from proveout.evidence.model import Interval
from proveout.statistics.drift.distances import Distance
from proveout.statistics.drift.probes import Family
from proveout.statistics.drift.reference import Counted
from proveout.statistics.drift.values import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A change that the false-alarm budget of the window does not explain."""

    column: str
    """'' for whole rows."""
    kind: Family
    what: str
    """What more (or fewer) values are than before: 'never seen before'."""
    share: float
    """Of the rows looked at, in the window."""
    expected: float
    """The same in the past."""
    p: float
    """Adjusted for everything that was tested in the window: at most alpha."""
    changed: float
    """Estimated share of rows that changed."""
    interval: Interval
    """Of `share`."""
    n: int
    examples: tuple[str, ...]
    """Values of rows that were hit, the most frequent first."""
    rows: Mask = field(repr=False, compare=False)
    """The rows that were hit; among them are some that would have been anyway."""
    partners: tuple[str, ...] = ()
    """Of a pair: the columns that it no longer goes with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """A column that came, went, or became another type."""

    column: str
    what: str
    """'gone', 'new', 'became text', 'became numbers', 'became dates'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotChecked:
    """A column for which no test could be computed: its own state, and never quiet."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that is known of a window."""

    n_rows: int
    alpha: float
    alarms: tuple[Alarm, ...]
    """The least likely first; one for each kind of change of a column."""
    p_values: Mapping[str, float]
    """Of each column, over all its tests (Bonferroni); '' for whole rows. A column that was not
    checked has none. To be turned into e-values by who watches over a whole life."""
    distances: Mapping[str, Distance]
    """By column, for reading."""
    schema: tuple[SchemaChange, ...]
    not_checked: tuple[NotChecked, ...]
    counted: Mapping[str, Counted] = field(repr=False)
    """What `Reference.after` needs, once the window is known to be quiet."""

    @property
    def format_changes(self) -> tuple[Alarm, ...]:
        """The alarms of values written in another form."""
        return tuple(each for each in self.alarms if each.kind in ("form", "precision"))
