"""Every score of a system that a figure is asked for, with its interval or the reason for none.

    judged = judge(truth, answers.value, answers.confidence, answers.status, …)
    for item in scores(judged): …            # Score or Unscored, one per metric that applies
    main = main_score(judged)                # accuracy, or MAE
    lost = per_row_loss(judged)              # for paired comparisons, row by row

Rows without a usable answer count as wrong in accuracy, recall, F1, balanced accuracy and
within_tolerance (a user has no answer, whatever the reason); MAE, RMSE, R2, ROC AUC and
calibration error can only be had on answered rows, and their details say how many those are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from proveout.charter.schema.base import Task
from proveout.statistics import _class_scores as classes
from proveout.statistics import _quantity_scores as amounts
from proveout.statistics import _word_scores as words
from proveout.statistics import confusion as by_class
from proveout.statistics._quantity_scores import FEWEST_FOR_MEAN
from proveout.statistics._score import (
    NO_CONFIDENCE,
    NO_ROWS,
    NO_TOLERANCE,
    Result,
    Score,
    Unscored,
    distinct,
    listed,
    share,
    too_few,
)
from proveout.statistics._word_scores import field_scores, invented_rate
from proveout.statistics.calibration import FEWEST_ROWS as FEWEST_FOR_CALIBRATION
from proveout.statistics.calibration import calibration
from proveout.statistics.judged import ANSWERED, Judged, judge, known_truth
from proveout.statistics.labels import find_task

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FEWEST_FOR_MEAN",
    "Judged",
    "Result",
    "Score",
    "Task",
    "Unscored",
    "exception_rate",
    "field_scores",
    "find_task",
    "invented_rate",
    "is_share",
    "judge",
    "known_truth",
    "main_metric",
    "main_score",
    "per_row_loss",
    "scores",
    "silent_failure",
    "status_rate",
]


def main_metric(task: Task) -> str:
    """Return the metric that slices, drops and stress are told in."""
    return "accuracy" if is_share(task) else "mae"


def is_share(task: Task) -> bool:
    """Tell whether the main metric is a share of rows that are right, and no error in a unit."""
    return task != "regression"


def per_row_loss(judged: Judged) -> NDArray[np.float64]:
    """Return the loss of each row, whose mean is 1 - accuracy, or MAE (there NaN: unanswered)."""
    return judged.loss


def main_score(judged: Judged, *, level: float = 0.95) -> Result:
    """Return accuracy, or MAE."""
    metric, blocked = main_metric(judged.task), _why_nothing_can_be_scored(judged)
    if blocked is not None:
        return Unscored(metric=metric, **blocked)
    return next(iter(_APPLICABLE[judged.task].values()))(judged, level)


def scores(judged: Judged, *, level: float = 0.95) -> Iterator[Result]:
    """Yield every score that applies to the task, main metric first."""
    blocked = _why_nothing_can_be_scored(judged)
    for metric, score in _APPLICABLE[judged.task].items():
        if metric == "mean_score" and not judged.is_graded:
            continue
        yield score(judged, level) if blocked is None else Unscored(metric=metric, **blocked)


def exception_rate(status: NDArray[np.int8], *, level: float = 0.95) -> Result:
    """Return the share of rows without a usable answer; needs no truth."""
    n, failed = len(status), int(np.sum(status != ANSWERED))
    if n == 0:
        return Unscored(metric="exception_rate", **NO_ROWS)
    return share("exception_rate", failed, n, level)


def status_rate(metric: str, status: NDArray[np.int8], code: int, *, level: float = 0.95) -> Result:
    """Return the share of rows with one status; needs no truth."""
    if len(status) == 0:
        return Unscored(metric=metric, **NO_ROWS)
    return share(metric, int(np.sum(status == code)), len(status), level)


def silent_failure(judged: Judged, *, level: float = 0.95) -> Result:
    """Return the share of all rows that are answered wrongly and confidently."""
    stated = judged.answered & ~np.isnan(judged.confidence)
    if judged.n == 0:
        return Unscored(metric="silent_failure", **NO_ROWS)
    if judged.correct is None:
        return Unscored(metric="silent_failure", **NO_TOLERANCE)
    if judged.answered.any() and not stated.any():
        return Unscored(metric="silent_failure", **NO_CONFIDENCE)
    confident = stated & (judged.confidence >= judged.confident_at)
    silent = confident & ~judged.correct
    wrong = judged.answered & ~judged.correct
    return share(
        "silent_failure",
        int(silent.sum()),
        judged.n,
        level,
        confident_at=judged.confident_at,
        n_confident=int(confident.sum()),
        n_answered_wrongly=int(wrong.sum()),
        n_answered_without_confidence=int((judged.answered & ~stated).sum()),
    )


def _why_nothing_can_be_scored(judged: Judged) -> dict[str, str] | None:
    if judged.n == 0:
        return NO_ROWS
    if judged.trouble is not None:
        return {"reason": judged.trouble, "next_step": words.MEND_THE_SCORER}
    if judged.task != "classification":
        return None
    true, given = distinct(judged.truth), distinct(judged.answer)
    if len(true) < 2 or not given or set(true) & set(given):
        return None
    return {
        "reason": f"the answers ({listed(given)}) are never among the labels ({listed(true)})",
        "next_step": "Let the system answer in the words of the label, or check data.label.",
    }


def _calibration_error(judged: Judged, level: float) -> Result:
    if judged.correct is None:
        return Unscored(metric="calibration_error", **NO_TOLERANCE)
    rows = judged.answered & ~np.isnan(judged.confidence)
    if judged.answered.any() and not rows.any():
        return Unscored(metric="calibration_error", **NO_CONFIDENCE)
    n = int(rows.sum())
    if n < FEWEST_FOR_CALIBRATION:
        return too_few("calibration_error", n, FEWEST_FOR_CALIBRATION)
    found = calibration(judged.confidence[rows], judged.correct[rows], level=level)
    return Score(
        metric="calibration_error",
        value=found.error,
        interval=found.interval,
        n=n,
        details={
            "expected_calibration_error": found.expected_error,
            "bins": [list(entry) for entry in found.bins],
            "bins_are": "rows, mean confidence, share right",
            "overconfidence": float(judged.confidence[rows].mean() - judged.correct[rows].mean()),
        },
    )


def _silent_failure(judged: Judged, level: float) -> Result:
    return silent_failure(judged, level=level)


_OF_CLASSES: dict[str, Callable[[Judged, float], Result]] = {
    "accuracy": classes.accuracy,
    "balanced_accuracy": classes.balanced_accuracy,
    "precision": classes.of_class("precision", by_class.precision),
    "recall": classes.of_class("recall", by_class.recall),
    "f1": classes.of_class("f1", by_class.f1),
    "roc_auc": classes.roc_auc,
    "calibration_error": _calibration_error,
    "silent_failure": _silent_failure,
}

_OF_QUANTITIES: dict[str, Callable[[Judged, float], Result]] = {
    "mae": amounts.mae,
    "rmse": amounts.rmse,
    "r2": amounts.r2,
    "within_tolerance": amounts.within_tolerance,
    "calibration_error": _calibration_error,
    "silent_failure": _silent_failure,
}

_OF_WORDS: dict[str, Callable[[Judged, float], Result]] = {
    "accuracy": words.accuracy,
    "mean_score": words.mean_score,
    "calibration_error": _calibration_error,
    "silent_failure": _silent_failure,
}

_APPLICABLE: dict[Task, dict[str, Callable[[Judged, float], Result]]] = {
    "classification": _OF_CLASSES,
    "regression": _OF_QUANTITIES,
    "text": _OF_WORDS,
    "extraction": _OF_WORDS,
}
"""The main metric comes first."""
