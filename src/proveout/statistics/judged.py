"""Answers set against the truth, row by row: what every score and every comparison starts from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.charter.schema.base import Task
from proveout.statistics.labels import as_numbers, find_task, normalise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ANSWERED = 0
"""AnswerStatus.OK; the number stands here because systems are a room above this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Rows with a known truth, and how each was answered. All arrays have one entry per row."""

    task: Task
    truth: NDArray[Any]
    """Class as normalised text, or number."""
    answer: NDArray[Any]
    """The same of the answer; None or NaN where there is no usable one."""
    answered: NDArray[np.bool_]
    """There is a usable answer."""
    confidence: NDArray[np.float64]
    """0 to 1; NaN where none was stated."""
    correct: NDArray[np.bool_] | None
    """Answered rightly (class), or within tolerance; None for a quantity without tolerance."""
    loss: NDArray[np.float64]
    """Class: 1 where not correct, unanswered included, else 0. Quantity: absolute error, NaN
    where unanswered."""
    positive: str | None = None
    """The class that matters, normalised."""
    confident_at: float = 0.9
    """From this confidence on an answer counts as confident."""

    @property
    def n(self) -> int:
        """Rows with a known truth."""
        return len(self.answered)

    def take(self, rows: NDArray[Any]) -> Judged:
        """Return the same for some rows, given as a mask or as positions."""
        return replace(
            self,
            truth=self.truth[rows],
            answer=self.answer[rows],
            answered=self.answered[rows],
            confidence=self.confidence[rows],
            correct=None if self.correct is None else self.correct[rows],
            loss=self.loss[rows],
        )


def known_truth(truth: ArrayLike, *, task: Task) -> NDArray[np.bool_]:
    """Tell for each row whether its truth is known: there is a label, and one that can be read."""
    if task == "classification":
        return np.asarray([value is not None for value in normalise(truth)], dtype=bool)
    return ~np.isnan(as_numbers(truth))


def judge(
    truth: ArrayLike,
    value: ArrayLike,
    confidence: NDArray[np.float64],
    status: NDArray[np.int8],
    *,
    task: Task | None = None,
    positive: str | None = None,
    tolerance: float | None = None,
    confident_at: float = 0.9,
) -> Judged:
    """Set answers against the truth. The four arrays are row for row the same records.

    Rows without a known truth are left out (count them with `known_truth`); rows without a usable
    answer stay in and count as not correct, because that is what a user meets. `task` is found
    from the truth when not given. Vocabularies are brought together by `labels.normalise`.
    """
    task = task or find_task(truth)
    known = known_truth(truth, task=task)
    labels, answers = np.asarray(truth, dtype=object)[known], np.asarray(value, object)[known]
    sure, ok = np.asarray(confidence, dtype=float)[known], np.asarray(status)[known] == ANSWERED
    if task == "classification":
        true_class, answer_class = normalise(labels), normalise(answers)
        ok &= np.asarray(answer_class != None, dtype=bool)  # noqa: E711  element by element
        answer_class[~ok] = None
        correct = ok & np.asarray(true_class == answer_class, dtype=bool)
        return Judged(
            task=task,
            truth=true_class,
            answer=answer_class,
            answered=ok,
            confidence=sure,
            correct=correct,
            loss=(~correct).astype(float),
            positive=None if positive is None else normalise([positive])[0],
            confident_at=confident_at,
        )
    true_number, answer_number = as_numbers(labels), as_numbers(answers)
    ok &= ~np.isnan(answer_number)
    error = np.where(ok, np.abs(true_number - answer_number), np.nan)
    return Judged(
        task=task,
        truth=true_number,
        answer=np.where(ok, answer_number, np.nan),
        answered=ok,
        confidence=sure,
        correct=None if tolerance is None else ok & (error <= tolerance),
        loss=error,
        confident_at=confident_at,
    )
