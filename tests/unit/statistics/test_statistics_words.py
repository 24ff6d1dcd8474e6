"""Answers in words and documents as scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proveout.charter.schema import System
from proveout.charter.schema.scoring import Scoring
from proveout.scoring import comparers_of
from proveout.statistics.clustered import share_within_clusters
from proveout.statistics.labels import task_of
from proveout.statistics.scores import (
    Judged,
    Score,
    Unscored,
    field_scores,
    invented_rate,
    judge,
    main_score,
    scores,
    silent_failure,
)

REFUSED, OK = 1, 0


def judged(
    truth: list[Any], answers: list[Any], scoring: dict[str, Any] | None = None, **more: Any
) -> Judged:
    """Judge; an answer of None was refused."""
    task = "extraction" if scoring and "fields" in scoring else "text"
    status = np.array([REFUSED if each is None else OK for each in answers], dtype=np.int8)
    values = np.full(len(answers), None, dtype=object)
    values[:] = answers
    truths = np.full(len(truth), None, dtype=object)
    truths[:] = truth
    comparers = comparers_of(Scoring.model_validate(scoring or {}), folder=Path())
    sure = np.asarray(more.get("confidence", [np.nan] * len(answers)), dtype=float)
    return judge(truths, values, sure, status, task=task, comparers=comparers)


def test_a_refused_question_is_not_answered_rightly() -> None:
    """A user has no answer, whatever the reason."""
    found = main_score(judged(["Paris", "Rome", "Oslo", "Bern"], ["paris", "Milan", None, "Bern."]))

    assert isinstance(found, Score)
    assert (found.value, found.n) == (0.5, 4)
    assert found.details["on_answered_rows"] == pytest.approx(2 / 3)


def test_a_question_without_a_truth_is_left_out() -> None:
    """What is not known to be right is neither right nor wrong."""
    assert judged(["Paris", None, " "], ["Paris", "Rome", "Oslo"]).n == 1


def test_a_document_without_any_true_field_is_left_out() -> None:
    """It has not been labelled."""
    found = judged([{"a": "1"}, None], [{"a": "1"}, {"a": "2"}], {"fields": {"a": "exact"}})

    assert found.n == 1


def test_confidently_wrong_documents_are_silent_failures() -> None:
    """As with classes."""
    truth, answers = [{"a": "1"}] * 4, [{"a": "1"}, {"a": "2"}, {"a": "2"}, None]
    found = silent_failure(
        judged(truth, answers, {"fields": {"a": "exact"}}, confidence=[0.99, 0.99, 0.5, np.nan])
    )

    assert isinstance(found, Score)
    assert found.value == 0.25


def test_each_field_tells_how_it_is_wrong() -> None:
    """Counts of each kind, and all of the documents as n."""
    truth = [{"a": "1", "b": None}, {"a": "2", "b": "x"}, {"a": "3", "b": "y"}]
    answers = [{"a": "1", "b": "z"}, {"b": "x"}, {"a": "9", "b": "y"}]
    found = dict(field_scores(judged(truth, answers, {"fields": {"a": "exact", "b": "exact"}})))

    assert {name: each.value for name, each in found.items() if isinstance(each, Score)} == {
        "a": pytest.approx(1 / 3),
        "b": pytest.approx(2 / 3),
    }
    assert isinstance(found["a"], Score)
    assert found["a"].details == {
        "required": True,
        "right": 1,
        "rightly_empty": 0,
        "wrong": 1,
        "missed": 1,
        "invented": 0,
        "unanswered": 0,
    }


def test_inventions_are_counted_among_empty_fields() -> None:
    """Of the fields that the documents do not have."""
    truth = [{"a": "1", "b": None}, {"a": None, "b": "2"}, {"a": "1", "b": "2"}]
    answers = [{"a": "1", "b": "z"}, {"a": "", "b": "2"}, {"a": "1", "b": "2"}]
    found = invented_rate(judged(truth, answers, {"fields": {"a": "exact", "b": "exact"}}))

    assert isinstance(found, Score)
    assert (found.value, found.n) == (0.5, 2)
    assert found.details["by_field"] == {"b": 1}


def test_where_no_field_is_empty_inventions_cannot_be_counted() -> None:
    """That is not the same as none."""
    found = invented_rate(judged([{"a": "1"}], [{"a": "1"}], {"fields": {"a": "exact"}}))

    assert found == Unscored(
        metric="invented_rate",
        reason="every field of every labelled document has a true value",
        next_step="Bring documents that lack a field, with its true value left empty.",
    )


def test_words_have_no_scores_of_classes() -> None:
    """Accuracy, calibration and silent failure; a mean score where the user gives scores."""
    metrics = [each.metric for each in scores(judged(["a"] * 40, ["a"] * 40))]

    assert metrics == ["accuracy", "calibration_error", "silent_failure"]


CHAT = System.model_validate({"chat": {"url": "https://x.example/v1", "model": "m", "user": "{q}"}})


@pytest.mark.parametrize(
    ("truth", "task"),
    [
        (["yes", "no"] * 20, "classification"),
        ([f"answer {at}" for at in range(40)], "text"),
        ([str(at) for at in range(40)], "text"),
        (["yes", "no", "maybe"] * 2, "text"),
        ([], "classification"),
    ],
)
def test_a_language_model_chooses_or_speaks(truth: list[str], task: str) -> None:
    """Few answers that come again and again are classes; numbers in words are words."""
    assert task_of(CHAT, np.array(truth, dtype=object)) == task


def test_fields_of_one_document_count_for_less_than_as_many_documents() -> None:
    """Where they all go wrong together, only the documents count."""
    together = share_within_clusters([10, 0, 0, 0, 10] * 10, [10] * 50)[1]
    apart = share_within_clusters([4] * 50, [10] * 50)[1]

    assert together.high - together.low > 2.5 * (apart.high - apart.low)


@pytest.mark.parametrize("k", [0, 10])
def test_where_nothing_varies_only_the_clusters_count(k: int) -> None:
    """No invention in 50 documents is no more than that, however many fields they lack."""
    value, interval = share_within_clusters([k] * 50, [10] * 50)

    assert value == k / 10
    assert interval.high - interval.low == pytest.approx(0.0714, abs=0.001)
