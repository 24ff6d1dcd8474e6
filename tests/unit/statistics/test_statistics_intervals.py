"""Intervals agree with references, keep their bounds, and refuse what cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from proveout.evidence.model import Interval
from proveout.statistics import (
    bootstrap,
    delong,
    difference_of_means,
    difference_of_proportions,
    holm,
    mean,
    mean_of_sums,
    paired_difference,
    paired_relative_increase,
    relative_increase,
    simultaneous_level,
    wilson,
    wilson_bounds,
)

COUNTS = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.floats(0.6, 0.999)


@given(COUNTS, LEVELS)
def test_wilson_agrees_with_statsmodels(count: tuple[int, int], level: float) -> None:
    """The same closed form, from an independent implementation."""
    low, high = proportion_confint(*count, alpha=1 - level, method="wilson")

    found = wilson(*count, level=level)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@given(COUNTS, LEVELS)
def test_wilson_holds_the_share_and_stays_a_share(count: tuple[int, int], level: float) -> None:
    """0 <= low <= k/n <= high <= 1, even where nothing or everything succeeded."""
    found = wilson(*count, level=level)

    assert 0 <= found.low <= count[0] / count[1] <= found.high <= 1


def test_of_no_trials_nothing_is_known() -> None:
    """Many at once: a part without rows has the bounds 0 and 1."""
    low, high = wilson_bounds([0, 5], [0, 10])

    assert (low[0], high[0]) == (0.0, 1.0)


@given(COUNTS, COUNTS)
def test_newcombe_agrees_with_statsmodels(a: tuple[int, int], b: tuple[int, int]) -> None:
    """The same closed form, from an independent implementation."""
    low, high = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")

    value, found = difference_of_proportions(*a, *b)

    assert value == pytest.approx(a[0] / a[1] - b[0] / b[1])
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@given(COUNTS, COUNTS)
def test_a_difference_turned_round_changes_its_sign_only(
    a: tuple[int, int], b: tuple[int, int]
) -> None:
    """Sample minus production is minus production minus sample."""
    value, found = difference_of_proportions(*a, *b)
    back, turned = difference_of_proportions(*b, *a)

    assert (back, turned.low, turned.high) == pytest.approx((-value, -found.high, -found.low))


@pytest.mark.parametrize("count", [(1, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(count: tuple[int, int]) -> None:
    """No trials, or more successes than trials."""
    with pytest.raises(ValueError, match=rf"^{count[0]} successes of {count[1]} trials is no"):
        wilson(*count)


SCORES = arrays.arrays(float, st.integers(2, 40), elements=st.integers(0, 9).map(float))


@given(SCORES, SCORES)
def test_delong_is_the_auc_of_scikit_learn(x: np.ndarray, y: np.ndarray) -> None:
    """Ties count half, and the interval holds the value within 0 and 1."""
    truth = np.repeat([1, 0], [len(x), len(y)])

    value, found = delong(x, y)

    assert value == pytest.approx(roc_auc_score(truth, np.concatenate([x, y])))
    assert 0 <= found.low <= value + 1e-12
    assert value - 1e-12 <= found.high <= 1


@given(SCORES, SCORES, st.randoms())
def test_delong_does_not_care_for_the_order_of_rows(
    x: np.ndarray, y: np.ndarray, random: object
) -> None:
    """Permutation invariance."""
    shuffled = np.array(sorted(x, key=lambda _: random.random()))  # type: ignore[attr-defined]

    assert delong(shuffled, y)[1].low == pytest.approx(delong(x, y)[1].low)


def test_perfect_separation_is_not_perfect_certainty() -> None:
    """Five rows of each class apart still leave an AUC of 0.48 possible."""
    value, found = delong([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])

    assert value == 1.0
    assert found == Interval(
        low=pytest.approx(0.025 ** (1 / 5)), high=1.0, level=0.95, method="clopper-pearson"
    )


def test_one_score_on_a_side_gives_no_auc() -> None:
    """There is no variance of one."""
    with pytest.raises(ValueError, match=r"^ROC AUC needs at least two scores on each side; got 1"):
        delong([1.0], [0.0, 0.5])


VALUES = arrays.arrays(float, st.integers(2, 60), elements=st.floats(-1e3, 1e3))


@given(VALUES)
def test_a_mean_lies_within_its_interval(x: np.ndarray) -> None:
    """Whatever the skewness."""
    value, found = mean(x)

    assert value == pytest.approx(x.mean())
    assert found.low - 1e-9 <= value <= found.high + 1e-9


@given(VALUES)
def test_a_mean_from_sums_is_the_mean_from_values(x: np.ndarray) -> None:
    """Counting by groups loses nothing that shows."""
    x = np.round(x, 1)
    value, found = mean(x)

    again, same = mean_of_sums(len(x), float(x.sum()), float((x**2).sum()), float((x**3).sum()))

    slack = 1e-4 * (1 + float(np.abs(x).max()))
    assert again == pytest.approx(value, abs=1e-6)
    assert (same.low, same.high) == pytest.approx((found.low, found.high), abs=slack)


def test_without_skewness_it_is_student() -> None:
    """Symmetric values: mean ± t times the standard error."""
    value, found = mean([1.0, 2.0, 3.0, 4.0, 5.0])
    half = 2.7764451051977987 * math.sqrt(2.5 / 5)

    assert (value, found.low, found.high) == pytest.approx((3.0, 3.0 - half, 3.0 + half))


def test_skewed_values_reach_further_to_the_long_side() -> None:
    """Many small errors and a large one: the mean may well be larger."""
    value, found = mean([*[1.0] * 30, 50.0])

    assert found.high - value > 1.5 * (value - found.low)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan]])
def test_too_few_or_unfinished_values_are_refused(values: list[float]) -> None:
    """A NaN is never averaged away."""
    with pytest.raises(ValueError, match=r"^an interval needs at least two values, all finite"):
        mean(values)


def test_pairs_that_never_change_still_leave_room() -> None:
    """100 rows right before and after do not prove that none would ever turn."""
    value, found = paired_difference(np.ones(100), np.ones(100))

    assert value == 0.0
    assert found.low == pytest.approx(-found.high)
    assert 0.02 < found.high < 0.04


def test_paired_and_independent_means_agree_on_the_difference() -> None:
    """Pairing changes the uncertainty, not the figure."""
    rng = np.random.default_rng(5)
    common = rng.normal(10, 5, 200)
    before, after = common + rng.normal(1, 0.1, 200), common

    value, paired = paired_difference(before, after)
    same, independent = difference_of_means(before, after)

    assert value == pytest.approx(same)
    assert paired.high - paired.low < (independent.high - independent.low) / 10


@given(st.floats(0.1, 5))
def test_a_loss_that_grows_by_a_factor_grows_by_that_factor(factor: float) -> None:
    """Paired: no uncertainty is left. Independent: the factor lies within."""
    before = np.random.default_rng(3).exponential(size=80)

    value, paired = paired_relative_increase(before, before * factor)
    same, independent = relative_increase(before, before * factor)

    assert (value, paired.low, paired.high) == pytest.approx((factor - 1,) * 3, abs=1e-6)
    assert same == pytest.approx(value)
    assert -1 < independent.low <= same <= independent.high


def test_nothing_can_be_put_in_relation_to_no_loss() -> None:
    """A sample without any error has no relative increase."""
    with pytest.raises(ValueError, match=r"^a relative increase needs positive means; got 0\.0$"):
        relative_increase([0.0, 0.0], [1.0, 2.0])


@pytest.mark.parametrize("compare", [paired_difference, paired_relative_increase])
def test_pairs_need_two_sides(compare: object) -> None:
    """Different lengths cannot be the same rows."""
    with pytest.raises(ValueError, match=r"^pairs have two sides: 2 rows here and 3 there$"):
        compare([1.0, 2.0], [1.0, 2.0, 3.0])  # type: ignore[operator]


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_a_bootstrap_is_the_same_with_the_same_seed(method: str) -> None:
    """Reproducible, and the figure lies within."""
    x = np.random.default_rng(1).exponential(size=50)

    first = bootstrap(x, np.median, seed=7, n_resamples=300, method=method)  # type: ignore[arg-type]
    again = bootstrap(x, np.median, seed=7, n_resamples=300, method=method)  # type: ignore[arg-type]

    assert first == again
    assert first[1].low <= first[0] <= first[1].high
    assert first[1].method == f"{method}-bootstrap"


def test_bca_says_when_it_had_to_fall_back() -> None:
    """Constant values have no acceleration; the percentile interval is named as such."""
    value, found = bootstrap(np.ones(20), np.mean, seed=1, n_resamples=100, method="bca")

    assert value == 1.0
    assert found == Interval(low=1.0, high=1.0, level=0.95, method="percentile-bootstrap")


def test_a_paired_bootstrap_keeps_rows_together() -> None:
    """Resampled row by row, two equal columns never differ."""
    x = np.random.default_rng(1).normal(size=40)

    def gap(a: np.ndarray, b: np.ndarray) -> float:
        return float(a.mean() - b.mean())

    value, found = bootstrap([x, x], gap, seed=1, n_resamples=100, paired=True)

    assert (value, found.low, found.high) == (0.0, 0.0, 0.0)


P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(P_VALUES)
def test_holm_never_makes_a_p_value_smaller_nor_changes_their_order(p: list[float]) -> None:
    """And the smallest is Bonferroni's."""
    adjusted = holm(p)

    assert (adjusted >= np.array(p) - 1e-15).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()
    assert adjusted.min() == pytest.approx(min(1.0, min(p) * len(p)))


def test_many_intervals_need_a_higher_level_each() -> None:
    """Bonferroni."""
    assert simultaneous_level(0.95, 20) == pytest.approx(0.9975)
