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

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.evidence.model import Interval
from proveout.statistics import confusion as by_class
from proveout.statistics import quantities
from proveout.statistics._means import mean
from proveout.statistics._proportions import wilson
from proveout.statistics._ranking import delong
from proveout.statistics.calibration import FEWEST_ROWS as FEWEST_FOR_CALIBRATION
from proveout.statistics.calibration import calibration
from proveout.statistics.judged import ANSWERED, Judged, judge, known_truth
from proveout.statistics.labels import Task, find_task

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FEWEST_FOR_MEAN",
    "Judged",
    "Score",
    "Task",
    "Unscored",
    "exception_rate",
    "find_task",
    "judge",
    "known_truth",
    "main_metric",
    "main_score",
    "per_row_loss",
    "scores",
    "silent_failure",
]

FEWEST_FOR_MEAN = 30
"""Rows below which an interval around a mean error is not given; see tests/coverage."""

FEWEST_FOR_RMSE = 200
FEWEST_FOR_R2 = 400
"""The same for RMSE and R2, whose squares are more skewed."""

FEWEST_PER_SIDE = 20
"""Rows of each class below which ROC AUC is not given."""


MOST_CLASSES = 200
"""Classes up to which scores per class are given; a label with more is rather a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One figure."""

    metric: str
    """Name within the family: 'accuracy'."""
    value: float
    interval: Interval
    n: int
    """Rows that the figure rests on."""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """A figure that applies but could not be had."""

    metric: str
    reason: str
    next_step: str


Result = Score | Unscored


def main_metric(task: Task) -> str:
    """Return the metric that slices, drops and stress are told in."""
    return "accuracy" if task == "classification" else "mae"


def per_row_loss(judged: Judged) -> NDArray[np.float64]:
    """Return the loss of each row, whose mean is 1 - accuracy, or MAE (there NaN: unanswered)."""
    return judged.loss


def main_score(judged: Judged, *, level: float = 0.95) -> Result:
    """Return accuracy, or MAE."""
    metric, blocked = main_metric(judged.task), _why_nothing_can_be_scored(judged)
    if blocked is not None:
        return Unscored(metric=metric, **blocked)
    return (_accuracy if judged.task == "classification" else _mae)(judged, level)


def scores(judged: Judged, *, level: float = 0.95) -> Iterator[Result]:
    """Yield every score that applies to the task, main metric first."""
    applicable = _OF_CLASSES if judged.task == "classification" else _OF_QUANTITIES
    blocked = _why_nothing_can_be_scored(judged)
    for metric, score in applicable.items():
        yield score(judged, level) if blocked is None else Unscored(metric=metric, **blocked)


def exception_rate(status: NDArray[np.int8], *, level: float = 0.95) -> Result:
    """Return the share of rows without a usable answer; needs no truth."""
    n, failed = len(status), int(np.sum(status != ANSWERED))
    if n == 0:
        return Unscored(metric="exception_rate", **_NO_ROWS)
    return _share("exception_rate", failed, n, level)


def silent_failure(judged: Judged, *, level: float = 0.95) -> Result:
    """Return the share of all rows that are answered wrongly and confidently."""
    stated = judged.answered & ~np.isnan(judged.confidence)
    if judged.n == 0:
        return Unscored(metric="silent_failure", **_NO_ROWS)
    if judged.correct is None:
        return Unscored(metric="silent_failure", **_NO_TOLERANCE)
    if judged.answered.any() and not stated.any():
        return Unscored(metric="silent_failure", **_NO_CONFIDENCE)
    confident = stated & (judged.confidence >= judged.confident_at)
    silent = confident & ~judged.correct
    wrong = judged.answered & ~judged.correct
    return _share(
        "silent_failure",
        int(silent.sum()),
        judged.n,
        level,
        confident_at=judged.confident_at,
        n_confident=int(confident.sum()),
        n_answered_wrongly=int(wrong.sum()),
        n_answered_without_confidence=int((judged.answered & ~stated).sum()),
    )


_NO_ROWS = {
    "reason": "there is no row with a known true answer",
    "next_step": "Check that data.label names the column of true answers and that it is filled.",
}
_NO_TOLERANCE = {
    "reason": "the charter does not say how far off an answer may be",
    "next_step": "Say it in the unit of the label: system.tolerance",
}
_NO_CONFIDENCE = {
    "reason": "the system states no confidence",
    "next_step": "Let the system return a confidence from 0 to 1 with each answer.",
}


def _why_nothing_can_be_scored(judged: Judged) -> dict[str, str] | None:
    if judged.n == 0:
        return _NO_ROWS
    if judged.task == "regression":
        return None
    true, given = _distinct(judged.truth), _distinct(judged.answer)
    if len(true) < 2 or not given or set(true) & set(given):
        return None
    return {
        "reason": f"the answers ({_listed(given)}) are never among the labels ({_listed(true)})",
        "next_step": "Let the system answer in the words of the label, or check data.label.",
    }


def _accuracy(judged: Judged, level: float) -> Result:
    if judged.n == 0:
        return Unscored(metric="accuracy", **_NO_ROWS)
    right, answered = int(np.sum(judged.loss == 0)), int(judged.answered.sum())
    details: dict[str, Any] = {"n_answered": answered}
    if answered:
        details["on_answered_rows"] = right / answered
    strange = sorted(set(_distinct(judged.answer)) - set(_distinct(judged.truth)))
    if strange:
        rows = int(np.isin(judged.answer.astype(str), strange)[judged.answered].sum())
        details["answers_that_are_no_label"] = {"rows": rows, "examples": strange[:5]}
    return _share("accuracy", right, judged.n, level, **details)


def _of_class(
    metric: str, estimate: Callable[..., by_class.Estimate]
) -> Callable[[Judged, float], Result]:
    def score(judged: Judged, level: float) -> Result:
        many = _too_many_classes(metric, judged)
        if many is not None:
            return many
        table = by_class.Confusion.of(judged.truth, judged.answer)
        positive, classes = judged.positive, table.classes
        details: dict[str, Any] = {"n_classes": len(classes)}
        if positive is None:
            details["averaged"] = "mean over the classes"
        elif positive not in classes:
            return Unscored(
                metric=metric,
                reason=f"the class {positive!r} is never true in these {judged.n} rows "
                f"(labels: {_listed(list(classes))})",
                next_step="Check system.positive, or bring rows of that class.",
            )
        else:
            details["positive"] = positive
            at = classes.index(positive)
            if metric == "precision" and table.given[at] == 0:
                return Unscored(
                    metric=metric,
                    reason=f"the system never answers {positive!r}",
                    next_step="Look at recall: the class that matters is never found.",
                )
        if metric == "precision":
            details["n_never_answered_classes"] = int(np.sum(table.given == 0))
        value, interval = estimate(table, positive, level=level)
        return Score(metric=metric, value=value, interval=interval, n=judged.n, details=details)

    return score


def _balanced_accuracy(judged: Judged, level: float) -> Result:
    many = _too_many_classes("balanced_accuracy", judged)
    if many is not None:
        return many
    table = by_class.Confusion.of(judged.truth, judged.answer)
    value, interval = by_class.balanced_accuracy(table, level=level)
    recalls = {
        name: {"n": int(n), "recall": float(right / n)}
        for name, n, right in zip(table.classes, table.true, table.right, strict=True)
    }
    smallest = dict(sorted(recalls.items(), key=lambda item: item[1]["recall"])[:10])
    return Score(
        metric="balanced_accuracy",
        value=value,
        interval=interval,
        n=judged.n,
        details={"n_classes": len(recalls), "lowest_recalls": smallest},
    )


def _roc_auc(judged: Judged, level: float) -> Result:
    classes = _distinct(judged.truth)
    if len(classes) != 2:
        return Unscored(
            metric="roc_auc",
            reason=f"it is defined for two classes; the label has {len(classes)}",
            next_step="Judge by balanced accuracy or F1 instead.",
        )
    rows = judged.answered & ~np.isnan(judged.confidence)
    if judged.answered.any() and not rows.any():
        return Unscored(metric="roc_auc", **_NO_CONFIDENCE)
    positive = judged.positive if judged.positive in classes else classes[-1]
    sure = judged.confidence[rows]
    towards = np.where(judged.answer[rows] == positive, sure, 1 - sure)
    is_positive = np.asarray(judged.truth[rows] == positive, dtype=bool)
    fewest = int(min(is_positive.sum(), (~is_positive).sum()))
    if fewest < FEWEST_PER_SIDE:
        return Unscored(
            metric="roc_auc",
            reason=f"one of the two classes has {fewest} rows with an answer and a confidence",
            next_step=f"Bring at least {FEWEST_PER_SIDE} labelled rows of each class.",
        )
    value, interval = delong(towards[is_positive], towards[~is_positive], level=level)
    details = {
        "positive": positive,
        "n_left_out": int(judged.n - rows.sum()),
        "score": "confidence where the answer is the positive class, 1 - confidence elsewhere",
    }
    return Score(
        metric="roc_auc", value=value, interval=interval, n=int(rows.sum()), details=details
    )


def _calibration_error(judged: Judged, level: float) -> Result:
    if judged.correct is None:
        return Unscored(metric="calibration_error", **_NO_TOLERANCE)
    rows = judged.answered & ~np.isnan(judged.confidence)
    if judged.answered.any() and not rows.any():
        return Unscored(metric="calibration_error", **_NO_CONFIDENCE)
    n = int(rows.sum())
    if n < FEWEST_FOR_CALIBRATION:
        return _too_few("calibration_error", n, FEWEST_FOR_CALIBRATION)
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


def _mae(judged: Judged, level: float) -> Result:
    error = judged.loss[judged.answered]
    if len(error) < FEWEST_FOR_MEAN:
        return _too_few("mae", len(error), FEWEST_FOR_MEAN)
    value, interval = mean(error, level=level)
    low = max(0.0, interval.low)
    interval = Interval(low=low, high=interval.high, level=level, method=interval.method)
    return _answered_only("mae", judged, value, interval)


def _rmse(judged: Judged, level: float) -> Result:
    error = judged.loss[judged.answered]
    if len(error) < FEWEST_FOR_RMSE:
        return _too_few("rmse", len(error), FEWEST_FOR_RMSE)
    return _answered_only("rmse", judged, *quantities.rmse(error, level=level))


def _r2(judged: Judged, level: float) -> Result:
    error, truth = judged.loss[judged.answered], judged.truth[judged.answered]
    if len(error) < FEWEST_FOR_R2:
        return _too_few("r2", len(error), FEWEST_FOR_R2)
    if np.ptp(truth) == 0:
        return Unscored(
            metric="r2",
            reason="the truth is the same in every row: there is no variation to account for",
            next_step="Judge by MAE instead.",
        )
    return _answered_only("r2", judged, *quantities.r2(truth, error, level=level))


def _within_tolerance(judged: Judged, level: float) -> Result:
    if judged.correct is None:
        return Unscored(metric="within_tolerance", **_NO_TOLERANCE)
    return _share("within_tolerance", int(judged.correct.sum()), judged.n, level)


def _silent_failure(judged: Judged, level: float) -> Result:
    return silent_failure(judged, level=level)


_OF_CLASSES: dict[str, Callable[[Judged, float], Result]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "precision": _of_class("precision", by_class.precision),
    "recall": _of_class("recall", by_class.recall),
    "f1": _of_class("f1", by_class.f1),
    "roc_auc": _roc_auc,
    "calibration_error": _calibration_error,
    "silent_failure": _silent_failure,
}

_OF_QUANTITIES: dict[str, Callable[[Judged, float], Result]] = {
    "mae": _mae,
    "rmse": _rmse,
    "r2": _r2,
    "within_tolerance": _within_tolerance,
    "calibration_error": _calibration_error,
    "silent_failure": _silent_failure,
}


def _share(metric: str, k: int, n: int, level: float, **details: Any) -> Score:
    return Score(
        metric=metric, value=k / n, interval=wilson(k, n, level=level), n=n, details=details
    )


def _answered_only(metric: str, judged: Judged, value: float, interval: Interval) -> Score:
    n = int(judged.answered.sum())
    return Score(
        metric=metric,
        value=value,
        interval=interval,
        n=n,
        details={"n_unanswered_left_out": judged.n - n},
    )


def _too_few(metric: str, n: int, wanted: int) -> Unscored:
    return Unscored(
        metric=metric,
        reason=f"{n} answered rows are too few for an interval that holds",
        next_step=f"Bring at least {wanted} labelled rows that the system answers.",
    )


def _too_many_classes(metric: str, judged: Judged) -> Unscored | None:
    n = len(_distinct(judged.truth))
    if n <= MOST_CLASSES:
        return None
    return Unscored(
        metric=metric,
        reason=f"the label has {n} classes, too many to be judged one by one",
        next_step="Judge by accuracy, or say system.task: regression where it is a quantity.",
    )


def _distinct(values: NDArray[Any]) -> list[str]:
    return sorted({value for value in values.tolist() if value is not None})


def _listed(values: list[str], most: int = 4) -> str:
    shown = ", ".join(repr(value) for value in values[:most])
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"
