"""Scores of a system that answers with classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from proveout.statistics import confusion as by_class
from proveout.statistics._ranking import delong
from proveout.statistics._score import (
    NO_CONFIDENCE,
    NO_ROWS,
    Result,
    Score,
    Unscored,
    distinct,
    listed,
    share,
)
from proveout.statistics.judged import Judged

FEWEST_PER_SIDE = 20
"""Rows of each class below which ROC AUC is not given."""

MOST_CLASSES = 200
"""Classes up to which scores per class are given; a label with more is rather a text."""


def accuracy(judged: Judged, level: float) -> Result:
    if judged.n == 0:
        return Unscored(metric="accuracy", **NO_ROWS)
    right, answered = int(np.sum(judged.loss == 0)), int(judged.answered.sum())
    details: dict[str, Any] = {"n_answered": answered}
    if answered:
        details["on_answered_rows"] = right / answered
    strange = sorted(set(distinct(judged.answer)) - set(distinct(judged.truth)))
    if strange:
        rows = int(np.isin(judged.answer.astype(str), strange)[judged.answered].sum())
        details["answers_that_are_no_label"] = {"rows": rows, "examples": strange[:5]}
    return share("accuracy", right, judged.n, level, **details)


def of_class(
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
                f"(labels: {listed(list(classes))})",
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


def balanced_accuracy(judged: Judged, level: float) -> Result:
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


def roc_auc(judged: Judged, level: float) -> Result:
    classes = distinct(judged.truth)
    if len(classes) != 2:
        return Unscored(
            metric="roc_auc",
            reason=f"it is defined for two classes; the label has {len(classes)}",
            next_step="Judge by balanced accuracy or F1 instead.",
        )
    rows = judged.answered & ~np.isnan(judged.confidence)
    if judged.answered.any() and not rows.any():
        return Unscored(metric="roc_auc", **NO_CONFIDENCE)
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


def _too_many_classes(metric: str, judged: Judged) -> Unscored | None:
    n = len(distinct(judged.truth))
    if n <= MOST_CLASSES:
        return None
    return Unscored(
        metric=metric,
        reason=f"the label has {n} classes, too many to be judged one by one",
        next_step="Judge by accuracy, or say system.task: regression where it is a quantity.",
    )
