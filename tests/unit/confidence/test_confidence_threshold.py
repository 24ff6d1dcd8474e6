"""Which answers may go out alone: the curve, and the threshold that keeps a promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from proveout.statistics.selective import (
    NoThreshold,
    Point,
    Recommended,
    fewest_answers,
    point_at,
    recommend,
    risk_coverage,
)


def answers(n: int, seed: int = 1) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Answers whose error falls from 30 % to none as their confidence rises from 0.5 to 1."""
    rng = np.random.default_rng(seed)
    rank = rng.random(n)
    return 0.5 + rank / 2, rng.random(n) >= 0.3 * (1 - rank) ** 2


def test_a_point_counts_what_is_let_through_and_what_of_it_is_wrong() -> None:
    """At the threshold is let through; an answer without a confidence never is."""
    confidence = np.array([0.7, 0.8, 0.9, np.nan])
    correct = np.array([True, False, True, False])

    point = point_at(0.8, confidence, correct)

    assert point == Point(threshold=0.8, n=4, let_through=2, wrong=1)
    assert (point.coverage, point.error) == (0.5, 0.5)


def test_a_threshold_that_lets_nothing_through_has_no_error() -> None:
    """No answer out is no error, and no evidence of none."""
    point = point_at(0.95, np.array([0.7]), np.array([True]))

    assert (point.coverage, point.error, point.error_interval()) == (0.0, None, None)


def test_the_curve_goes_from_the_surest_answers_to_all() -> None:
    """Its last point is the error of every answer that states a confidence."""
    confidence, correct = answers(2_000)

    curve = risk_coverage(confidence, correct)

    assert len(curve) == 40
    assert [point.let_through for point in curve] == sorted(point.let_through for point in curve)
    assert curve[-1].let_through == 2_000
    assert curve[-1].wrong == int((~correct).sum())


def test_equal_confidences_are_let_through_together() -> None:
    """Three values make three points."""
    confidence = np.repeat([0.5, 0.8, 1.0], 100)

    curve = risk_coverage(confidence, np.ones(300, dtype=bool))

    assert [(point.threshold, point.let_through) for point in curve] == [
        (1.0, 100),
        (0.8, 200),
        (0.5, 300),
    ]


def test_recommends_the_lowest_threshold_that_keeps_the_promise() -> None:
    """Most that can go out alone does: an oracle lets through 71 % of these."""
    confidence, correct = answers(20_000)

    found = recommend(confidence, correct, max_error=0.05, probability=0.9, seed=1)

    assert isinstance(found, Recommended)
    assert 0.63 <= found.whole.coverage <= 0.72
    assert found.tested.n == 15_000
    assert round(found.threshold, 4) == found.threshold  # people can write it down


def test_repeats_itself_with_the_same_seed() -> None:
    """The split is drawn by the seed and by nothing else."""
    confidence, correct = answers(3_000)
    first, second = (
        recommend(confidence, correct, max_error=0.05, probability=0.9, seed=7) for _ in range(2)
    )

    assert first == second


def test_answers_that_may_not_go_out_change_neither_threshold_nor_error_rate_of_the_rest() -> None:
    """They count in the share of all rows and nowhere else."""
    confidence, correct = answers(4_000)
    confidence[:1_000] = np.nan

    found = recommend(confidence, correct, max_error=0.05, probability=0.9, seed=1)

    assert isinstance(found, Recommended)
    assert found.whole.n == 4_000
    assert found.whole.let_through == int((confidence >= found.threshold).sum())
    assert found.whole.coverage < 0.75


def test_a_stricter_promise_lets_no_more_through() -> None:
    """A lower limit, or a higher probability, can only cost."""
    confidence, correct = answers(5_000)
    loose, likelier, stricter = (
        recommend(confidence, correct, max_error=error, probability=probability, seed=3)
        for error, probability in ((0.05, 0.9), (0.05, 0.99), (0.03, 0.9))
    )

    assert isinstance(loose, Recommended)
    assert isinstance(likelier, Recommended)
    assert isinstance(stricter, Recommended)
    assert loose.whole.let_through >= likelier.whole.let_through
    assert loose.whole.let_through >= stricter.whole.let_through


def test_says_how_many_answers_it_takes() -> None:
    """45 right ones show less than 5 % with 90 %; a quarter of all rows only gives the order."""
    found = recommend(np.ones(59), np.ones(59, bool), max_error=0.05, probability=0.9, seed=1)

    assert fewest_answers(0.05, 0.9) == 45
    assert found == NoThreshold(
        reason="59 answers with a confidence and a known truth are too few; even if all were "
        "right, it would take 60",
        next_step="Bring more rows with a known true answer.",
        best=None,
    )


def test_just_enough_answers_that_are_all_right_go_out() -> None:
    """One more, and the promise can be shown to hold."""
    found = recommend(np.ones(60), np.ones(60, bool), max_error=0.05, probability=0.9, seed=1)

    assert isinstance(found, Recommended)
    assert (found.threshold, found.whole.coverage) == (1.0, 1.0)


def test_says_plainly_that_none_keeps_the_promise() -> None:
    """With the best there is, so that nobody has to guess how far off it was."""
    correct = np.arange(400) % 5 != 0

    found = recommend(np.ones(400), correct, max_error=0.05, probability=0.9, seed=1)

    assert found == NoThreshold(
        reason="no threshold can be shown to keep the error of what goes out alone at or below "
        "0.05 with probability 0.9; all answers state the same confidence",
        next_step="Let all answers go to a person, or bring more rows with a known true answer, "
        "or a system whose confidence tells right from wrong.",
        best=Point(threshold=1.0, n=400, let_through=400, wrong=80),
    )


def test_no_confidence_at_all_is_too_few() -> None:
    """Nothing to choose by is no threshold, and no crash."""
    found = recommend(
        np.full(500, np.nan), np.ones(500, bool), max_error=0.05, probability=0.9, seed=1
    )

    assert isinstance(found, NoThreshold)
    assert found.reason.startswith("0 answers with a confidence")


def test_a_promise_of_no_error_at_all_is_refused() -> None:
    """No sample can show it."""
    with pytest.raises(ValueError, match=r"^a promise of 0 error with probability 0\.9 means"):
        recommend(np.ones(9), np.ones(9, bool), max_error=0, probability=0.9, seed=1)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.2, 0.999999, 1.0]) | st.floats(0, 1), st.booleans()),
        min_size=60,
        max_size=200,
    ),
    st.integers(0, 9),
)
def test_what_is_recommended_passed_its_own_test(rows: list[tuple[float, bool]], seed: int) -> None:
    """On the rows that tested it the error is below the limit, whatever the confidences are."""
    confidence = np.array([each[0] for each in rows])
    correct = np.array([each[1] or at % 50 > 0 for at, each in enumerate(rows)])

    found = recommend(confidence, correct, max_error=0.05, probability=0.9, seed=seed)

    if isinstance(found, Recommended):
        assert found.tested.let_through >= fewest_answers(0.05, 0.9)
        assert found.tested.error is not None
        assert found.tested.error < 0.05
        assert found.whole.let_through >= found.tested.let_through
