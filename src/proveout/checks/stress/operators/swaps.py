"""Right values in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from proveout.checks.stress.columns import kinds_of
from proveout.checks.stress.operators.operator import Hit, Operator

if TYPE_CHECKING:
    from numpy.random import Generator


def _swap_columns(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    families: dict[str, list[str]] = {}
    for name in hit.columns:
        families.setdefault(min(kinds_of(hit.sample[name]), default="other"), []).append(name)
    new = {}
    for names in families.values():
        mixed = [names[place] for place in rng.permutation(len(names))]
        for one, other in zip(mixed[::2], mixed[1::2], strict=False):
            new[one], new[other] = hit.rows[other], hit.rows[one]
    if not new:  # no two columns of a kind: the first two, whatever they are
        one, other = hit.columns[:2]
        new = {one: hit.rows[other], other: hit.rows[one]}
    return [hit.rows.assign(**new)]


def _swap_values(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new = {}
    for name in hit.columns:
        # A rotation in random order: every row gets the value of another row.
        order = rng.permutation(len(hit.rows))
        source = np.empty(len(order), dtype=np.intp)
        source[order] = np.roll(order, 1)
        if len(order) == 1:
            donors = hit.sample[name].iloc[[int(rng.integers(len(hit.sample)))]]
        else:
            donors = hit.rows[name].iloc[source]
        new[name] = donors.set_axis(hit.rows.index)
    return [hit.rows.assign(**new)]


def _repeat_previous(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    before = np.maximum(hit.rows.index.to_numpy() - 1, 0)
    stale = hit.sample.iloc[before].set_index(hit.rows.index)
    return [hit.rows.assign(**{name: stale[name] for name in hit.columns})]


SWAPPED_COLUMNS = Operator(
    name="swapped-columns",
    stands_for="columns mixed up when files are put together by hand",
    does="columns of the same kind exchange their values, in pairs drawn at random",
    kinds=frozenset(),
    damage=_swap_columns,
    fewest_columns=2,
)

SWAPPED_VALUES = Operator(
    name="swapped-values",
    stands_for="cells sorted or pasted without the rest of their row",
    does="in each column the rows that are hit exchange their values among each other",
    kinds=frozenset(),
    damage=_swap_values,
)

STALE_VALUES = Operator(
    name="stale-values",
    stands_for="an interface that repeats the last record when it gets no new one",
    does="all values are those of the row before",
    kinds=frozenset(),
    damage=_repeat_previous,
)
