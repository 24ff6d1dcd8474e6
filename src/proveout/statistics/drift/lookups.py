"""Columns that tell what another one must be: the tail number its airline, the place its distance.

For each value of the telling column that was seen often enough, the bin of the other column that
nearly always stands beside it.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from proveout.statistics.drift.values import Integers

UNTOLD = -1
_LEAST_SEEN = 5
_PURE = 0.95
"""A value tells what stands beside it where that is the same in so many of its rows."""
_LEAST_TOLD = 0.8
"""Of all rows must hold a value that tells, for a column to be a lookup."""
_LEAST_POWER = 0.3
"""Of rows with wrong partners would be found."""

Told = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What one column tells of another."""

    told: Told
    """By the place of the telling value: the bin that must stand beside it, or -1."""

    def broken(self, places: Integers, bins: Integers, *, missing: int) -> npt.NDArray[np.bool_]:
        """Mark the rows in which something else stands; missing values say nothing."""
        must = np.append(self.told, np.int16(UNTOLD))[places]
        return np.asarray((must != UNTOLD) & (bins != must) & (bins != missing))

    def as_json(self) -> str:
        """Return it as text."""
        return base64.b64encode(zlib.compress(self.told.astype("<i2").tobytes())).decode()

    @classmethod
    def from_json(cls, kept: str) -> Lookup:
        """Make it from what `as_json` returned."""
        held = np.frombuffer(zlib.decompress(base64.b64decode(kept)), dtype="<i2")
        return cls(told=held.astype(np.int16))


def table_of(places: Integers, bins: Integers, n_places: int, n_bins: int) -> Integers:
    """Count the bins beside each value; rows without a known value (place -1) are left out."""
    known = places >= 0
    cells = places[known] * n_bins + bins[known]
    counts = np.bincount(cells, minlength=n_places * n_bins)
    return np.asarray(counts.reshape(n_places, n_bins), dtype=np.int64)


def told_by(table: Integers, *, ignored: int) -> Lookup:
    """Learn a lookup from counts; the bin of missing values is ignored."""
    counts = table.copy()
    counts[:, ignored] = 0
    seen, top = counts.sum(axis=1), counts.argmax(axis=1)
    most = counts[np.arange(len(counts)), top]
    sure = (seen >= _LEAST_SEEN) & (most >= _PURE * seen)
    return Lookup(told=np.where(sure, top, UNTOLD).astype(np.int16))


def is_lookup(table: Integers, *, ignored: int) -> bool:
    """Tell whether the column tells nearly always, and something that chance would not."""
    told = told_by(table, ignored=ignored).told
    seen = table.sum(axis=1)
    total = max(int(seen.sum()), 1)
    sure = told != UNTOLD
    if seen[sure].sum() < _LEAST_TOLD * total:
        return False
    beside = table.sum(axis=0) / total
    power = (seen[sure] * (1 - beside[told[sure]])).sum() / total
    return bool(power >= _LEAST_POWER)


def lookups_json(lookups: Mapping[tuple[str, str], Lookup]) -> list[dict[str, Any]]:
    """Return all of them as plain values."""
    return [{"pair": list(pair), "told": each.as_json()} for pair, each in lookups.items()]
