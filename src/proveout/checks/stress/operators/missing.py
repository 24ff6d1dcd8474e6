"""Values that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.operators.operator import Hit, Operator

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray


def _lose_half(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    return [_emptied(hit.rows, hit.columns, rng)]


def _lose_all_but_driver(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    others = tuple(name for name in hit.columns if name != _driver(hit.sample, hit.columns))
    return [_emptied(hit.rows, others, rng)]


def _emptied(rows: pd.DataFrame, columns: tuple[str, ...], rng: Generator) -> pd.DataFrame:
    """Empty each of the cells with probability 1/2, and at least one in each row."""
    gone = rng.random((len(rows), len(columns))) < 0.5
    gone[np.arange(len(rows)), rng.integers(len(columns), size=len(rows))] = True
    # pandas' own mask knows what "missing" is for each type of column
    return rows.assign(
        **{name: rows[name].mask(gone[:, place]) for place, name in enumerate(columns)}
    )


def _highest(
    sample: pd.DataFrame, columns: tuple[str, ...], k: int, rng: Generator
) -> NDArray[np.intp]:
    ranks = _ranks(sample[_driver(sample, columns)])
    return np.lexsort((rng.random(len(sample)), -ranks))[:k]


def _driver(sample: pd.DataFrame, columns: tuple[str, ...]) -> str:
    """The column with the most distinct values, numbers first: it parts the rows most finely."""
    numbers = [name for name in columns if pd.api.types.is_numeric_dtype(sample[name].dtype)]
    distinct = {name: len({str(cell) for cell in sample[name].tolist()}) for name in columns}
    return max(numbers or columns, key=distinct.__getitem__)


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
    choose=_highest,
    fewest_columns=2,
)
