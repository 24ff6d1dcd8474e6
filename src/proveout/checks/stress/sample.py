"""The production rows that are damaged: with a known true answer, drawn at random."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.charter.schema import Data
from proveout.checks import DataAccess
from proveout.errors import InputError
from proveout.intake import fetch, unite

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Rows as they are in production."""

    inputs: pd.DataFrame
    """What the system is given; indexed by position."""
    truth: NDArray[np.object_]
    """The true answer of each row."""
    fingerprints: dict[str, str]
    """Of the sources, as 'data:NAME'."""


def draw(data: Data, access: DataAccess, *, rows: int, seed: int) -> Sample:
    """Draw labelled rows from all production sources together. Raises InputError."""
    opened = access.production()
    table = unite(opened)
    fingerprints = {f"data:{each.name}": each.fingerprint for each in opened}
    label = data.label
    if data.labels is not None:
        truths = access.labels()
        assert truths is not None  # noqa: S101  # the charter names them
        fingerprints[f"data:{truths.name}"] = truths.fingerprint
        label = TRUTH
        table = _with_labels(table, truths.table, key=data.labels.key, column=data.labels.column)
    assert label is not None  # noqa: S101  # needs() has seen to it
    inputs = input_columns(data, table.columns)
    require_columns(table.columns, (label, *inputs))
    drawn = fetch(table.filter(table[label].notnull()), (*inputs, label), rows=rows, seed=seed)
    drawn = drawn.reset_index(drop=True)
    return Sample(
        inputs=drawn[list(inputs)],
        truth=drawn[label].to_numpy(dtype=object),
        fingerprints=fingerprints,
    )


TRUTH = "__truth"


def input_columns(data: Data, found: tuple[str, ...]) -> tuple[str, ...]:
    """Columns that the system is given: those declared, or all but label and key."""
    if data.inputs:
        return data.inputs
    kept_back = {data.label, *data.key}
    return tuple(name for name in found if name not in kept_back and not name.startswith("__"))


def _with_labels(
    table: ir.Table, truths: ir.Table, *, key: tuple[str, ...], column: str
) -> ir.Table:
    require_columns(table.columns, key)
    require_columns(truths.columns, (*key, column))
    # A second label for one key would give a row twice; which one holds is not ours to say.
    once = truths.group_by(list(key)).agg(
        **{TRUTH: truths[column].arbitrary(), "__n": truths[column].nunique()}
    )
    once = once.filter(once["__n"] == 1).drop("__n")
    return table.inner_join(once, list(key))


def require_columns(found: Iterable[str], wanted: Iterable[str]) -> None:
    """Raise InputError naming the first wanted column that is not there."""
    there = list(found)
    for name in wanted:
        if name not in there:
            raise InputError(
                f"The charter names a column '{name}' that the data do not have.",
                hint=f"Columns found: {', '.join(there[:20])}.",
            )
