"""Values that are not there: at random, depending on others, on themselves, or where it hurts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.operator import Hit, Operator, with_columns

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

ORDERED: frozenset[Kind] = frozenset({"number"})


def _lose_half(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    return [_emptied(hit.rows, hit.columns, rng)]


def _lose_all_but_driver(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    spared = driver(hit.sample, hit.columns)
    others = tuple(name for name in hit.columns if name != spared)
    return [_emptied(hit.rows, others, rng)]


def _lose_highest(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    """Empty in each row what is highest for its column, which is why the row was hit."""
    heights = _heights(hit.sample, hit.columns)[hit.rows.index.to_numpy()]
    gone = heights >= heights.max(axis=1, keepdims=True)
    return [_without(hit.rows, hit.columns, gone)]


def _empty_a_column(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Empty another column in each part of the rows, so that all are tried."""
    which = np.arange(len(hit.rows)) % len(hit.columns)
    gone = rng.permutation(which)[:, None] == np.arange(len(hit.columns))
    return [_without(hit.rows, hit.columns, gone)]


def _emptied(rows: pd.DataFrame, columns: tuple[str, ...], rng: Generator) -> pd.DataFrame:
    """Empty each of the cells with probability 1/2, and at least one in each row."""
    gone = rng.random((len(rows), len(columns))) < 0.5
    gone[np.arange(len(rows)), rng.integers(len(columns), size=len(rows))] = True
    return _without(rows, columns, gone)


def _without(rows: pd.DataFrame, columns: tuple[str, ...], gone: NDArray[np.bool_]) -> pd.DataFrame:
    # pandas' own mask knows what "missing" is for each type of column
    return with_columns(
        rows, {name: rows[name].mask(gone[:, place]) for place, name in enumerate(columns)}
    )


def _highest(around: Hit, k: int, rng: Generator) -> NDArray[np.intp]:
    sample = around.sample
    ranks = _ranks(sample[driver(sample, around.columns)])
    return np.lexsort((rng.random(len(sample)), -ranks))[:k]


def _highest_of_any(around: Hit, k: int, rng: Generator) -> NDArray[np.intp]:
    heights = _heights(around.sample, around.columns).max(axis=1)
    return np.lexsort((rng.random(len(around.sample)), -heights))[:k]


def _least_sure(around: Hit, k: int, rng: Generator) -> NDArray[np.intp]:
    confidence = around.known.confidence
    if confidence is None:
        return rng.permutation(len(around.sample))[:k]
    sure = np.nan_to_num(confidence, nan=2.0)  # who gave no confidence comes last
    return np.lexsort((rng.random(len(sure)), sure))[:k]


def driver(sample: pd.DataFrame, columns: tuple[str, ...]) -> str:
    """The column with the most distinct values, numbers first: it parts the rows most finely."""
    numbers = [name for name in columns if pd.api.types.is_numeric_dtype(sample[name].dtype)]
    distinct = {name: len({str(cell) for cell in sample[name].tolist()}) for name in columns}
    return max(numbers or columns, key=distinct.__getitem__)


def _heights(sample: pd.DataFrame, columns: tuple[str, ...]) -> NDArray[np.float64]:
    """How high each value stands in its column: 0 to 1, an empty one lowest."""
    return np.column_stack(
        [sample[name].rank(pct=True, na_option="keep").fillna(0.0) for name in columns]
    )


def _ranks(column: pd.Series[Any]) -> NDArray[np.float64]:
    if not pd.api.types.is_numeric_dtype(column.dtype):
        column = column.map(str)
    ranks = column.rank(method="average", na_option="top")
    return np.asarray(ranks, dtype=np.float64)


MISSING_VALUES = Operator(
    name="missing-values",
    stands_for="forms filled in halfway, sensors and interfaces that drop fields",
    does="each value is emptied with probability 1/2, at least one per row",
    kinds=frozenset(),
    damage=_lose_half,
    overwrites=True,
)

MISSING_BY_VALUE = Operator(
    name="missing-by-value",
    stands_for="fields that are left out for just the unusual cases, such as the largest orders",
    does=(
        "the rows with the highest values of one column (the number with the most distinct ones) "
        "lose each other value with probability 1/2, at least one per row"
    ),
    kinds=frozenset(),
    damage=_lose_all_but_driver,
    overwrites=True,
    choose=_highest,
    fewest_columns=2,
)

MISSING_HIGHEST = Operator(
    name="missing-highest",
    stands_for="figures that are withheld because of what they are, such as the highest incomes",
    does="the values that stand highest in their column are emptied, one or more per row",
    kinds=ORDERED,
    damage=_lose_highest,
    overwrites=True,
    choose=_highest_of_any,
)

MISSING_WHERE_UNSURE = Operator(
    name="missing-where-unsure",
    stands_for="borderline cases, which are the ones that come with the thinnest files",
    does=(
        "the rows whose clean answers had the lowest confidence lose each value with probability "
        "1/2, at least one per row"
    ),
    kinds=frozenset(),
    damage=_lose_half,
    overwrites=True,
    choose=_least_sure,
    needs="confidence",
)

EMPTIED_COLUMN = Operator(
    name="emptied-column",
    stands_for="a field that a source system has stopped to fill in",
    does="one column is empty; the rows are divided so that every column is tried",
    kinds=frozenset(),
    damage=_empty_a_column,
    overwrites=True,
)
