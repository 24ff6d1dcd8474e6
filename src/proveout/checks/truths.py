"""What a check that judges answers needs of the charter: a way to know which are right."""

from __future__ import annotations

from proveout.charter.schema import Charter
from proveout.checks.contract import Need


def truths_missing(charter: Charter) -> list[Need]:
    """Name what the charter must say first of true answers; nothing where it says it."""
    data, system = charter.data, charter.system
    if system is not None and system.task == "extraction":
        if system.scoring is not None and system.scoring.fields:
            return []
        return [
            Need(
                what="system.scoring.fields is not in the charter, and the task is extraction",
                next_step="Name the fields of a document and how each is compared, for example "
                "'fields: {supplier: normalised, total: number}'; columns called like them hold "
                "the truth, or the ones under 'truth'",
            )
        ]
    if data.labels is not None and data.labels.column is None and data.label is None:
        return [
            Need(
                what="data.labels.column is not in the charter",
                next_step="Name the column of that file that holds the true answer",
            )
        ]
    if data.label is not None or data.labels is not None:
        return []
    return [
        Need(
            what="data.label is not in the charter",
            next_step="Name the column that holds the true answer: data.label, or the "
            "file that holds them: data.labels",
        )
    ]
