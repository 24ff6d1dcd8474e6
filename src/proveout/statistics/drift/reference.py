"""What a watch knows of the time before: learned once, kept as JSON, grown by quiet windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from proveout.statistics.drift import pairs as pairing
from proveout.statistics.drift import probes, repeats
from proveout.statistics.drift.history import (
    Counts,
    counted,
    is_local,
    levels_counted,
    neighbours_counted,
    past_of,
)
from proveout.statistics.drift.nulls import Null
from proveout.statistics.drift.pairs import Pairs
from proveout.statistics.drift.probes import Profile
from proveout.statistics.drift.repeats import Repeats
from proveout.statistics.drift.values import Floats, Integers, Values, columns_of, read

_BLOCKS = 12
"""Blocks by position, where none are given."""
_LEAST_BLOCK = 50
"""Rows of a block; smaller ones are put to the one before."""
_MOST_BLOCKS = 60
"""Of the past; the oldest are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """One column of the reference."""

    profile: Profile
    null: Null
    """Of its probes."""
    levels: Null
    """Of its most frequent values, each out of those rows it is compared with."""
    pair: Null | None
    """Of rows in which it does not go with the others; None where it depends on none."""

    @property
    def present(self) -> float:
        """Rows of the past in which it had a value."""
        of_all = self.null.rows[:, 1] if self.profile.kind == "number" else self.levels.rows[:, 0]
        return float(np.nansum(of_all))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All that a window is compared with."""

    columns: Mapping[str, Learned]
    pairs: Pairs
    repeats: Repeats
    n_rows: int
    n_first: int
    """Blocks that were there when it was learned; those behind them came later."""

    @classmethod
    def learn(
        cls,
        table: Any,
        columns: Sequence[str] | None = None,
        blocks: npt.ArrayLike | None = None,
    ) -> Reference:
        """Learn from a table (pandas, Arrow or a mapping of arrays).

        `blocks` names the block of each row, in the order of time (weeks); without it the table is
        cut by position. Raises ValueError on a table without rows.
        """
        names = tuple(columns) if columns is not None else columns_of(table)
        values = {name: read(table, name) for name in names}
        n_rows = next((each.n_rows for each in values.values()), 0)
        if not n_rows:
            raise ValueError("a reference needs at least one row and one column")
        parts = _parts(n_rows, blocks)
        profiles = {name: probes.learn(name, each) for name, each in values.items()}
        found, odd = pairing.learn(profiles, values, parts)
        sizes = np.array([len(rows) for rows in parts], dtype=np.float64)
        return cls(
            columns={
                name: _learned(profile, values[name], parts, odd.get(name), sizes)
                for name, profile in profiles.items()
            },
            pairs=found,
            repeats=repeats.learn(values, parts),
            n_rows=n_rows,
            n_first=len(parts),
        )

    @property
    def n_blocks(self) -> int:
        """How many blocks of the past there are."""
        return max((each.null.n_blocks for each in self.columns.values()), default=0)

    def after(self, seen: Mapping[str, Counted]) -> Reference:
        """Return the reference with one more block: a window that was found quiet."""
        columns = dict(self.columns)
        for name, counts in seen.items():
            old = columns[name]
            columns[name] = replace(
                old,
                null=_grown(old.null, counts.probes.hits, counts.probes.rows),
                levels=_grown(old.levels, counts.levels, counts.neighbours),
                pair=_grown(old.pair, counts.pair, _all(counts.pair, counts.n_rows))
                if old.pair is not None and counts.pair is not None
                else old.pair,
            )
        return replace(self, columns=columns)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values that JSON can hold."""
        return {
            "version": 1,
            "n_rows": self.n_rows,
            "n_first": self.n_first,
            "columns": {
                name: {
                    "profile": each.profile.as_json(),
                    "null": _null_json(each.null),
                    "levels": _null_json(each.levels),
                    "pair": None if each.pair is None else _null_json(each.pair),
                }
                for name, each in self.columns.items()
            },
            "pairs": self.pairs.as_json(),
            "repeats": self.repeats.as_json(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Reference:
        """Make it from what `as_json` returned."""
        return cls(
            columns={
                name: Learned(
                    profile=Profile.from_json(each["profile"]),
                    null=_null(each["null"]),
                    levels=_null(each["levels"]),
                    pair=None if each["pair"] is None else _null(each["pair"]),
                )
                for name, each in kept["columns"].items()
            },
            pairs=Pairs.from_json(kept["pairs"]),
            repeats=Repeats.from_json(kept["repeats"]),
            n_rows=kept["n_rows"],
            n_first=kept["n_first"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted in a window of one column: all that is needed to make it past."""

    probes: Counts
    levels: Floats
    neighbours: Floats
    """Rows that each of these values is compared with."""
    pair: Floats | None
    n_rows: int
    n_present: int


def count(learned: Learned, values: Values, pair: Floats | None) -> Counted:
    """Count everything that is watched of a column."""
    return Counted(
        probes=counted(learned.profile, values),
        levels=levels_counted(learned.profile, values),
        neighbours=neighbours_counted(learned.profile, values),
        pair=pair,
        n_rows=values.n_rows,
        n_present=values.n_present,
    )


def _learned(
    profile: Profile, values: Values, parts: list[Integers], odd: Floats | None, sizes: Floats
) -> Learned:
    present = [values.part(rows) for rows in parts]
    profile = replace(profile, is_local=is_local(profile, present))
    past = past_of(profile, values, parts)
    levels = np.array([levels_counted(profile, each) for each in present])
    near = np.array([neighbours_counted(profile, each) for each in present])
    return Learned(
        profile=profile,
        null=Null(hits=np.array([p.hits for p in past]), rows=np.array([p.rows for p in past])),
        levels=Null(hits=levels, rows=near),
        pair=None
        if odd is None
        else Null(hits=odd, rows=np.repeat(sizes[:, None], odd.shape[1], axis=1)),
    )


def _parts(n_rows: int, blocks: npt.ArrayLike | None) -> list[Integers]:
    """Return the rows of each block, in the order of the blocks."""
    if blocks is None:
        n_blocks = max(1, min(_BLOCKS, n_rows // _LEAST_BLOCK))
        return [np.asarray(each) for each in np.array_split(np.arange(n_rows), n_blocks)]
    names, codes = np.unique(np.asarray(blocks), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))[:-1]
    parts: list[Integers] = []
    for rows in np.split(order, ends):
        # A stump at the beginning or the end of the time tells less than a block, and differs more.
        if parts and len(rows) < max(_LEAST_BLOCK, 0.25 * n_rows / len(names)):
            parts[-1] = np.concatenate([parts[-1], rows])
        else:
            parts.append(rows)
    return parts


def _grown(null: Null, hits: Floats, rows: Floats) -> Null:
    return Null(
        hits=np.vstack([null.hits, hits])[-_MOST_BLOCKS:],
        rows=np.vstack([null.rows, rows])[-_MOST_BLOCKS:],
    )


def _all(like: Floats, n: int) -> Floats:
    return np.full(len(like), float(n))


def _null_json(null: Null) -> dict[str, Any]:
    return {"hits": _numbers(null.hits), "rows": _numbers(null.rows), "n": null.hits.shape[1]}


def _numbers(table: Floats) -> list[list[int | None]]:
    return [[None if np.isnan(x) else int(x) for x in row] for row in table.tolist()]


def _null(kept: Mapping[str, Any]) -> Null:
    def table(rows: Sequence[Sequence[int | None]]) -> Floats:
        flat = [[np.nan if x is None else x for x in row] for row in rows]
        return np.array(flat, dtype=np.float64).reshape(len(rows), kept["n"])

    return Null(hits=table(kept["hits"]), rows=table(kept["rows"]))
