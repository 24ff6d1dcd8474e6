"""Answers of production whose truth has come, judged as the quality check judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.contract import CheckContext, Served
from proveout.intake.inputs import given_columns
from proveout.intake.table import OpenTable
from proveout.intake.truths import LABEL, known_truths, objects, truth_by_field
from proveout.scoring import comparers_of
from proveout.statistics.judged import Judged, judge
from proveout.statistics.labels import task_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

ANSWER, CONFIDENCE, TRUTH, AT, ID = (
    "proveout_answer", "proveout_confidence", "proveout_label", "proveout_at", "proveout_id",
)  # fmt: skip
_SHOWN = 8
"""So many inputs of an example are shown."""
_WORDS = ("text", "extraction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Answers whose truth is known, as one row each."""

    frame: pd.DataFrame
    """Columns of the request for examples, ours, the site; in the order of the requests."""
    correct: NDArray[np.bool_] | None
    """None where right and wrong cannot be told."""
    why_not: str = ""
    """Then, why."""


def answers_by_day(served: Served, before: OpenTable | None) -> dict[date, int]:
    """Count all answers since launch (as far back as is kept at hand) by day, in UTC."""
    counts: dict[date, int] = {}
    for opened in (before, served.rows):
        if opened is None:
            continue
        table = opened.table
        days = table.group_by(on=table[AT].date()).agg(n=table.count()).execute()
        for on, n in zip(days["on"], days["n"], strict=True):
            day = pd.Timestamp(on).date()
            counts[day] = counts.get(day, 0) + int(n)
    return counts


def known_answers(context: CheckContext, served: Served, before: OpenTable | None) -> Known:
    """Fetch the answers whose truth has come, and judge them."""
    parts = [_labelled(context, each) for each in (before, served.rows) if each is not None]
    frame = pd.concat([part for part in parts if len(part)] or parts[-1:], ignore_index=True)
    frame = frame.sort_values([AT, ID], kind="stable", ignore_index=True)
    judged = judged_of(context, frame)
    if judged is None or judged.correct is None:
        return Known(
            frame=frame,
            correct=None,
            why_not="the charter does not say how far off an answer may be"
            if judged is not None and judged.trouble is None
            else "answers could not be compared with the truth",
        )
    return Known(frame=frame, correct=judged.correct)


def judged_of(context: CheckContext, frame: pd.DataFrame) -> Judged | None:
    """Set answers against the truth. All rows of `frame` have a known truth. None without rows."""
    system, truth = context.charter.system, _truth(context, frame)
    if not len(frame):
        return None
    task = task_of(system, truth)
    answer = objects(frame[ANSWER])
    status = np.where([value is None for value in answer], 1, 0).astype(np.int8)
    judged = judge(
        truth,
        answer,
        frame[CONFIDENCE].to_numpy(dtype=float, na_value=np.nan),
        status,
        task=task,
        positive=None if system is None else system.positive,
        tolerance=None if system is None else system.tolerance,
        comparers=comparers_of(
            None if system is None else system.scoring, folder=context.loaded.folder
        )
        if task in _WORDS
        else None,
    )
    return judged if judged.n == len(frame) else None


def inputs_shown(context: CheckContext, row: pd.Series[Any]) -> dict[str, Any]:
    """Return a record as an example is told."""
    names = given_columns(context.charter, [str(name) for name in row.index])
    ours = [name for name in names if not name.startswith("proveout_")]
    return {name: _cell(row[name]) for name in ours[:_SHOWN]}


def _labelled(context: CheckContext, opened: OpenTable) -> pd.DataFrame:
    table = opened.table
    truths = [name for name in truth_by_field(context.charter).values() if name in table.columns]
    data = context.charter.data
    wanted = [
        *given_columns(context.charter, table.columns),
        *(name for name in (data.site_column,) if name in table.columns),
        *truths, ANSWER, CONFIDENCE, TRUTH, AT, ID,
    ]  # fmt: skip
    columns = [name for name in dict.fromkeys(wanted) if name in table.columns]
    frame = table.filter(table[TRUTH].notnull()).select(columns).execute()
    kept: pd.DataFrame = frame[_known(context, frame)].reset_index(drop=True)
    return kept


def _known(context: CheckContext, frame: pd.DataFrame) -> NDArray[np.bool_]:
    from proveout.statistics.judged import known_truth

    truth = _truth(context, frame)
    if not len(frame):
        return np.zeros(0, dtype=bool)
    return known_truth(truth, task=task_of(context.charter.system, truth))


def _truth(context: CheckContext, frame: pd.DataFrame) -> NDArray[np.object_]:
    fields = truth_by_field(context.charter)
    if set(fields) <= {LABEL} or not all(name in frame for name in fields.values()):
        return objects(frame[TRUTH])
    found = {name: objects(frame[name]) for name in fields.values()}
    return known_truths(context.charter, found, len(frame))


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NaT:
        return None
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, bool | int | float) else str(plain)[:80]
