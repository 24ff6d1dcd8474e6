"""Intervals of estimated quality hold the truth, and the refusal refuses what it should."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from proveout.statistics.estimated import (
    Estimate,
    Estimator,
    NoEstimate,
    Reference,
    fit,
    partly_measured,
)

pytestmark = pytest.mark.slow

LEVEL = 0.95


def most_missed(runs: int) -> float:
    return float(binom.ppf(0.999, runs, 1 - LEVEL)) / runs


def week(
    random: np.random.Generator, rows: int, *, hidden: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A week whose ease confidence sees, and another part of it that confidence does not."""
    seen = random.normal(1.5, 1.0, rows) + random.normal(0, 0.5)
    true = 1 / (1 + np.exp(-(seen + random.normal(0, hidden))))
    return 1 / (1 + np.exp(-seen)), random.random(rows) < true


def past(random: np.random.Generator, *, hidden: float, weeks: int = 16) -> Reference:
    each = [week(random, 400, hidden=hidden) for _ in range(weeks)]
    return Reference(
        confidence=np.concatenate([sure for sure, _ in each]),
        correct=np.concatenate([right for _, right in each]),
        block=np.repeat(np.arange(weeks), 400),
    )


@pytest.mark.parametrize("hidden", [0.0, 0.15], ids=["all is seen", "a part is hidden"])
def test_intervals_hold_the_truth_of_later_weeks(hidden: float) -> None:
    """Twenty pasts, four later weeks each: what is hidden from confidence is in the interval."""
    random = np.random.default_rng(11)
    missed = told = 0
    for run in range(20):
        learnt = fit(past(random, hidden=hidden), seed=run)
        assert isinstance(learnt, Estimator)
        for _ in range(4):
            confidence, right = week(random, 1_000, hidden=hidden)
            found = learnt.estimate(confidence, seed=run)
            if isinstance(found, Estimate):
                told += 1
                missed += not found.low <= right.mean() <= found.high

    assert told >= 70
    assert missed / told <= most_missed(told)


def test_weeks_that_confidence_does_not_see_are_refused() -> None:
    """Where ease is hidden altogether, at most one of eight pasts is believed by chance."""
    random = np.random.default_rng(12)
    believed = 0
    for run in range(40):
        made = past(random, hidden=0.5)
        shuffled = random.permutation(made.confidence)  # confidence of another week
        reference = Reference(confidence=shuffled, correct=made.correct, block=made.block)
        believed += not isinstance(fit(reference, seed=run), NoEstimate)

    assert believed <= 5


def test_part_of_the_truth_with_labels_that_come_by_confidence() -> None:
    """Unsure answers are labelled four times as often as sure ones: 400 windows."""
    random = np.random.default_rng(13)
    missed = 0
    for _ in range(400):
        likely = random.beta(6, 2, 1_500)
        right = (random.random(1_500) < np.clip(likely - 0.05, 0, 1)).astype(float)
        known = random.random(1_500) < np.where(likely < 0.75, 0.4, 0.1)
        found = partly_measured(likely, np.where(known, right, np.nan))
        missed += not found.low <= right.mean() <= found.high

    assert missed / 400 <= most_missed(400)
