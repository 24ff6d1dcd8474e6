"""Scores of answers in words and of documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.evidence.model import Interval
from proveout.scoring import FieldOutcomes, Outcome
from proveout.statistics._proportions import wilson_bounds
from proveout.statistics._resampling import bootstrap
from proveout.statistics._score import NO_ROWS, Result, Score, Unscored, share
from proveout.statistics.clustered import share_within_clusters
from proveout.statistics.judged import Judged

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEND_THE_SCORER = "Let the function return yes, no or a number from 0 to 1 for every pair of texts."
_SEED = 20260101
"""Of the bootstrap, so that the same answers give the same interval."""


def accuracy(judged: Judged, level: float) -> Result:
    """Return the share of questions, or of documents, that are answered rightly."""
    if judged.n == 0:
        return Unscored(metric="accuracy", **NO_ROWS)
    right, answered = int(np.sum(judged.loss == 0)), int(judged.answered.sum())
    details: dict[str, Any] = {"n_answered": answered}
    if answered:
        details["on_answered_rows"] = right / answered
    if judged.fields is not None:
        names = zip(judged.fields.names, judged.fields.required, strict=True)
        details["right_when_all_are_right"] = [name for name, needed in names if needed]
        if judged.fields.others:
            details["fields_not_asked_for"] = dict(judged.fields.others)
    return share("accuracy", right, judged.n, level, **details)


def mean_score(judged: Judged, level: float) -> Result:
    """Return the mean of the scores that a function of the user's gave; no answer scores 0."""
    assert judged.score is not None  # noqa: S101  # graded answers have scores
    return _mean("mean_score", judged.score, level)


def field_scores(judged: Judged, *, level: float = 0.95) -> Iterator[tuple[str, Result]]:
    """Yield for each field the share that is right, and the mean of scores of the user's own."""
    fields = judged.fields
    if fields is None or judged.n == 0:
        return
    for at, name in enumerate(fields.names):
        if name in fields.troubles:
            reason = fields.troubles[name]
            yield (
                name,
                Unscored(metric="field_accuracy", reason=reason, next_step=MEND_THE_SCORER),
            )
            continue
        yield name, _field_accuracy(fields, at, level)
        if fields.graded[at]:
            rightly_empty = fields.outcome[:, at] == Outcome.RIGHTLY_EMPTY
            score = np.where(rightly_empty, 1.0, fields.score[:, at])
            yield name, _mean("field_score", score, level)


def invented_rate(judged: Judged, *, level: float = 0.95) -> Result:
    """Return the share of fields that are filled in where the document has nothing."""
    fields = judged.fields
    empty = 0 if fields is None else int(fields.is_empty_truth.sum())
    if fields is None or not empty:
        return Unscored(
            metric="invented_rate",
            reason="every field of every labelled document has a true value",
            next_step="Bring documents that lack a field, with its true value left empty.",
        )
    invented = fields.outcome == Outcome.INVENTED
    value, interval = share_within_clusters(
        invented.sum(axis=1), fields.is_empty_truth.sum(axis=1), level=level
    )
    by_field = dict(zip(fields.names, invented.sum(axis=0).tolist(), strict=True))
    return Score(
        metric="invented_rate",
        value=value,
        interval=interval,
        n=empty,
        details={
            "invented": int(invented.sum()),
            "documents": int(fields.is_empty_truth.any(axis=1).sum()),
            "documents_with_an_invention": int(invented.any(axis=1).sum()),
            "by_field": {name: count for name, count in by_field.items() if count},
        },
    )


def _field_accuracy(fields: FieldOutcomes, at: int, level: float) -> Score:
    outcome, right = fields.outcome[:, at], fields.right[:, at]
    counts = np.bincount(outcome, minlength=len(Outcome))
    return share(
        "field_accuracy",
        int(right.sum()),
        len(outcome),
        level,
        required=bool(fields.required[at]),
        **{each.name.lower(): int(counts[each]) for each in Outcome},
    )


def _mean(metric: str, score: NDArray[np.float64], level: float) -> Result:
    n = len(score)
    if n < 2:
        return Unscored(metric=metric, **NO_ROWS)
    if float(score.std()) == 0 or np.isin(score, (0.0, 1.0)).all():
        # Wilson's interval holds for any score from 0 to 1, and still says something where all
        # are the same; a bootstrap would find no uncertainty at all.
        low, high = wilson_bounds(score.sum(), n, level=level)
        interval = Interval(low=float(low), high=float(high), level=level, method="wilson")
        return Score(metric=metric, value=float(score.mean()), interval=interval, n=n)
    value, interval = bootstrap(score, np.mean, seed=_SEED, level=level, method="bca")
    return Score(metric=metric, value=value, interval=interval, n=n)
