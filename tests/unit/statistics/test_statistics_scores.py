"""Scores are scikit-learn's where it has them, and say why where they cannot be had."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from proveout.statistics.scores import (
    Judged,
    Result,
    Score,
    Unscored,
    exception_rate,
    judge,
    main_metric,
    main_score,
    per_row_loss,
    scores,
)

OK, REFUSED = 0, 1


def judged(
    truth: object,
    answer: object,
    confidence: object = None,
    status: object = None,
    **settings: object,
) -> Judged:
    n = len(truth)  # type: ignore[arg-type]
    return judge(
        np.array(truth, dtype=object),
        np.array(answer, dtype=object),
        np.full(n, math.nan) if confidence is None else np.array(confidence, dtype=float),
        np.zeros(n, dtype=np.int8) if status is None else np.array(status, dtype=np.int8),
        **settings,  # type: ignore[arg-type]
    )


def by_metric(answers: Judged) -> dict[str, Result]:
    return {result.metric: result for result in scores(answers)}


def drawn(seed: int, n: int, classes: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.choice(list(classes), n)
    answer = np.where(rng.random(n) < 0.7, truth, rng.choice(list(classes), n))
    return truth, answer, rng.uniform(0.5, 1.0, n)


SEEDS = st.integers(0, 10_000)


@given(SEEDS, st.sampled_from(["ab", "abc", "abcdef"]))
@settings(max_examples=40, deadline=None)
def test_scores_of_classes_are_those_of_scikit_learn(seed: int, classes: str) -> None:
    """Averaged over the classes where none is declared positive."""
    truth, answer, confidence = drawn(seed, 200, classes)

    found = by_metric(judged(truth, answer, confidence))

    given_ = {"average": "macro", "zero_division": 0.0}
    expected = {
        "accuracy": metrics.accuracy_score(truth, answer),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, answer),
        "precision": metrics.precision_score(truth, answer, **given_),
        "recall": metrics.recall_score(truth, answer, **given_),
        "f1": metrics.f1_score(truth, answer, **given_),
    }
    assert {name: values(found)[name] for name in expected} == pytest.approx(expected)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_scores_of_the_positive_class_are_those_of_scikit_learn(seed: int) -> None:
    """Precision, recall and F1 of it; ROC AUC with its score made of answer and confidence."""
    truth, answer, confidence = drawn(seed, 200, "ab")

    found = values(by_metric(judged(truth, answer, confidence, positive="a")))

    towards = np.where(answer == "a", confidence, 1 - confidence)
    expected = {
        "precision": metrics.precision_score(truth, answer, pos_label="a"),
        "recall": metrics.recall_score(truth, answer, pos_label="a"),
        "f1": metrics.f1_score(truth, answer, pos_label="a"),
        "roc_auc": metrics.roc_auc_score(truth == "a", towards),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_scores_of_quantities_are_those_of_scikit_learn(seed: int) -> None:
    """MAE, RMSE and R2."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(50, 20, 500)
    answer = truth + rng.normal(0, 5, 500)

    found = values(by_metric(judged(truth, answer, tolerance=5.0)))

    expected = {
        "mae": metrics.mean_absolute_error(truth, answer),
        "rmse": metrics.root_mean_squared_error(truth, answer),
        "r2": metrics.r2_score(truth, answer),
        "within_tolerance": float(np.mean(np.abs(truth - answer) <= 5)),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


@given(SEEDS, st.booleans())
@settings(max_examples=40, deadline=None)
def test_every_score_lies_in_its_interval_and_the_order_of_rows_does_not_matter(
    seed: int, is_class: bool
) -> None:
    """Bounds, and permutation invariance, of all scores at once."""
    rng = np.random.default_rng(seed)
    truth, answer, confidence = drawn(seed, 300, "abc" if seed % 2 else "ab")
    if not is_class:
        truth, answer = rng.normal(size=300), rng.normal(size=300)
    status = np.where(rng.random(300) < 0.1, REFUSED, OK)
    order = rng.permutation(300)
    given_ = {"tolerance": None if is_class else 0.5}

    found = by_metric(judged(truth, answer, confidence, status, **given_))
    again = by_metric(
        judged(truth[order], answer[order], confidence[order], status[order], **given_)
    )

    assert values(again) == pytest.approx(values(found))
    for result in found.values():
        if isinstance(result, Score) and result.metric != "calibration_error":
            assert result.interval.low - 1e-9 <= result.value <= result.interval.high + 1e-9


def test_a_row_without_an_answer_counts_as_wrong() -> None:
    """A user has no answer, whatever the reason; the answered rows stand in the details."""
    found = by_metric(judged(["a", "b"] * 20, ["a", "b"] * 20, status=[OK, REFUSED] * 20))

    accuracy = found["accuracy"]
    assert isinstance(accuracy, Score)
    assert (accuracy.value, accuracy.n) == (0.5, 40)
    assert accuracy.details == {"n_answered": 20, "on_answered_rows": 1.0}
    assert values(found)["recall"] == 0.5
    assert values(found)["precision"] == 0.5  # 'b' is never answered: a precision of 0


def test_a_row_without_an_answer_is_left_out_of_mean_errors_and_said_so() -> None:
    """There is no error of no answer."""
    truth = np.arange(100.0)
    status = np.where(truth < 10, REFUSED, OK)

    mae = main_score(judged(truth, truth + 2, status=status, task="regression"))

    assert isinstance(mae, Score)
    assert (mae.value, mae.n, mae.details) == (2.0, 90, {"n_unanswered_left_out": 10})


def test_spellings_of_truth_and_answers_are_brought_together() -> None:
    """True in the data, '1' or 1.0 from the system."""
    found = main_score(judged([True, False, True, False], ["1", 0.0, "True", 1]))

    assert isinstance(found, Score)
    assert found.value == 0.75


def test_answers_in_other_words_than_the_label_are_not_scored_as_all_wrong() -> None:
    """A wiring mistake is no accuracy of 0."""
    found = list(scores(judged(["0", "1"] * 30, ["late", "on time"] * 30)))

    assert {type(result) for result in found} == {Unscored}
    assert found[0] == Unscored(
        metric="accuracy",
        reason="the answers ('late', 'on time') are never among the labels ('0', '1')",
        next_step="Let the system answer in the words of the label, or check data.label.",
    )


def test_a_label_of_very_many_classes_has_an_accuracy_only() -> None:
    """A table of a million pairs says nothing to anybody."""
    names = [f"name {code}" for code in range(201)]

    found = by_metric(judged(names, names))

    assert isinstance(found["accuracy"], Score)
    assert found["f1"] == Unscored(
        metric="f1",
        reason="the label has 201 classes, too many to be judged one by one",
        next_step="Judge by accuracy, or say system.task: regression where it is a quantity.",
    )


def test_a_system_that_answers_nothing_is_never_right() -> None:
    """Every row failed: an accuracy of 0, and no failure is silent."""
    found = by_metric(judged(["a", "b"] * 20, [None] * 40, status=[3] * 40))

    assert values(found) == {
        "accuracy": 0.0,
        "balanced_accuracy": 0.0,
        "precision": 0.0,
        "recall": 0.0,
        "f1": 0.0,
        "silent_failure": 0.0,
    }


def test_some_answers_that_are_no_label_are_counted_and_shown() -> None:
    """They are wrong, and a reader must see that they could never be right."""
    found = main_score(judged(["a", "b", "a", "b"], ["a", "b", "A", "A"]))

    assert isinstance(found, Score)
    assert found.details["answers_that_are_no_label"] == {"rows": 2, "examples": ["A"]}


def test_rows_without_a_known_truth_are_left_out() -> None:
    """The caller counts them with `known_truth`."""
    assert judged(["a", None, "b", ""], ["a", "a", "b", "b"]).n == 2


def test_silent_failures_are_wrong_and_confident() -> None:
    """Of all rows, also the unanswered; an answer without confidence is not confident."""
    found = by_metric(
        judged(
            ["a"] * 5 + ["b"] * 5,
            ["b", "b", "b", "a", "a"] + ["b"] * 5,
            [0.95, 0.9, 0.89, math.nan, 0.99] + [0.99] * 5,
            status=[OK] * 9 + [REFUSED],
        )
    )["silent_failure"]

    assert isinstance(found, Score)
    assert (found.value, found.n) == (0.2, 10)
    assert found.details == {
        "confident_at": 0.9,
        "n_confident": 7,
        "n_answered_wrongly": 3,
        "n_answered_without_confidence": 1,
    }


@pytest.mark.parametrize("metric", ["silent_failure", "roc_auc", "calibration_error"])
def test_without_confidence_there_is_no_score_of_it(metric: str) -> None:
    """Not measured is not zero."""
    found = by_metric(judged(["a", "b"] * 20, ["a", "b"] * 20))

    assert found[metric] == Unscored(
        metric=metric,
        reason="the system states no confidence",
        next_step="Let the system return a confidence from 0 to 1 with each answer.",
    )


def test_without_a_tolerance_no_number_is_wrong() -> None:
    """How far off is too far is for the charter to say."""
    found = by_metric(judged(np.arange(100.0), np.arange(100.0), np.ones(100)))

    assert found["within_tolerance"] == Unscored(
        metric="within_tolerance",
        reason="the charter does not say how far off an answer may be",
        next_step="Say it in the unit of the label: system.tolerance",
    )
    assert isinstance(found["silent_failure"], Unscored)


def test_too_few_rows_give_no_mean_error() -> None:
    """An interval that does not hold is not shown."""
    found = main_score(judged(np.arange(29.0) / 2, np.zeros(29)))

    assert found == Unscored(
        metric="mae",
        reason="29 answered rows are too few for an interval that holds",
        next_step="Bring at least 30 labelled rows that the system answers.",
    )


def test_a_positive_class_that_is_never_true_is_said() -> None:
    """A misspelled system.positive must not become a recall of 0."""
    found = by_metric(judged(["a", "b"] * 5, ["a", "b"] * 5, positive="yes"))["recall"]

    assert found == Unscored(
        metric="recall",
        reason="the class 'yes' is never true in these 10 rows (labels: 'a', 'b')",
        next_step="Check system.positive, or bring rows of that class.",
    )


def test_a_class_that_is_never_answered_has_no_precision() -> None:
    """0 / 0 is not 0."""
    found = by_metric(judged(["a", "b"] * 5, ["b"] * 10, positive="a"))["precision"]

    assert found == Unscored(
        metric="precision",
        reason="the system never answers 'a'",
        next_step="Look at recall: the class that matters is never found.",
    )


def test_a_perfect_system_is_not_perfectly_certain() -> None:
    """No error in 60 rows leaves room for some."""
    found = by_metric(judged(["a", "b", "c"] * 20, ["a", "b", "c"] * 20))

    for metric in ("accuracy", "balanced_accuracy", "precision", "recall", "f1"):
        result = found[metric]
        assert isinstance(result, Score)
        assert result.value == 1.0
        assert 0.7 < result.interval.low < 0.97


def test_a_well_calibrated_system_has_no_calibration_error_beyond_noise() -> None:
    """Where the plain expected calibration error still shows some."""
    rng = np.random.default_rng(8)
    confidence = rng.uniform(0.5, 1, 3_000)
    answer = np.where(rng.random(3_000) < confidence, "a", "b")

    found = by_metric(judged(["a"] * 3_000, answer, confidence))["calibration_error"]

    assert isinstance(found, Score)
    assert found.interval.low == 0.0
    assert found.details["expected_calibration_error"] > 0.01


def test_exceptions_need_no_truth() -> None:
    """Every status but OK is one."""
    found = exception_rate(np.array([0, 0, 1, 4], dtype=np.int8))

    assert isinstance(found, Score)
    assert (found.value, found.n) == (0.5, 4)


def test_no_rows_give_no_scores() -> None:
    """And say what to look at."""
    nothing = Unscored(
        metric="accuracy",
        reason="there is no row with a known true answer",
        next_step="Check that data.label names the column of true answers and that it is filled.",
    )

    assert main_score(judged([], [])) == nothing
    assert next(iter(scores(judged([], [])))) == nothing
    assert isinstance(exception_rate(np.array([], dtype=np.int8)), Unscored)


def test_the_loss_per_row_averages_to_the_main_metric() -> None:
    """1 - accuracy, or MAE."""
    classes = judged(["a", "b", "a"], ["a", "a", None], status=[OK, OK, REFUSED])
    numbers = judged([1.5, 2.5], [2.0, 0.0], status=[OK, REFUSED])

    assert per_row_loss(classes).tolist() == [0.0, 1.0, 1.0]
    assert per_row_loss(numbers).tolist() == pytest.approx([0.5, math.nan], nan_ok=True)
    assert (main_metric("classification"), main_metric("regression")) == ("accuracy", "mae")


def values(found: dict[str, Result]) -> dict[str, float]:
    return {name: result.value for name, result in found.items() if isinstance(result, Score)}
