"""The rows that go through the system, and their true answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.charter.schema import Charter, Data, Labels
from proveout.checks.contract import CheckContext
from proveout.evidence.model import Scope
from proveout.intake import OpenTable, fetch, unite
from proveout.intake.union import SITE_COLUMN, SOURCE_COLUMN
from proveout.statistics.labels import normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OURS = (SITE_COLUMN, SOURCE_COLUMN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Rows of one scope, pulled."""

    scope: Scope
    frame: pd.DataFrame
    """All columns that are needed, the label among them or not."""
    truth: NDArray[np.object_]
    """True answer of each row; None where it is not known."""
    inputs: tuple[str, ...]
    """Columns that the system is given."""
    fingerprints: dict[str, str]
    """'data:NAME' of each source."""
    notes: dict[str, Any]
    """What a reader must know of how the rows were chosen and labelled."""

    @property
    def batch(self) -> pd.DataFrame:
        """What the system is given: never the label."""
        return self.frame[list(self.inputs)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlabelled:
    """A source that cannot be used, because its rows have no true answer."""

    source: str
    reason: str


def pilot_records(context: CheckContext) -> Records | Unlabelled | None:
    """Pull the curated sample; None where the charter names none."""
    opened = context.data.pilot()
    if opened is None:
        return None
    reason = _why_unlabelled(opened, context.charter.data)
    if reason is not None:
        return Unlabelled(source=opened.name, reason=reason)
    return _pull(context, [opened], "pilot", rows=None)


def production_records(context: CheckContext) -> tuple[Records | None, list[Unlabelled]]:
    """Pull production, at most data.sample_rows rows of it, from every source with a label."""
    data, usable, left_out = context.charter.data, [], []
    for opened in context.data.production():
        reason = _why_unlabelled(opened, data)
        if reason is None:
            usable.append(opened)
        else:
            left_out.append(Unlabelled(source=opened.name, reason=reason))
    if not usable:
        return None, left_out
    return _pull(context, usable, "production", rows=data.sample_rows), left_out


def label_name(data: Data) -> str:
    """Return the column of true answers, wherever it is."""
    return data.labels.column if data.labels is not None else data.label or ""


def _why_unlabelled(opened: OpenTable, data: Data) -> str | None:
    columns = opened.table.columns
    if data.label is not None and data.label in columns:
        return None
    if data.labels is None:
        return f"source '{opened.name}' has no column '{data.label}'"
    absent = [name for name in data.labels.key if name not in columns]
    if absent:
        return f"source '{opened.name}' has no column '{absent[0]}', by which data.labels is joined"
    return None


def _pull(
    context: CheckContext, sources: Sequence[OpenTable], scope: Scope, *, rows: int | None
) -> Records:
    charter = context.charter
    data, table = charter.data, unite(sources)
    inputs = _inputs(charter, table.columns)
    wanted = [*inputs, *_asides(data), *_OURS]
    columns = [name for name in dict.fromkeys(wanted) if name in table.columns]
    frame = fetch(table, columns, rows=rows, seed=context.seed)
    total = int(table.count().execute()) if rows is not None else len(frame)
    notes: dict[str, Any] = {"rows": len(frame)}
    if absent := [name for name in data.inputs if name not in table.columns]:
        notes["inputs_not_in_the_data"] = absent
    if total > len(frame):
        notes["drawn_at_random_from"] = total
    truth, of_labels = _truth(context, frame, notes)
    return Records(
        scope=scope,
        frame=frame,
        truth=truth,
        inputs=inputs,
        fingerprints={
            **{f"data:{opened.name}": opened.fingerprint for opened in sources},
            **of_labels,
        },
        notes=notes,
    )


def _inputs(charter: Charter, columns: Sequence[str]) -> tuple[str, ...]:
    data, system = charter.data, charter.system
    hidden = {*_OURS, label_name(data), data.label, *data.key}
    chosen = [name for name in data.inputs or columns if name in columns and name not in hidden]
    if data.inputs:
        # A key named as an input is wanted; a label never is.
        labels = {label_name(data), data.label}
        chosen = [name for name in data.inputs if name in columns and name not in labels]
    if system is not None and system.recorded is not None:
        recorded = (system.recorded.answer, system.recorded.confidence)
        chosen += [name for name in recorded if name and name in columns]
    return tuple(dict.fromkeys(chosen))


def _asides(data: Data) -> list[str]:
    """Columns that are not for the system: truth, site, slices, time, names of records."""
    named = (data.label, data.site_column, data.timestamp)
    joined = data.labels.key if data.labels is not None else ()
    return [
        *(name for name in named if name),
        *data.slices,
        *data.required_columns,
        *data.key,
        *joined,
    ]


def _truth(
    context: CheckContext, frame: pd.DataFrame, notes: dict[str, Any]
) -> tuple[NDArray[np.object_], dict[str, str]]:
    data = context.charter.data
    if data.label is not None and data.label in frame.columns:
        return _objects(frame[data.label]), {}
    opened = context.data.labels()
    assert opened is not None  # noqa: S101  # _why_unlabelled saw to it
    assert data.labels is not None  # noqa: S101
    known = fetch(opened.table, [*data.labels.key, data.labels.column], rows=None, seed=0)
    truth, ambiguous = join_truth(frame, known, data.labels)
    if ambiguous:
        notes["rows_with_contradicting_labels"] = ambiguous
    return truth, {f"data:{opened.name}": opened.fingerprint}


def join_truth(
    frame: pd.DataFrame, known: pd.DataFrame, labels: Labels
) -> tuple[NDArray[np.object_], int]:
    """Return the true answer of each row by key, and how many rows have contradicting ones.

    Keys are compared as labels are (`statistics.labels.normalise`), so that 7, 7.0 and '7' meet.
    A key with several different answers has none: nobody can tell which is true.
    """
    known = known[known[labels.column].notna()]
    keys = _keys(known, labels.key)
    answers = pd.Series(normalise(known[labels.column]), index=keys)
    kinds = answers.groupby(level=0, sort=False).nunique()
    first = pd.Series(known[labels.column].to_numpy(dtype=object), index=keys)
    first = first[~first.index.duplicated()]
    wanted = _keys(frame, labels.key)
    contradicting = np.asarray(wanted.isin(kinds.index[kinds > 1]), dtype=bool)
    truth = _objects(first.reindex(wanted))
    truth[contradicting] = None
    return truth, int(contradicting.sum())


def _keys(frame: pd.DataFrame, names: Sequence[str]) -> pd.Index[Any]:
    parts = [normalise(frame[name]) for name in names]
    # One text per row; the unit separator cannot stand in a key that came from a file.
    return pd.Index(["\x1f".join(map(str, row)) for row in zip(*parts, strict=True)], dtype=object)


def _objects(column: pd.Series[Any]) -> NDArray[np.object_]:
    values = np.array(column.to_numpy(dtype=object), dtype=object)
    values[pd.isna(values)] = None
    return values
