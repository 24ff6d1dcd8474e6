"""Scores of classes, from counts of (true class, answered class), with closed-form intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from proveout.evidence.model import Interval
from proveout.statistics._proportions import wilson, wilson_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

Estimate = tuple[float, Interval]
_Figures = TypeVar("_Figures", float, "NDArray[np.float64]")


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
    All: the same interval of each class, combined (MOVER) with their correlation, because an error
    between two classes costs both. The delta method alone (Takahashi et al. 2022, Applied
    Intelligence 52, 4961-4972) covers 82 % where a class has four rows in a hundred.
    """
    right, marked = confusion.right, confusion.true + confusion.given - confusion.right
    if positive is not None:
        at = confusion.classes.index(positive)
        share = wilson(int(right[at]), int(marked[at]), level=level)
        return _dice(right[at] / marked[at]), Interval(
            low=_dice(share.low), high=_dice(share.high), level=level, method="wilson-transformed"
        )
    low, high = (_dice(share) for share in wilson_bounds(right, marked, level=level))
    each = _dice(right / marked)
    together = _correlation(confusion) / len(each) ** 2
    value = float(each.mean())
    return value, Interval(
        low=value - math.sqrt(float((each - low) @ together @ (each - low))),
        high=value + math.sqrt(float((high - each) @ together @ (high - each))),
        level=level,
        method="mover-wilson",
    )


def _correlation(confusion: Confusion) -> NDArray[np.float64]:
    """Return how the classes' F1 hang together, by the delta method on the multinomial cells.

    A class without an error has no variance to tell; it is taken to go with all others, which
    can only widen the interval. So is a negative correlation taken as none.
    """
    k, total = len(confusion.classes), (confusion.true + confusion.given).astype(float)
    # F1 of class i is 2 n_ii / (row_i + column_i): each cell of its row and column pulls it down.
    pull, own = 2 * confusion.right / total**2, np.arange(k)
    gradient = np.zeros((k, k, k + 1))
    gradient[own, own, :] -= pull[:, None]
    gradient[own, :, own] -= pull[:, None]
    gradient[own, own, own] += 2 / total
    share = (confusion.counts / confusion.counts.sum()).ravel()
    slopes = gradient.reshape(k, -1)
    covariance = (slopes * share) @ slopes.T - np.outer(slopes @ share, slopes @ share)
    spread = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    scale = np.outer(spread, spread)
    found = np.divide(covariance, scale, out=np.ones((k, k)), where=scale > 1e-15)
    np.fill_diagonal(found, 1.0)
    return np.asarray(np.clip(found, 0.0, 1.0), dtype=np.float64)


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


def _dice(jaccard: _Figures) -> _Figures:
    return 2 * jaccard / (1 + jaccard)
