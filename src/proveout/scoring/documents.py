"""The fields of documents: which are right, wrong, missed or made up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.scoring.comparing import Comparers
from proveout.scoring.values import (
    is_empty,
    is_phrase_for_nothing,
    is_word_for_nothing,
    value_at,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Outcome(IntEnum):
    """What became of one field of one document."""

    RIGHT = 0
    """The true value."""
    RIGHTLY_EMPTY = 1
    """Nothing, where the document has nothing."""
    WRONG = 2
    """Another value than the true one."""
    MISSED = 3
    """Nothing, where the document has something."""
    INVENTED = 4
    """Something, where the document has nothing."""
    UNANSWERED = 5
    """The whole document got no usable answer."""


WRONG_WAYS = (Outcome.WRONG, Outcome.INVENTED, Outcome.MISSED)
_RIGHT = (Outcome.RIGHT, Outcome.RIGHTLY_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOutcomes:
    """Every field of every document. Arrays are documents × fields."""

    names: tuple[str, ...]
    required: NDArray[np.bool_]
    """Per field: the document is right only if it is."""
    outcome: NDArray[np.int8]
    """An Outcome each."""
    score: NDArray[np.float64]
    """0 to 1; below 1 and still right where the charter says from when on."""
    is_empty_truth: NDArray[np.bool_]
    """The document has nothing there."""
    graded: NDArray[np.bool_]
    """Per field: scored from 0 to 1 by a function of the user's."""
    others: Mapping[str, int]
    """Fields that answers had and nobody asked for, and how many had them."""
    troubles: Mapping[str, str]
    """Fields that could not be scored, and why."""

    @property
    def right(self) -> NDArray[np.bool_]:
        """Documents × fields: the field is right."""
        return np.isin(self.outcome, _RIGHT)

    @property
    def right_documents(self) -> NDArray[np.bool_]:
        """Documents of which all required fields are right."""
        return np.asarray(self.right[:, self.required].all(axis=1), dtype=bool)

    def take(self, rows: NDArray[Any]) -> FieldOutcomes:
        """Return the same for some documents."""
        return replace(
            self,
            outcome=self.outcome[rows],
            score=self.score[rows],
            is_empty_truth=self.is_empty_truth[rows],
        )


def compare_documents(
    truths: Sequence[Mapping[str, Any]],
    answers: Sequence[Any],
    answered: NDArray[np.bool_],
    comparers: Comparers,
) -> FieldOutcomes:
    """Set documents against the truth, field by field.

    `truths` hold a value per field, empty where the document has nothing there. An answer is an
    object; a field may lie deeper, under a dotted name.
    """
    fields = comparers.scoring.fields
    shape = (len(truths), len(fields))
    outcome = np.full(shape, Outcome.UNANSWERED, dtype=np.int8)
    score, empty = np.zeros(shape), np.zeros(shape, dtype=bool)
    documents = [
        as_document(answer) if ok else None for answer, ok in zip(answers, answered, strict=True)
    ]
    troubles = {}
    for at, (name, field) in enumerate(fields.items()):
        column = _Column(
            truths=[truth.get(name) for truth in truths],
            answers=[None if each is None else value_at(each, name) for each in documents],
            answered=np.array([each is not None for each in documents], dtype=bool),
            is_checked_alone=field.by == "json_schema",
        )
        compared = column.compare(comparers, name)
        if compared is not None:
            troubles[name] = compared
        outcome[:, at] = column.outcome(field.right_from)
        score[:, at], empty[:, at] = column.score, column.empty_truth
    required = np.array([field.required for field in fields.values()], dtype=bool)
    return FieldOutcomes(
        names=tuple(fields),
        required=required if required.any() else np.ones(len(fields), dtype=bool),
        outcome=outcome,
        score=score,
        is_empty_truth=empty,
        graded=np.array([field.by == "python" for field in fields.values()], dtype=bool),
        others=_not_asked_for(documents, tuple(fields)),
        troubles=troubles,
    )


def as_document(answer: Any) -> Mapping[str, Any] | None:
    """Return an answer as the object that it is, or holds as JSON; None where it is none."""
    if isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except (ValueError, RecursionError):
            return None
    return answer if isinstance(answer, Mapping) else None


class _Column:
    """One field of all documents."""

    def __init__(
        self,
        *,
        truths: list[Any],
        answers: list[Any],
        answered: NDArray[np.bool_],
        is_checked_alone: bool,
    ) -> None:
        self._truths, self._answers, self._answered = truths, answers, answered
        self._is_checked_alone = is_checked_alone
        self.empty_truth = np.array([is_empty(each) for each in truths], dtype=bool)
        self._empty_answer = np.array([is_empty(each) for each in answers], dtype=bool)
        if is_checked_alone:  # a form is followed or not, whatever the truth is
            self.empty_truth = np.zeros(len(truths), dtype=bool)
        else:
            said_nothing = np.array([is_phrase_for_nothing(each) for each in answers], dtype=bool)
            meant_nothing = np.array([is_word_for_nothing(each) for each in truths], dtype=bool)
            self.empty_truth |= meant_nothing & (self._empty_answer | said_nothing)
            self._empty_answer |= said_nothing & self.empty_truth
        self.score = np.where(answered & self.empty_truth & self._empty_answer, 1.0, 0.0)

    def compare(self, comparers: Comparers, name: str) -> str | None:
        """Score where both sides are filled; return why some could not be scored."""
        both = np.flatnonzero(self._answered & ~self.empty_truth & ~self._empty_answer)
        compared = comparers.by_field[name].compare(
            [self._truths[at] for at in both], [self._answers[at] for at in both]
        )
        self.score[both] = compared.score
        return compared.trouble

    def outcome(self, right_from: float) -> NDArray[np.int8]:
        """Return what became of the field in each document."""
        with np.errstate(invalid="ignore"):
            agreed = self.score >= right_from
        found = np.select(
            [
                ~self._answered,
                self.empty_truth & self._empty_answer,
                self.empty_truth,
                self._empty_answer,
                agreed,
            ],
            [
                Outcome.UNANSWERED,
                Outcome.RIGHTLY_EMPTY,
                Outcome.INVENTED,
                Outcome.MISSED,
                Outcome.RIGHT,
            ],
            default=Outcome.WRONG,
        )
        return np.asarray(found, dtype=np.int8)


def _not_asked_for(
    documents: Sequence[Mapping[str, Any] | None], names: tuple[str, ...]
) -> dict[str, int]:
    known = {part for name in names for part in (name, name.partition(".")[0])}
    counts = Counter(
        str(key)
        for document in documents
        if document is not None
        for key, value in document.items()
        if key not in known and not is_empty(value)
    )
    return dict(counts.most_common(20))
