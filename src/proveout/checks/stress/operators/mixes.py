"""Sound records, but others than before: production is made up in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.operators.missing import driver
from proveout.checks.stress.operators.operator import Hit, Operator, TooFewError

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray


def _more_of_the_rare(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    truth = hit.known.truth
    if truth is None:
        return [hit.rows]
    return [_instead(hit, _of_the_rare(truth, rng))]


def _more_of_the_high(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Draw from the upper quarter of the column that parts the rows most finely."""
    column = hit.sample[driver(hit.sample, hit.columns)]
    ranks = (column if pd.api.types.is_numeric_dtype(column.dtype) else column.map(str)).rank()
    order = np.lexsort((rng.random(len(ranks)), -ranks.fillna(0).to_numpy()))
    return [_instead(hit, rng.permutation(order[: max(1, len(order) // 4)]))]


def _of_the_rare(truth: NDArray[Any], rng: Generator) -> NDArray[np.intp]:
    """Positions of the rarer class, or of the highest quarter of numbers, in random order."""
    text = pd.Series([str(value) for value in truth])
    counts = text.value_counts()
    figures = pd.to_numeric(text, errors="coerce")
    if len(counts) > 20 and figures.notna().all():
        chosen = np.flatnonzero(figures >= figures.quantile(0.75))
    else:
        rarest = min(counts.index, key=lambda name: (counts[name], name))
        chosen = np.flatnonzero(text == rarest)
    return rng.permutation(chosen)


def _instead(hit: Hit, donors: NDArray[np.intp]) -> pd.DataFrame:
    """Let donors take the place of the rows that are hit. Raises TooFewError.

    None comes twice: what was seen once must not count as if it had been seen often.
    """
    if len(donors) < len(hit.rows):
        raise TooFewError(f"the sample holds {len(donors):,} such records, not {len(hit.rows):,}")
    return hit.sample.iloc[donors[: len(hit.rows)]]


MORE_OF_THE_RARE = Operator(
    name="more-of-the-rare",
    stands_for="a wave of the cases that used to be few: fraud, returns, delays",
    does="sound records of the rarest class (numbers: the top quarter) take the place of others",
    kinds=frozenset(),
    damage=_more_of_the_rare,
    keeps_shape=False,
    needs="truth",
    replaces=True,
    takes_all=True,
)

MORE_OF_THE_HIGH = Operator(
    name="more-of-the-high",
    stands_for="new customers, sites or products unlike those of the pilot",
    does=(
        "sound records from the highest quarter of one column (the number with the most distinct "
        "values) take the place of others"
    ),
    kinds=frozenset(),
    damage=_more_of_the_high,
    keeps_shape=False,
    replaces=True,
    takes_all=True,
)
