"""The charter as a window of traffic lets it be seen: what was answered is recorded. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, Data, RecordedSystem, Source
from proveout.charter.schema.system import KINDS
from proveout.runtime.monitors import rows


def seen(loaded: LoadedCharter, columns: Collection[str]) -> LoadedCharter:
    """Return the charter for checks that look at a window whose rows have these columns.

    Production is the log, the system are its recorded answers, and what the charter says of
    columns that clients do not send falls away; the charter's hash stays that of what was agreed.
    """
    charter = loaded.charter
    return replace(
        loaded,
        charter=charter.model_copy(
            update={"data": _data(charter, columns), "system": _recorded(charter)}
        ),
    )


def window_source(charter: Charter) -> Source:
    """Return the log as a source, which is called the same in every window."""
    owner = charter.people.project_owner
    return Source(
        name="prediction-log", path="prediction-log", owner=None if owner is None else owner.name
    )


def _recorded(charter: Charter) -> Any:
    if charter.system is None:
        return None
    recorded = RecordedSystem(answer=rows.ANSWER, confidence=rows.CONFIDENCE)
    return charter.system.model_copy(
        update={**dict.fromkeys(KINDS), "recorded": recorded},
    )


def _data(charter: Charter, columns: Collection[str]) -> Data:
    data = charter.data

    def there(*names: str | None) -> bool:
        return all(name is not None and name in columns for name in names)

    is_labelled_by_key = data.labels is not None and there(*data.labels.key)
    return data.model_copy(
        update={
            "pilot": None,
            "production": (window_source(charter),),
            "labels": data.labels if is_labelled_by_key else None,
            "label": _label(data) if not is_labelled_by_key else data.label,
            "key": data.key if there(*data.key) and data.key else (rows.ID, rows.ROW),
            "timestamp": data.timestamp if there(data.timestamp) else rows.AT,
            "site_column": data.site_column if there(data.site_column) else None,
            "slices": tuple(name for name in data.slices if there(name)),
            "required": tuple(name for name in data.required if _is_sent(data, name, columns)),
            "inputs": data.inputs
            or tuple(name for name in columns if name not in rows.OURS and name != _label(data)),
            "fields": {
                name: field
                for name, field in data.fields.items()
                if _is_sent(data, name, columns) and name != _label(data)
            },
            "references": (),
            "order": tuple(each for each in data.order if there(each.earlier, each.later)),
            "look_closer": (),
            "freshness_hours": None,
        }
    )


def _is_sent(data: Data, name: str, columns: Collection[str]) -> bool:
    """Tell whether clients send a column, or should: one that is declared as an input and is not
    there is missing in every record."""
    return name in columns or name in data.inputs


def _label(data: Data) -> str | None:
    if data.label is not None:
        return data.label
    return data.labels.column if data.labels is not None else None
