"""The rows that go through the system, and their true answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from proveout.charter.schema import Charter, Data
from proveout.checks.contract import CheckContext
from proveout.errors import InputError
from proveout.evidence.model import Scope
from proveout.intake import OpenTable, fetch, unite
from proveout.intake.inputs import given_columns
from proveout.intake.truths import (
    LABEL,
    join_truths,
    keys_of,
    known_truths,
    objects,
    stands_in_data,
    truth_by_field,
)
from proveout.intake.union import SITE_COLUMN, SOURCE_COLUMN

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

NEVER_MEET = "labels_of_no_row"
"""Among the notes: why no row has a label."""
_OURS = (SITE_COLUMN, SOURCE_COLUMN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Rows of one scope, pulled."""

    scope: Scope
    frame: pd.DataFrame
    """All columns that are needed, the label among them or not."""
    truth: NDArray[np.object_]
    """True answer of each row, of a document a value per field; None where it is not known."""
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
    reason = _why_unlabelled(opened, context.charter)
    if reason is not None:
        return Unlabelled(source=opened.name, reason=reason)
    return _pull(context, [opened], "pilot", rows=None)


def production_records(context: CheckContext) -> tuple[Records | None, list[Unlabelled]]:
    """Pull production, at most data.sample_rows rows of it, from every source with a label."""
    data, usable, left_out = context.charter.data, [], []
    for opened in context.data.production():
        reason = _why_unlabelled(opened, context.charter)
        if reason is None:
            usable.append(opened)
        else:
            left_out.append(Unlabelled(source=opened.name, reason=reason))
    if not usable:
        return None, left_out
    return _pull(context, usable, "production", rows=data.sample_rows), left_out


def label_name(data: Data) -> str:
    """Return the column of true answers, wherever it is."""
    return (data.labels.column if data.labels is not None else data.label) or ""


def _why_unlabelled(opened: OpenTable, charter: Charter) -> str | None:
    data, columns = charter.data, opened.table.columns
    truths = truth_by_field(charter)
    absent = [(field, name) for field, name in truths.items() if name not in columns]
    if stands_in_data(charter, columns):
        return None
    if data.labels is None:
        field, name = absent[0]
        whose = "" if field == LABEL else f", which holds the true '{field}'"
        return f"source '{opened.name}' has no column '{name}'{whose}"
    lost = [name for name in data.labels.key if name not in columns]
    if lost:
        return f"source '{opened.name}' has no column '{lost[0]}', by which data.labels is joined"
    return None


def _pull(
    context: CheckContext, sources: Sequence[OpenTable], scope: Scope, *, rows: int | None
) -> Records:
    charter = context.charter
    data, table = charter.data, unite(sources)
    inputs = _inputs(charter, table.columns)
    wanted = [*inputs, *_asides(charter), *_OURS]
    columns = [name for name in dict.fromkeys(wanted) if name in table.columns]
    notes: dict[str, Any] = {}
    if _is_paid_by_question(charter):
        table = _labelled_only(charter, table, notes)
    frame = fetch(table, columns, rows=rows, seed=context.seed)
    total = int(table.count().execute()) if rows is not None else len(frame)
    notes["rows"] = len(frame)
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


def _is_paid_by_question(charter: Charter) -> bool:
    system = charter.system
    return system is not None and (system.chat is not None or system.task in ("text", "extraction"))


def _labelled_only(charter: Charter, table: ir.Table, notes: dict[str, Any]) -> ir.Table:
    """Leave out what has no label: questions to a language model cost money and seconds each.

    Labels in a file of their own are joined later, and all rows are asked.
    """
    columns = sorted(set(truth_by_field(charter).values()))
    if not columns or not stands_in_data(charter, table.columns):
        return table
    labelled = table.filter(ibis.or_(*(table[name].notnull() for name in columns)))
    left_out = int(table.count().execute()) - int(labelled.count().execute())
    if left_out:
        notes["rows_without_label_not_asked"] = left_out
    return labelled


def _inputs(charter: Charter, columns: Sequence[str]) -> tuple[str, ...]:
    chosen = list(given_columns(charter, columns))
    system = charter.system
    if system is not None and system.recorded is not None:
        recorded = (system.recorded.answer, system.recorded.confidence)
        chosen += [name for name in recorded if name and name in columns]
    return tuple(dict.fromkeys(chosen))


def _asides(charter: Charter) -> list[str]:
    """Columns that are not for the system: truth, site, slices, time, names of records."""
    data = charter.data
    named = (data.label, data.site_column, data.timestamp)
    joined = data.labels.key if data.labels is not None else ()
    return [
        *(name for name in named if name),
        *truth_by_field(charter).values(),
        *data.slices,
        *data.required_columns,
        *data.key,
        *joined,
    ]


def _truth(
    context: CheckContext, frame: pd.DataFrame, notes: dict[str, Any]
) -> tuple[NDArray[np.object_], dict[str, str]]:
    charter = context.charter
    data, columns = charter.data, list(dict.fromkeys(truth_by_field(charter).values()))
    if stands_in_data(charter, list(frame.columns)):
        if data.label is not None and set(truth_by_field(charter)) == {LABEL}:
            return objects(frame[data.label]), {}
        found = {name: objects(frame[name]) for name in columns}
        return known_truths(charter, found, len(frame)), {}
    opened = context.data.labels()
    assert opened is not None  # noqa: S101  # _why_unlabelled saw to it
    assert data.labels is not None  # noqa: S101
    wanted = [*data.labels.key, *columns]
    if absent := [name for name in wanted if name not in opened.table.columns]:
        raise InputError(
            f"The file of data.labels has no column '{absent[0]}'.",
            hint=f"Columns found: {', '.join(opened.table.columns[:20])}.",
        )
    known = fetch(opened.table, wanted, rows=None, seed=0)
    found, ambiguous = join_truths(frame, known, key=data.labels.key, columns=columns)
    if apart := _never_meet(frame, known, data.labels.key):
        notes[NEVER_MEET] = apart
    if ambiguous:
        notes["rows_with_contradicting_labels"] = ambiguous
    return known_truths(charter, found, len(frame)), {f"data:{opened.name}": opened.fingerprint}


def _never_meet(frame: pd.DataFrame, known: pd.DataFrame, key: Sequence[str]) -> str | None:
    """Say how records are called here and there, where no label is that of any record."""
    ours, theirs = keys_of(frame, key), keys_of(known, key)
    if not len(ours) or not len(theirs) or ours.isin(theirs).any():
        return None
    by = " and ".join(key)
    here, there = (" ".join(str(each[name].iloc[0]) for name in key) for each in (frame, known))
    return f"by {by} no label is that of a record: '{here}' in the data, '{there}' in data.labels"
