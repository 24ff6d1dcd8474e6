"""Answers set against the truth, row by row: what every score and every comparison starts from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.charter.schema.base import Task
from proveout.scoring import Comparers, FieldOutcomes, compare_documents, comparers_of
from proveout.scoring.documents import as_document
from proveout.scoring.values import as_text, is_empty
from proveout.statistics.labels import as_numbers, find_task, normalise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ANSWERED = 0
"""AnswerStatus.OK; the number stands here because systems are a room above this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Rows with a known truth, and how each was answered. All arrays have one entry per row."""

    task: Task
    truth: NDArray[Any]
    """Class as normalised text, or number; text as it is, or field → value of a document."""
    answer: NDArray[Any]
    """The same of the answer; None or NaN where there is no usable one."""
    answered: NDArray[np.bool_]
    """There is a usable answer."""
    confidence: NDArray[np.float64]
    """0 to 1; NaN where none was stated."""
    correct: NDArray[np.bool_] | None
    """Answered rightly (class, words, all required fields), or within tolerance; None for a
    quantity without tolerance."""
    loss: NDArray[np.float64]
    """1 where not correct, unanswered included, else 0. Quantity: absolute error, NaN where
    unanswered."""
    positive: str | None = None
    """The class that matters, normalised."""
    confident_at: float = 0.9
    """From this confidence on an answer counts as confident."""
    score: NDArray[np.float64] | None = None
    """Words: how far each answer agrees with the truth, 0 to 1; 0 where there is none."""
    is_graded: bool = False
    """The score is one of the user's own, and more than right or wrong."""
    fields: FieldOutcomes | None = None
    """Documents: what became of each field."""
    trouble: str | None = None
    """Why answers could not be compared with the truth; no score can then be had."""

    @property
    def n(self) -> int:
        """Rows with a known truth."""
        return len(self.answered)

    def take(self, rows: NDArray[Any]) -> Judged:
        """Return the same for some rows, given as a mask or as positions."""
        return replace(
            self,
            truth=self.truth[rows],
            answer=self.answer[rows],
            answered=self.answered[rows],
            confidence=self.confidence[rows],
            correct=None if self.correct is None else self.correct[rows],
            loss=self.loss[rows],
            score=None if self.score is None else self.score[rows],
            fields=None if self.fields is None else self.fields.take(rows),
        )


def known_truth(truth: ArrayLike, *, task: Task) -> NDArray[np.bool_]:
    """Tell for each row whether its truth is known: there is a label, and one that can be read."""
    if task == "classification":
        return np.asarray([value is not None for value in normalise(truth)], dtype=bool)
    if task == "extraction":  # a document without any true field has not been labelled
        return np.asarray([isinstance(each, dict) for each in _items(truth)], dtype=bool)
    if task == "text":
        return np.asarray([not is_empty(each) for each in _items(truth)], dtype=bool)
    return ~np.isnan(as_numbers(truth))


def judge(
    truth: ArrayLike,
    value: ArrayLike,
    confidence: NDArray[np.float64],
    status: NDArray[np.int8],
    *,
    task: Task | None = None,
    positive: str | None = None,
    tolerance: float | None = None,
    confident_at: float = 0.9,
    comparers: Comparers | None = None,
) -> Judged:
    """Set answers against the truth. The four arrays are row for row the same records.

    Rows without a known truth are left out (count them with `known_truth`); rows without a usable
    answer stay in and count as not correct, because that is what a user meets. `task` is found
    from the truth when not given. Vocabularies are brought together by `labels.normalise`.
    Answers in words and documents are compared by `comparers`; the truth of a document is a dict
    with a value per field.
    """
    task = task or find_task(truth)
    known = known_truth(truth, task=task)
    if task in ("text", "extraction"):
        comparers = comparers or comparers_of(None, folder=Path())
        given = (_items(truth)[known], _items(value)[known])
        sure = np.asarray(confidence, dtype=float)[known]
        ok = np.asarray(status)[known] == ANSWERED
        whole = _judge_documents if task == "extraction" else _judge_words
        return replace(whole(*given, sure, ok, comparers), confident_at=confident_at)
    labels, answers = np.asarray(truth, dtype=object)[known], np.asarray(value, object)[known]
    sure, ok = np.asarray(confidence, dtype=float)[known], np.asarray(status)[known] == ANSWERED
    if task == "classification":
        true_class, answer_class = normalise(labels), normalise(answers)
        ok &= np.asarray(answer_class != None, dtype=bool)  # noqa: E711  element by element
        answer_class[~ok] = None
        correct = ok & np.asarray(true_class == answer_class, dtype=bool)
        return Judged(
            task=task,
            truth=true_class,
            answer=answer_class,
            answered=ok,
            confidence=sure,
            correct=correct,
            loss=(~correct).astype(float),
            positive=None if positive is None else normalise([positive])[0],
            confident_at=confident_at,
        )
    true_number, answer_number = as_numbers(labels), as_numbers(answers)
    ok &= ~np.isnan(answer_number)
    error = np.where(ok, np.abs(true_number - answer_number), np.nan)
    return Judged(
        task=task,
        truth=true_number,
        answer=np.where(ok, answer_number, np.nan),
        answered=ok,
        confidence=sure,
        correct=None if tolerance is None else ok & (error <= tolerance),
        loss=error,
        confident_at=confident_at,
    )


def _judge_words(
    truth: NDArray[np.object_],
    answer: NDArray[np.object_],
    sure: NDArray[np.float64],
    ok: NDArray[np.bool_],
    comparers: Comparers,
) -> Judged:
    ok = ok & np.asarray([not is_empty(each) for each in answer], dtype=bool)
    score, at = np.zeros(len(ok)), np.flatnonzero(ok)
    compared = comparers.whole.compare(truth[at].tolist(), answer[at].tolist())
    score[at] = compared.score
    scorer = comparers.scoring.scorer
    with np.errstate(invalid="ignore"):
        correct = ok & (score >= scorer.right_from)
    told = _items([as_text(each) if has else None for each, has in zip(answer, ok, strict=True)])
    return Judged(
        task="text",
        truth=_items([as_text(each) for each in truth]),
        answer=told,
        answered=ok,
        confidence=sure,
        correct=correct,
        loss=(~correct).astype(float),
        score=score,
        is_graded=scorer.by == "python",
        trouble=compared.trouble,
    )


def _judge_documents(
    truth: NDArray[np.object_],
    answer: NDArray[np.object_],
    sure: NDArray[np.float64],
    ok: NDArray[np.bool_],
    comparers: Comparers,
) -> Judged:
    documents = _items(
        [as_document(each) if has else None for each, has in zip(answer, ok, strict=True)]
    )
    ok = np.asarray([each is not None for each in documents], dtype=bool)
    fields = compare_documents(truth.tolist(), documents.tolist(), ok, comparers)
    correct = ok & fields.right_documents
    names = [name for name, needed in zip(fields.names, fields.required, strict=True) if needed]
    troubles = [f"{name}: {why}" for name, why in fields.troubles.items() if name in names]
    return Judged(
        task="extraction",
        truth=truth,
        answer=documents,
        answered=ok,
        confidence=sure,
        correct=correct,
        loss=(~correct).astype(float),
        fields=fields,
        trouble=troubles[0] if troubles else None,
    )


def _items(values: Any) -> NDArray[np.object_]:
    """Return values as an array of objects, whatever they are: lists in it stay lists."""
    if isinstance(values, np.ndarray) and values.dtype == object and values.ndim == 1:
        return values
    listed = list(values)
    items = np.full(len(listed), None, dtype=object)
    for at, each in enumerate(listed):
        items[at] = each
    return items
