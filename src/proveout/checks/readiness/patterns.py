"""How text is written: masks such as 'A-9' for 'ORD-0017', counted by site and month.

Letters become a or A, digits 9, all else stays; a run of one class becomes one sign, and several
words count as one. Where nearly all values have runs of digits of the same length, the length
belongs to the format ('99999'), else it does not ('9').

Source: pattern profiles as in Raman & Hellerstein, "Potter's Wheel", VLDB 2001.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import duckdb

Level = Literal["fine", "coarse"]
"""With the lengths of runs of digits, or without."""

OTHER = "(other)"
"""All masks beyond the most frequent ones."""
_MOST_MASKS = 20
"""Masks that are kept apart."""
_FIXED = 0.95
"""Share of values whose runs of digits have the usual length for their mask, from which on the
length belongs to the format."""
_FREE_TEXT = 0.2
"""Share of values below which the most frequent mask is no format."""
_LONGEST = 200
"""Characters of a value that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masks:
    """The masks of one column at one level."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    """A typical value of each mask: the middle one in alphabetical order, where odd ones stand at
    either end."""
    by_site: dict[str, Counter[str]] = field(default_factory=dict)
    by_period: dict[str, Counter[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """How the values of one column are written."""

    fine: Masks
    coarse: Masks
    exact: bool
    """Counted on all values, not on a sample of them."""

    @property
    def level(self) -> Level:
        """Whether lengths belong to the format."""
        most: Counter[str] = Counter()
        for mask, n in self.fine.counts.items():
            if mask != OTHER:
                shape = re.sub("9+", "9", mask)
                most[shape] = max(most[shape], n)
        return "fine" if most and most.total() >= _FIXED * self.n else "coarse"

    def masks(self, level: Level | None = None) -> Masks:
        """Return the masks at a level; at the column's own when none is given."""
        return self.fine if (level or self.level) == "fine" else self.coarse

    @property
    def n(self) -> int:
        """Values looked at."""
        return self.coarse.counts.total()

    @property
    def dominant(self) -> tuple[str, int] | None:
        """The most frequent mask and its count; None for free text."""
        ranked = [pair for pair in self.masks().counts.most_common(2) if pair[0] != OTHER]
        if not ranked or ranked[0][1] < _FREE_TEXT * self.n:
            return None
        return ranked[0]


def patterns(local: duckdb.DuckDBPyConnection, exact: Mapping[int, bool]) -> dict[int, Patterns]:
    """Make masks of the values in the local table 'texts' (col, value, site, period, n).

    `exact` tells by column position whether all values are there. Columns without a value are left
    out.
    """
    local.execute(_MASKED)
    levels: dict[Level, dict[int, Masks]] = {"fine": {}, "coarse": {}}
    for level, by_column in levels.items():
        for column, mask, site, period, n, example in local.execute(_counted(level)).fetchall():
            masks = by_column.setdefault(column, Masks())
            masks.counts[mask] += n
            masks.examples.setdefault(mask, example)
            if site is not None:
                masks.by_site.setdefault(site, Counter())[mask] += n
            if period is not None:
                masks.by_period.setdefault(period, Counter())[mask] += n
    return {
        column: Patterns(fine=fine, coarse=levels["coarse"][column], exact=exact[column])
        for column, fine in levels["fine"].items()
    }


def mask_sql(value: str) -> str:
    """Return the SQL (DuckDB) of the mask of a value, with the lengths of digits."""
    steps: Sequence[tuple[str, str]] = (
        (r"[\p{Lu}\p{Lt}]+", "A"),
        (r"[\p{Ll}\p{Lo}\p{Lm}]+", "a"),
        (r"\p{Nd}", "9"),
        (r"([Aa]+)( [Aa]+)+", r"\1"),
    )
    masked = f"left({value}, {_LONGEST})"
    for pattern, sign in steps:
        masked = f"regexp_replace({masked}, '{pattern}', '{sign}', 'g')"
    return masked


_MASKED = f"""
CREATE OR REPLACE TEMP TABLE masked AS
SELECT col, site, period, n, value, fine, regexp_replace(fine, '9+', '9', 'g') AS coarse
FROM (SELECT *, {mask_sql("value")} AS fine FROM texts WHERE trim(value, ' \t\n\r\v\f') <> '')
"""  # noqa: S608 - no outside text


def _counted(level: Level) -> str:
    return f"""
    WITH whole AS (SELECT col, {level} AS mask, sum(n) AS n FROM masked GROUP BY ALL),
    kept AS (
      SELECT col, mask FROM whole
      QUALIFY row_number() OVER (PARTITION BY col ORDER BY n DESC, mask) <= {_MOST_MASKS}
    )
    SELECT m.col, CASE WHEN k.mask IS NULL THEN '{OTHER}' ELSE k.mask END AS mask,
           m.site, m.period, sum(m.n)::BIGINT AS n,
           quantile_disc(m.value, 0.5) AS typical
    FROM masked m LEFT JOIN kept k ON m.col = k.col AND m.{level} = k.mask
    GROUP BY ALL ORDER BY 1, 5 DESC, 2, 3, 4
    """  # noqa: S608 - no outside text
