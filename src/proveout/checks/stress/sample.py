"""The production rows that are damaged: with a known true answer, drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from proveout.charter.schema import Charter
from proveout.checks import DataAccess
from proveout.errors import InputError
from proveout.intake import fetch, unite
from proveout.intake.inputs import given_columns
from proveout.intake.truths import LABEL, known_truths, objects, stands_in_data, truth_by_field

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
    """The true answer of each row; of a document a value per field."""
    fingerprints: dict[str, str]
    """Of the sources, as 'data:NAME'."""
    absent: tuple[str, ...]
    """Declared inputs that production does not have."""
    moments: pd.Series[Any] | None = None
    """When each record came about, where the charter says which column tells it."""


def draw(charter: Charter, access: DataAccess, *, rows: int, seed: int) -> Sample:
    """Draw labelled rows from all production sources together. Raises InputError."""
    data, opened = charter.data, access.production()
    table = unite(opened)
    fingerprints = {f"data:{each.name}": each.fingerprint for each in opened}
    columns = _truths_in(charter, table.columns)
    if columns is None:
        truths = access.labels()
        assert truths is not None  # noqa: S101  # the charter names them
        assert data.labels is not None  # noqa: S101
        fingerprints[f"data:{truths.name}"] = truths.fingerprint
        wanted = list(dict.fromkeys(truth_by_field(charter).values()))
        table = _with_labels(table, truths.table, list(data.labels.key), wanted)
        columns = {name: f"{TRUTH}{name}" for name in wanted}
    require_columns(table.columns, columns.values())
    inputs = given_columns(charter, [n for n in table.columns if n not in columns.values()])
    if columns:
        table = table.filter(ibis.or_(*(table[name].notnull() for name in columns.values())))
    moment = data.timestamp if data.timestamp in table.columns else None
    wanted = [*inputs, *columns.values(), *([] if moment is None else [moment])]
    drawn = fetch(table, tuple(dict.fromkeys(wanted)), rows=rows, seed=seed)
    drawn = drawn.reset_index(drop=True)
    found = {name: objects(drawn[column]) for name, column in columns.items()}
    return Sample(
        inputs=drawn[list(inputs)],
        truth=known_truths(charter, found, len(drawn)),
        fingerprints=fingerprints,
        absent=tuple(name for name in data.inputs if name not in inputs),
        moments=None if moment is None else drawn[moment],
    )


TRUTH = "__truth_"


def _truths_in(charter: Charter, found: Sequence[str]) -> dict[str, str] | None:
    """Return the columns of true answers, each under its name; None where they are elsewhere."""
    columns = truth_by_field(charter)
    if charter.data.labels is not None and not stands_in_data(charter, found):
        return None
    if set(columns) == {LABEL} and charter.data.label is not None:
        return {columns[LABEL]: charter.data.label}
    return {name: name for name in columns.values()}


def _with_labels(
    table: ir.Table, truths: ir.Table, key: list[str], columns: Sequence[str]
) -> ir.Table:
    """Join true answers by key; a key with several different ones in a column has none."""
    require_columns(table.columns, key)
    require_columns(truths.columns, [*key, *columns])
    as_text = {
        name: truths[name].cast("string")
        for name in key
        if truths[name].type().copy(nullable=True) != table[name].type().copy(nullable=True)
    }
    truths = truths.mutate(**as_text)
    table = table.mutate(**{name: table[name].cast("string") for name in as_text})
    counts = {f"__n_{name}": truths[name].nunique() for name in columns}
    values = {f"{TRUTH}{name}": truths[name].arbitrary() for name in columns}
    once = truths.group_by(key).agg(**values, **counts)
    once = once.filter(*(once[name] <= 1 for name in counts)).drop(*counts)
    return table.inner_join(once, key)


def require_columns(found: Iterable[str], wanted: Iterable[str]) -> None:
    """Raise InputError naming the first wanted column that is not there."""
    there = list(found)
    for name in wanted:
        if name not in there:
            raise InputError(
                f"The charter names a column '{name}' that the data do not have.",
                hint=f"Columns found: {', '.join(there[:20])}.",
            )
