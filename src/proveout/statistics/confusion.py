"""Scores of classes, from counts of (true class, answered class), with closed-form intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtri

from proveout.evidence.model import Interval
from proveout.statistics._proportions import wilson, wilson_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

Estimate = tuple[float, Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Counts. Rows are the true classes; a last column holds answers outside them, or none."""

    classes: tuple[str, ...]
    """The true classes, sorted."""
    counts: NDArray[np.int64]
    """len(classes) rows, len(classes) + 1 columns."""

    @classmethod
    def of(cls, truth: NDArray[np.object_], answer: NDArray[np.object_]) -> Confusion:
        """Count pairs. An answer of None, or one that is never true, goes into the last column."""
        codes, classes = pd.factorize(truth, sort=True)
        given = pd.Index(classes).get_indexer(pd.Index(answer, dtype=object))
        k = len(classes)
        cells = np.bincount(codes * (k + 1) + np.where(given < 0, k, given), minlength=k * (k + 1))
        return cls(classes=tuple(classes), counts=cells.reshape(k, k + 1).astype(np.int64))

    @property
    def right(self) -> NDArray[np.int64]:
        """Right answers per class."""
        return np.diagonal(self.counts)

    @property
    def true(self) -> NDArray[np.int64]:
        """Rows per true class."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def given(self) -> NDArray[np.int64]:
        """Rows per answered class."""
        return np.asarray(self.counts[:, :-1].sum(axis=0))


def balanced_accuracy(confusion: Confusion, *, level: float = 0.95) -> Estimate:
    """Return the mean of the classes' recalls."""
    return _mean_of_proportions(confusion.right, confusion.true, level)


def precision(confusion: Confusion, positive: str | None, *, level: float = 0.95) -> Estimate:
    """Return the precision of one class, or the mean over all; never answered counts as 0."""
    return _one_or_mean(confusion, confusion.given, positive, level)


def recall(confusion: Confusion, positive: str | None, *, level: float = 0.95) -> Estimate:
    """Return the recall of one class, or the mean over all."""
    return _one_or_mean(confusion, confusion.true, positive, level)


def f1(confusion: Confusion, positive: str | None, *, level: float = 0.95) -> Estimate:
    """Return the F1 of one class, or the mean over all.

    One class: F1 = 2J / (1 + J) with J = TP / (TP + FP + FN), which is a proportion of the rows
    that are, or are called, positive; its Wilson interval is carried through.
    All: delta method on the multinomial cells, on the logit scale (Takahashi et al. 2022, Applied
    Intelligence 52, 4961-4972). With no error at all, each class's own interval is averaged, which
    holds however the classes hang together.
    """
    right, marked = confusion.right, confusion.true + confusion.given - confusion.right
    if positive is not None:
        at = confusion.classes.index(positive)
        share = wilson(int(right[at]), int(marked[at]), level=level)
        return _dice(right[at] / marked[at]), Interval(
            low=_dice(share.low), high=_dice(share.high), level=level, method="wilson-transformed"
        )
    value = float(np.mean([_dice(j) for j in right / marked]))
    error = _macro_f1_error(confusion)
    if error == 0 or not 0 < value < 1:
        low, high = wilson_bounds(right, marked, level=level)
        return value, Interval(
            low=float(np.mean([_dice(j) for j in low])),
            high=float(np.mean([_dice(j) for j in high])),
            level=level,
            method="wilson-averaged",
        )
    half = float(ndtri((1 + level) / 2)) * error / (value * (1 - value))
    logit = math.log(value / (1 - value))
    return value, Interval(
        low=_logistic(logit - half), high=_logistic(logit + half), level=level, method="delta-logit"
    )


def _macro_f1_error(confusion: Confusion) -> float:
    k, n = len(confusion.classes), confusion.counts.sum()
    total = (confusion.true + confusion.given).astype(float)
    # F1 of class k is 2 n_kk / (row_k + column_k): every cell of its row and column pulls it down.
    pull = np.append(2 * confusion.right / total**2, 0.0)
    gradient = -(pull[:k, None] + pull[None, :])
    gradient[np.arange(k), np.arange(k)] += 2 / total
    share = confusion.counts / n
    variance = n * float((share * (gradient / k) ** 2).sum() - (share * gradient / k).sum() ** 2)
    return math.sqrt(max(0.0, variance))


def _one_or_mean(
    confusion: Confusion, trials: NDArray[np.int64], positive: str | None, level: float
) -> Estimate:
    if positive is None:
        return _mean_of_proportions(confusion.right, trials, level)
    at = confusion.classes.index(positive)
    right, n = int(confusion.right[at]), int(trials[at])
    return right / n, wilson(right, n, level=level)


def _mean_of_proportions(
    successes: NDArray[np.int64], trials: NDArray[np.int64], level: float
) -> Estimate:
    """Return the mean of independent proportions; one without trials counts as 0, unknown.

    Interval: method of variance estimates recovery over Wilson intervals (Zou and Donner 2008,
    Statistics in Medicine 27, 1693-1702).
    """
    k = len(trials)
    share = successes / np.maximum(trials, 1)
    low, high = wilson_bounds(successes, trials, level=level)
    value = float(share.mean())
    return value, Interval(
        low=value - float(np.sqrt(np.sum((share - low) ** 2))) / k,
        high=value + float(np.sqrt(np.sum((high - share) ** 2))) / k,
        level=level,
        method="mover-wilson",
    )


def _logistic(value: float) -> float:
    return 0.5 * (1 + math.tanh(value / 2))


def _dice(jaccard: float) -> float:
    return 2 * jaccard / (1 + jaccard)
