"""Broken files of the company's own, given to the system as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.charter.schema import Charter, Source
from proveout.checks import CheckContext, Finding
from proveout.checks.stress.asking import Asker
from proveout.checks.stress.examples import shown
from proveout.checks.stress.plan import FILE_ROWS
from proveout.errors import ProveoutError
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake import fetch, source_name
from proveout.intake.table import OpenTable
from proveout.statistics import wilson
from proveout.systems import Answers

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES, CELLS = 3, 6


def of_files(context: CheckContext, asker: Asker) -> Iterator[Finding]:
    """Tell of each file which share of its records the system answers, as far as they are read."""
    for source in context.charter.stress.files:
        yield _of_file(context, asker, source)


def _of_file(context: CheckContext, asker: Asker, source: Source) -> Finding:
    about = Subject.of(source=source.name or source_name(source))

    def not_measured(reason: str, next_step: str) -> NotMeasured:
        return NotMeasured(
            metric="stress.file_answered", subject=about, reason=reason, next_step=next_step
        )

    try:
        opened = context.data.open(source)
    except ProveoutError as error:
        return not_measured(
            f"nothing can be read of it: {error.message}",
            "That is an answer too: a person has to look at such files. proveout read FILE",
        )
    rows, absent = _as_given(opened, tuple(asker.plan.inputs.columns), asker.plan.seed)
    if not len(rows):
        return not_measured("no record of it can be read", "Look at it: proveout read FILE")
    if len(absent) == len(asker.plan.inputs.columns):
        return not_measured(
            f"it has none of the columns that the system is given; it has: {_names(opened)}",
            "Say what its columns are meant to be: stress.files, rename",
        )
    if not asker.may_ask(len(rows)):
        return not_measured(
            f"stress.max_requests leaves no room for {len(rows):,} more",
            "Raise stress.max_requests.",
        )
    details = {
        "records_given": len(rows),
        "records_not_read": opened.rejects.count,
        "why_not_read": dict(opened.rejects.by_reason()),
        "put_right_while_reading": dict(opened.repairs.by_reason()),
        "columns_not_there": list(absent),
    }
    answers = asker.answer(rows)
    ok = answers.status == 0
    return context.found(
        "stress.file_answered",
        float(ok.mean()),
        subject=about,
        interval=wilson(int(ok.sum()), len(ok)),
        n=len(ok),
        scope="production",
        inputs={f"data:{opened.name}": opened.fingerprint},
        details=details | _of_answers(context.charter, answers, rows),
    )


def _as_given(
    opened: OpenTable, columns: tuple[str, ...], seed: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the records with those columns that the system is given and that are there."""
    there = tuple(name for name in columns if name in opened.table.columns)
    absent = tuple(name for name in columns if name not in there)
    if not there:
        return fetch(opened.table, rows=1, seed=seed), absent
    return fetch(opened.table, there, rows=FILE_ROWS, seed=seed).reset_index(drop=True), absent


def _names(opened: OpenTable) -> str:
    names = [name for name in opened.table.columns if not name.startswith("__")]
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


def _of_answers(charter: Charter, answers: Answers, rows: pd.DataFrame) -> dict[str, Any]:
    ok = answers.status == 0
    details: dict[str, Any] = {
        "faults": list(answers.faults[:3]),
        "examples": [
            {
                "inputs": {str(k): shown(v) for k, v in list(rows.iloc[row].items())[:CELLS]},
                "answer": shown(answers.value[row]),
                "confidence": shown(float(answers.confidence[row])),
            }
            for row in np.flatnonzero(ok)[:EXAMPLES].tolist()
        ],
    }
    stated = answers.confidence[ok & ~np.isnan(answers.confidence)]
    if len(stated) and charter.system is not None:
        details["confident_at"] = charter.system.confident_at
        details["share_confident"] = float((stated >= charter.system.confident_at).mean())
    return details
