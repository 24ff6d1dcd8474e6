"""Every interval method in use holds its level: 95 % within 1.5 points, over many seeded samples.

Each case draws samples whose true figure is known, and counts how often the interval holds it.
With 4,000 samples the count itself is uncertain by 0.35 points (one standard error).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from proveout.evidence.model import Interval
from proveout.statistics import (
    bootstrap,
    delong,
    difference_of_means,
    difference_of_proportions,
    mean,
    paired_difference,
    paired_relative_increase,
    quantities,
    relative_increase,
    wilson,
)
from proveout.statistics import confusion as by_class
from proveout.statistics.calibration import calibration

pytestmark = pytest.mark.slow

Draw = Callable[[np.random.Generator], Interval]


def covered(draw: Draw, truth: float, *, samples: int = 4_000, seed: int = 20_130_701) -> float:
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(samples):
        interval = draw(rng)
        held += interval.low - 1e-12 <= truth <= interval.high + 1e-12
    return held / samples


def moved(interval: Interval, by: float) -> Interval:
    """Shift an interval, so that samples with different truths can be counted together."""
    return replace(interval, low=interval.low + by, high=interval.high + by)


def assert_holds(draw: Draw, truth: float, *, samples: int = 4_000) -> None:
    share = covered(draw, truth, samples=samples)

    assert 0.935 <= share <= 0.965


@pytest.mark.parametrize("n", [30, 100, 1_000, 20_000])
@pytest.mark.parametrize(("least", "most"), [(0.1, 0.9), (0.8, 0.98)])
def test_wilson_holds_for_a_proportion(n: int, least: float, most: float) -> None:
    """The share is drawn anew each time: counts are a lattice, on which the coverage at one fixed
    share swings by two points at a hundred rows, whatever the method."""

    def miss(rng: np.random.Generator) -> Interval:
        p = rng.uniform(least, most)
        return moved(wilson(int(rng.binomial(n, p)), n), -p)

    assert_holds(miss, 0.0)


@pytest.mark.parametrize(("n_1", "n_2"), [(100, 100), (80, 2_000), (3_000, 50_000)])
@pytest.mark.parametrize(("p_1", "p_2"), [(0.9, 0.8), (0.95, 0.95), (0.6, 0.5)])
def test_newcombe_holds_for_a_difference_of_samples(
    n_1: int, n_2: int, p_1: float, p_2: float
) -> None:
    """A small curated sample against a large production is the usual case."""
    assert_holds(
        lambda rng: difference_of_proportions(
            int(rng.binomial(n_1, p_1)), n_1, int(rng.binomial(n_2, p_2)), n_2
        )[1],
        p_1 - p_2,
    )


@pytest.mark.parametrize("n", [100, 400, 2_000])
@pytest.mark.parametrize(("most_lost", "most_gained"), [(0.3, 0.05), (0.1, 0.1)])
def test_bonett_price_holds_for_right_before_against_right_after(
    n: int, most_lost: float, most_gained: float
) -> None:
    """Rows that turn wrong, rows that turn right, and rows that stay; shares drawn anew."""

    def draw(rng: np.random.Generator) -> Interval:
        lost, gained = rng.uniform(0.02, most_lost), rng.uniform(0, most_gained)
        a, b, stay = rng.multinomial(n, [lost, gained, 1 - lost - gained])
        first = np.repeat([1, 0, 1], [a, b, stay])
        return moved(paired_difference(first, np.repeat([0, 1, 1], [a, b, stay]))[1], gained - lost)

    assert_holds(draw, 0.0)


@pytest.mark.parametrize("n", [30, 100, 1_000])
def test_hall_holds_for_a_mean_error(n: int) -> None:
    """Absolute errors of a normal system, whose mean is sqrt(2/pi)."""
    assert_holds(lambda rng: mean(np.abs(rng.standard_normal(n)))[1], float(np.sqrt(2 / np.pi)))


@pytest.mark.parametrize("n", [30, 100, 1_000])
def test_hall_holds_for_a_skewed_mean_error(n: int) -> None:
    """Exponential errors: many small ones, few large ones."""
    assert_holds(lambda rng: mean(rng.exponential(size=n))[1], 1.0)


@pytest.mark.parametrize("n", [30, 1_000])
def test_hall_holds_for_paired_numbers(n: int) -> None:
    """The same rows before and after, with a common part."""

    def draw(rng: np.random.Generator) -> Interval:
        common = rng.exponential(size=n)
        return paired_difference(common + rng.exponential(size=n) / 2, common)[1]

    assert_holds(draw, 0.5)


@pytest.mark.parametrize(("n_1", "n_2"), [(60, 60), (60, 2_000)])
def test_welch_holds_for_a_difference_of_means(n_1: int, n_2: int) -> None:
    """Unequal sizes and unequal spreads."""
    assert_holds(
        lambda rng: difference_of_means(rng.normal(3, 2, n_1), rng.normal(1, 1, n_2))[1], 2.0
    )


@pytest.mark.parametrize(("n_1", "n_2"), [(100, 100), (60, 2_000)])
def test_log_ratio_holds_for_a_relative_increase(n_1: int, n_2: int) -> None:
    """MAE on a small sample against MAE in production, half as large again."""
    true = 0.5
    assert_holds(
        lambda rng: relative_increase(
            np.abs(rng.standard_normal(n_1)), np.abs((1 + true) * rng.standard_normal(n_2))
        )[1],
        true,
    )


@pytest.mark.parametrize("n", [60, 1_000])
def test_log_ratio_holds_for_a_paired_relative_increase(n: int) -> None:
    """The same rows, their errors a fifth larger on average."""

    def draw(rng: np.random.Generator) -> Interval:
        before = np.abs(rng.standard_normal(n))
        return paired_relative_increase(before, before * rng.uniform(1.0, 1.4, n))[1]

    assert_holds(draw, 0.2)


@pytest.mark.parametrize(("m", "n"), [(20, 60), (100, 400), (1_000, 1_000)])
@pytest.mark.parametrize("shift", [0.0, 1.0, 2.0])
def test_delong_holds_for_roc_auc(m: int, n: int, shift: float) -> None:
    """Two normal classes; the AUC is Phi(shift / sqrt 2)."""
    from scipy.special import ndtr

    assert_holds(
        lambda rng: delong(rng.normal(shift, 1, m), rng.standard_normal(n))[1],
        float(ndtr(shift / np.sqrt(2))),
        samples=3_000,
    )


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_bootstrap_holds_for_a_mean_error(method: str) -> None:
    """300 skewed errors, 600 resamples."""
    assert_holds(
        lambda rng: bootstrap(
            rng.gamma(2.0, size=300),
            lambda x, axis=-1: np.mean(x, axis=axis),
            seed=int(rng.integers(2**31)),
            n_resamples=600,
            method=method,  # type: ignore[arg-type]
        )[1],
        2.0,
        samples=2_000,
    )


BINARY = np.array([[0.72, 0.08, 0.00], [0.06, 0.13, 0.01]])
"""Share of rows by (true, answered), the last column without an answer; 20 % positive."""

THREE = np.array([[0.45, 0.04, 0.02, 0.01], [0.05, 0.20, 0.03, 0.0], [0.02, 0.04, 0.13, 0.01]])

RARE = np.array([[0.75, 0.03, 0.01, 0.0], [0.04, 0.12, 0.01, 0.0], [0.01, 0.01, 0.02, 0.0]])


def drawn(rng: np.random.Generator, shares: np.ndarray, n: int) -> by_class.Confusion:
    counts = rng.multinomial(n, shares.ravel()).reshape(shares.shape)
    return by_class.Confusion(classes=tuple("abc"[: len(shares)]), counts=counts)


def true_scores(shares: np.ndarray, positive: int | None) -> dict[str, float]:
    right, true, given = np.diagonal(shares), shares.sum(1), shares[:, :-1].sum(0)
    each = {"precision": right / given, "recall": right / true, "f1": 2 * right / (true + given)}
    return {
        name: float(value.mean() if positive is None else value[positive])
        for name, value in each.items()
    }


@pytest.mark.parametrize("n", [150, 1_500])
@pytest.mark.parametrize("score", ["precision", "recall", "f1"])
def test_scores_of_the_positive_class_hold(score: str, n: int) -> None:
    """Wilson on the rows that count, carried through for F1."""
    estimate = getattr(by_class, score)
    assert_holds(lambda rng: estimate(drawn(rng, BINARY, n), "b")[1], true_scores(BINARY, 1)[score])


@pytest.mark.parametrize("n", [300, 1_500])
@pytest.mark.parametrize("score", ["precision", "recall", "f1"])
@pytest.mark.parametrize("shares", [THREE, RARE], ids=["three classes", "a rare class"])
def test_scores_averaged_over_classes_hold(shares: np.ndarray, score: str, n: int) -> None:
    """MOVER, with correlation for F1; also where a class has four rows in a hundred."""
    estimate = getattr(by_class, score)
    assert_holds(
        lambda rng: estimate(drawn(rng, shares, n), None)[1],
        true_scores(shares, None)[score],
        samples=3_000,
    )


@pytest.mark.parametrize("n", [150, 1_500])
@pytest.mark.parametrize("shares", [BINARY, THREE], ids=["two classes", "three classes"])
def test_balanced_accuracy_holds(shares: np.ndarray, n: int) -> None:
    """MOVER over the classes' recalls."""
    assert_holds(
        lambda rng: by_class.balanced_accuracy(drawn(rng, shares, n))[1],
        true_scores(shares, None)["recall"],
    )


@pytest.mark.parametrize("n", [200, 2_000])
@pytest.mark.parametrize("draw", ["normal", "laplace"])
def test_hall_holds_for_rmse(draw: str, n: int) -> None:
    """Normal errors, and errors with heavier tails."""
    true = 1.0 if draw == "normal" else float(np.sqrt(2))
    assert_holds(lambda rng: quantities.rmse(getattr(rng, draw)(size=n))[1], true)


@pytest.mark.parametrize("n", [400, 2_000])
def test_log_delta_holds_for_r2(n: int) -> None:
    """A system that accounts for four fifths of the variation."""

    def draw(rng: np.random.Generator) -> Interval:
        return quantities.r2(rng.normal(0, np.sqrt(5), n), rng.standard_normal(n))[1]

    assert_holds(draw, 0.8)


@pytest.mark.parametrize("n", [600, 2_000])
def test_log_delta_holds_for_r2_of_a_skewed_truth(n: int) -> None:
    """Exponential truth, errors with heavy tails."""

    def draw(rng: np.random.Generator) -> Interval:
        return quantities.r2(3 * rng.exponential(size=n), rng.laplace(size=n))[1]

    assert_holds(draw, 1 - 2 / 9)


@pytest.mark.parametrize("n", [200, 600, 5_000])
@pytest.mark.parametrize("gap", [0.0, 0.02, 0.05, 0.15])
def test_debiased_calibration_error_holds(n: int, gap: float) -> None:
    """From a perfectly calibrated system to one that is 15 points too sure."""

    def draw(rng: np.random.Generator) -> Interval:
        confidence = rng.uniform(0.6, 0.99, n)
        return calibration(confidence, rng.random(n) < confidence - gap).interval

    assert_holds(draw, gap, samples=2_000)


@pytest.mark.parametrize("n", [600, 5_000])
def test_debiased_calibration_error_holds_for_gaps_that_differ(n: int) -> None:
    """Too sure by 20 points where it is very sure, and right about itself elsewhere."""

    def draw(rng: np.random.Generator) -> Interval:
        sure = rng.random(n) < 0.4
        confidence = np.where(sure, rng.uniform(0.9, 0.99, n), rng.uniform(0.6, 0.8, n))
        right = rng.random(n) < confidence - 0.2 * sure
        # The share of very sure rows is part of what is drawn; the truth is about these rows.
        true = 0.2 * float(np.sqrt(sure.mean()))
        return moved(calibration(confidence, right).interval, -true)

    assert_holds(draw, 0.0, samples=2_000)
