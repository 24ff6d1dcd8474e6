"""Bets on the mean of figures between 0 and 1, without knowing how they are distributed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.statistics.sequential.evalues import MOST

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

STAKES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Of what may be lost on each figure; capital is spread over them evenly."""


def bet_above(values: ArrayLike, mean: float) -> float:
    """Return an e-value against 'the mean is at most `mean`', for a `Watch` or on its own.

    Capital 1 is spread over STAKES; a stake of s grows by 1 + s / mean * (x - mean) with each
    figure x, which is fair or worse as long as the mean given the past is at most `mean`. Figures
    come in the order in which they became known; each call is one bet. Raises ValueError where a
    figure is not between 0 and 1 (NaN included) or the mean is not strictly between.
    Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting",
    JRSS B 86 (2024), section 4, with a fixed mixture of stakes.
    """
    x = np.asarray(values, dtype=float)
    if not 0 < mean < 1 or not (np.all(x >= 0) and np.all(x <= 1)):
        msg = "figures lie between 0 and 1, and the mean to bet against strictly between"
        raise ValueError(msg)
    grown = np.log1p(np.multiply.outer(np.asarray(STAKES) / mean, x - mean)).sum(axis=1)
    top = float(grown.max())
    return min(MOST, math.exp(min(top, 690)) * float(np.mean(np.exp(grown - top))))


def bet_below(values: ArrayLike, mean: float) -> float:
    """The same against 'the mean is at least `mean`'."""
    return bet_above(1 - np.asarray(values, dtype=float), 1 - mean)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A confidence sequence at one moment."""

    low: float
    high: float
    n: int
    level: float
    method: str


def running_rate(outcomes: ArrayLike, *, level: float = 0.95) -> Running:
    """Bound the mean of all figures so far, in a way that holds at all times at once.

    What is bounded is the running mean of what each was to be expected given the past: so it holds
    while the rate moves, from week to week or after a change. Figures from 0 to 1, in the order in
    which they became known. With none the bounds are 0 and 1.
    Method: exp(l S - psi(l) V) with psi(l) = -ln(1 - l) - l, S the sum of figures less their
    expectations and V the sum of squared errors of predicting each by the mean before it, is a
    supermartingale for every l in [0, 1); it is averaged over 12 values of l and solved for S.
    Source: Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic
    confidence sequences", Annals of Statistics 49 (2021), theorem 4.
    """
    x = np.asarray(outcomes, dtype=float)
    method = "empirical-bernstein confidence sequence"
    if not len(x):
        return Running(low=0.0, high=1.0, n=0, level=level, method=method)
    before = (0.5 + np.concatenate([[0.0], np.cumsum(x)[:-1]])) / np.arange(1, len(x) + 1)
    reach = _reach(float(np.sum((x - before) ** 2)), 2 / (1 - level)) / len(x)
    mean = float(x.mean())
    return Running(
        low=max(0.0, mean - reach), high=min(1.0, mean + reach), n=len(x), level=level,
        method=method,
    )  # fmt: skip


def _reach(variance: float, limit: float) -> float:
    """Return the S at which the averaged supermartingale reaches the limit."""
    bets = _BETS
    cost = (-np.log1p(-bets) - bets) * variance
    low, high = 0.0, 10.0 + variance + 4 * math.log(limit) / float(bets[0])
    for _ in range(80):
        middle = (low + high) / 2
        if _log_mean(bets * middle - cost) < math.log(limit):
            low = middle
        else:
            high = middle
    return high


def _log_mean(logs: NDArray[np.float64]) -> float:
    top = float(logs.max())
    return top + math.log(float(np.mean(np.exp(logs - top))))


_BETS = np.geomspace(0.002, 0.8, 12)
"""Good for a few dozen to some millions of figures."""
