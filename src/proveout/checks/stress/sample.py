"""The production rows that are damaged: with a known true answer, drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.charter.schema import Data, Labels
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
    absent: tuple[str, ...]
    """Declared inputs that production does not have."""


def draw(data: Data, access: DataAccess, *, rows: int, seed: int) -> Sample:
    """Draw labelled rows from all production sources together. Raises InputError."""
    opened = access.production()
    table = unite(opened)
    fingerprints = {f"data:{each.name}": each.fingerprint for each in opened}
    label = data.label
    if data.labels is not None and label not in table.columns:
        truths = access.labels()
        assert truths is not None  # noqa: S101  # the charter names them
        fingerprints[f"data:{truths.name}"] = truths.fingerprint
        table, label = _with_labels(table, truths.table, data.labels), TRUTH
    assert label is not None  # noqa: S101  # needs() has seen to it
    require_columns(table.columns, [label])
    inputs = input_columns(data, table.columns)
    drawn = fetch(table.filter(table[label].notnull()), (*inputs, label), rows=rows, seed=seed)
    drawn = drawn.reset_index(drop=True)
    return Sample(
        inputs=drawn[list(inputs)],
        truth=drawn[label].to_numpy(dtype=object),
        fingerprints=fingerprints,
        absent=tuple(name for name in data.inputs if name not in inputs),
    )


TRUTH = "__truth"


def input_columns(data: Data, found: Sequence[str]) -> tuple[str, ...]:
    """Columns that the system is given: those declared, or all but label and key.

    A declared column that production does not have is left out, as it would be in use.
    """
    truths = {data.label, data.labels.column if data.labels is not None else None}
    if data.inputs:
        return tuple(name for name in data.inputs if name in found and name not in truths)
    kept_back = {*truths, *data.key}
    return tuple(name for name in found if name not in kept_back and not name.startswith("__"))


def _with_labels(table: ir.Table, truths: ir.Table, labels: Labels) -> ir.Table:
    """Join true answers by key; a key with several different ones has none."""
    key = list(labels.key)
    require_columns(table.columns, key)
    require_columns(truths.columns, [*key, labels.column])
    as_text = {
        name: truths[name].cast("string")
        for name in key
        if truths[name].type().copy(nullable=True) != table[name].type().copy(nullable=True)
    }
    truths = truths.mutate(**as_text)
    table = table.mutate(**{name: table[name].cast("string") for name in as_text})
    answer = truths[labels.column]
    once = truths.group_by(key).agg(**{TRUTH: answer.arbitrary(), "__n": answer.nunique()})
    return table.inner_join(once.filter(once["__n"] == 1).drop("__n"), key)


def require_columns(found: Iterable[str], wanted: Iterable[str]) -> None:
    """Raise InputError naming the first wanted column that is not there."""
    there = list(found)
    for name in wanted:
        if name not in there:
            raise InputError(
                f"The charter names a column '{name}' that the data do not have.",
                hint=f"Columns found: {', '.join(there[:20])}.",
            )
