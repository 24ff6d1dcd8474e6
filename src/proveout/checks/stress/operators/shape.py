"""Rows and columns that come twice, newly, not at all, or in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from proveout.checks.stress.operators.operator import Hit, Operator

if TYPE_CHECKING:
    from numpy.random import Generator

ADDED_NAME = "unnamed_0"


def _twice(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    both = pd.concat([hit.rows, hit.rows])
    return [both.iloc[rng.permutation(len(both))]]


def _add_column(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    name = ADDED_NAME
    while name in hit.rows.columns:
        name += "_0"
    rows = hit.rows.copy()
    rows.insert(int(rng.integers(rows.shape[1] + 1)), name, np.arange(len(rows)))
    return [rows]


def _drop_column(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Drop another column from each part of the rows, so that all are tried."""
    groups = np.array_split(rng.permutation(len(hit.rows)), len(hit.columns))
    return [
        hit.rows.iloc[np.sort(group)].drop(columns=name)
        for name, group in zip(hit.columns, groups, strict=True)
        if len(group)
    ]


def _where_others_are_left(sample: pd.DataFrame, columns: tuple[str, ...]) -> tuple[str, ...]:
    return columns if sample.shape[1] > 1 else ()


def _reorder(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    order = rng.permutation(hit.rows.shape[1])
    if len(order) > 1 and (order == np.arange(len(order))).all():
        order = np.roll(order, 1)
    return [hit.rows.iloc[:, order]]


DUPLICATE_ROWS = Operator(
    name="duplicate-rows",
    stands_for="records delivered twice",
    does="each row that is hit arrives twice, among the others",
    kinds=frozenset(),
    damage=_twice,
    keeps_shape=False,
    sends=2,
)

ADDED_COLUMN = Operator(
    name="added-column",
    stands_for="an export that has got one more column",
    does="a column of running numbers, at a random place",
    kinds=frozenset(),
    damage=_add_column,
    keeps_shape=False,
)

DROPPED_COLUMN = Operator(
    name="dropped-column",
    stands_for="an export that has lost a column",
    does="one column is not there; the rows are divided so that every column is tried",
    kinds=frozenset(),
    damage=_drop_column,
    fits=_where_others_are_left,
    wants="a second column, which would be left",
    keeps_shape=False,
)

REORDERED_COLUMNS = Operator(
    name="reordered-columns",
    stands_for="an export whose columns come in another order",
    does="all columns are there, in a random order",
    kinds=frozenset(),
    damage=_reorder,
    fewest_columns=2,
    keeps_shape=False,
)
