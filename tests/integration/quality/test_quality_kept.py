"""Judged answers stay beside the evidence of quality."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fixtures.served_window import context
from proveout.checks.quality.kept import keep_answers
from proveout.checks.quality.records import Records
from proveout.checks.quality.trial import Trial
from proveout.evidence.model import WINDOW_INPUT
from proveout.statistics.judged import judge
from proveout.systems.port import Answers

CHARTER = {"data": {"label": "truth", "timestamp": "day", "key": ["nr"]}}


def trial() -> Trial:
    frame = pd.DataFrame(
        {
            "nr": [1, 2, 3],
            "amount": [10.5, None, 7.0],
            "mixed": ["a", 1, None],
            "day": ["2026-01-01", "2026-01-02", "2026-01-03"],
            "truth": ["yes", "no", None],
        }
    )
    truth = np.array(["yes", "no", None], dtype=object)
    value = np.array(["yes", "yes", "no"], dtype=object)
    confidence, status = np.array([0.9, np.nan, 0.5]), np.zeros(3, dtype=np.int8)
    known = np.array([True, True, False])
    records = Records(
        scope="production", frame=frame, truth=truth, inputs=("amount", "mixed"),
        fingerprints={}, notes={},
    )  # fmt: skip
    answers: Any = Answers.__new__(Answers)  # what it holds is judged already
    return Trial(
        records=records, answers=answers, calls=(), known=known,
        judged=judge(truth, value, confidence, status, task="classification"),
        inputs={}, unit="",
    )  # fmt: skip


def test_inputs_answer_confidence_and_rightness_are_kept_of_rows_with_a_truth(
    tmp_path: Path,
) -> None:
    """One row per judged answer; columns of several kinds become text, keys and truths stay out."""
    folder = tmp_path / "run-1"
    folder.mkdir()
    made = replace(context(None, charter=CHARTER), artifacts=folder)

    name = keep_answers(made, trial())

    assert name == "run-1/answers-production.parquet"
    kept = pd.read_parquet(tmp_path / name).astype(object)
    assert kept.where(kept.notna(), None).to_dict("records") == [
        {"amount": 10.5, "mixed": "a", "day": "2026-01-01", "proveout_answer": "yes",
         "proveout_confidence": 0.9, "proveout_correct": True, "proveout_at": "2026-01-01"},
        {"amount": None, "mixed": "1", "day": "2026-01-02", "proveout_answer": "yes",
         "proveout_confidence": None, "proveout_correct": False, "proveout_at": "2026-01-02"},
    ]  # fmt: skip


@pytest.mark.parametrize("why", ["a window of production", "no place to keep anything"])
def test_nothing_is_kept_of(why: str, tmp_path: Path) -> None:
    """The log keeps production already; and nobody is surprised by new folders."""
    made = replace(
        context(None, charter=CHARTER, now=datetime(2026, 1, 5, tzinfo=UTC)),
        artifacts=tmp_path if why.startswith("a window") else tmp_path / "absent",
        inputs={WINDOW_INPUT: "w"} if why.startswith("a window") else {},
    )

    assert keep_answers(made, trial()) is None
    assert list(tmp_path.iterdir()) == []
