"""Keep the judged answers beside the evidence, for whoever later asks what the pilot was like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.contract import CheckContext
from proveout.checks.quality.trial import Trial
from proveout.evidence.model import WINDOW_INPUT
from proveout.intake.inputs import given_columns
from proveout.scoring.values import as_text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ANSWER, CONFIDENCE, CORRECT, AT = (
    "proveout_answer", "proveout_confidence", "proveout_correct", "proveout_at",
)  # fmt: skip


def keep_answers(context: CheckContext, trial: Trial) -> str | None:
    """Write inputs, answer, confidence and whether it was right; return the artifact's name.

    One row per answer whose truth is known; `proveout_at` is what stands in data.timestamp. None
    where right and wrong cannot be told, and on a window of production, which the log keeps.
    """
    judged = trial.judged
    if judged.correct is None or not judged.n or WINDOW_INPUT in context.inputs:
        return None
    if not context.artifacts.is_dir():  # nobody made a place to keep anything
        return None
    import pyarrow as pa
    from pyarrow import parquet

    frame = trial.records.frame[trial.known]
    timestamp = context.charter.data.timestamp
    names = given_columns(context.charter, list(frame.columns))
    columns = {name: _column(frame[name]) for name in names}
    columns[ANSWER] = _texts(judged.answer.tolist())
    columns[CONFIDENCE] = pa.array(np.asarray(judged.confidence, float), from_pandas=True)
    columns[CORRECT] = pa.array(np.asarray(judged.correct, bool))
    if timestamp is not None and timestamp in frame:
        columns[AT] = _column(frame[timestamp])
    file = context.artifacts / f"answers-{trial.records.scope}.parquet"
    parquet.write_table(pa.table(columns), file, compression="zstd")
    return f"{context.artifacts.name}/{file.name}"


def _column(values: pd.Series[Any]) -> pa.Array:
    """Return values of one kind as they are; of several kinds as text."""
    import pyarrow as pa

    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return _texts(values.tolist())


def _texts(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(
        [None if each is None or _is_nan(each) else as_text(each) for each in values], pa.string()
    )


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
