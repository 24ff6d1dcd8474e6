"""The three figures of a trial, and the worst of many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from proveout.checks.stress.trial import Trial
from proveout.evidence.model import Interval
from proveout.statistics import mean, paired_difference, paired_relative_increase, wilson
from proveout.statistics.scores import FEWEST_FOR_MEAN, Judged, is_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value with its interval."""

    value: float
    interval: Interval
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Why a figure could not be had."""

    reason: str
    next_step: str


def quality_drop(trial: Trial, *, level: float = 0.95) -> Figure | Unknown:
    """Tell how much worse the main metric is on the same rows, in points or, for MAE, in shares."""
    before, after = trial.before, trial.after
    if is_share(before.task):
        value, interval = paired_difference(after.loss, before.loss, level=level)
        return Figure(value=value, interval=interval, n=after.n)
    both = before.answered & after.answered
    n = int(both.sum())
    if n < FEWEST_FOR_MEAN:
        return Unknown(
            reason=f"only {n} rows were answered both before and after the damage",
            next_step="Look at stress.refusal_rate and at the faults in its details.",
        )
    if not before.loss[both].any():
        return Unknown(
            reason="the answers on the rows as they were are all exact: no error to compare with",
            next_step="See that the true answer is not among the inputs (data.inputs).",
        )
    value, interval = paired_relative_increase(before.loss[both], after.loss[both], level=level)
    return Figure(value=value, interval=interval, n=n)


def refusal_rate(trial: Trial, *, level: float = 0.95) -> Figure:
    """Tell the share of all rows, damaged ones among them, that get no usable answer."""
    return _share(~trial.after.answered, level)


def silent_failure(trial: Trial, *, level: float = 0.95) -> Figure | Unknown:
    """Tell the share of all rows, damaged ones among them, answered wrong without sign of doubt."""
    if trial.silent is None:
        return Unknown(
            reason="the charter does not say how far off an answer may be",
            next_step="Say it in the unit of the label: system.tolerance",
        )
    return _share(trial.silent, level)


def believed_quality(judged: Judged) -> tuple[Figure, float] | Unknown:
    """Tell how good the system's own confidence says that it is, and how good it really is.

    The mean confidence estimates the share of right answers, where confidence means what it says;
    nobody needs a true answer for it, which is why it is what a monitor watches. Both figures are
    over the rows that were answered with a confidence.
    """
    stated = judged.answered & ~np.isnan(judged.confidence)
    n = int(stated.sum())
    if judged.correct is None or n < FEWEST_FOR_MEAN:
        return Unknown(reason=f"only {n} answers came with a confidence", next_step="")
    value, interval = mean(judged.confidence[stated])
    return Figure(value=value, interval=interval, n=n), float(judged.correct[stated].mean())


def grew_surer(trial: Trial) -> bool:
    """Tell whether answers got worse for sure, and confidence higher for sure, on the same rows."""
    before, after = trial.before, trial.after
    stated = ~np.isnan(before.confidence) & ~np.isnan(after.confidence)
    stated &= before.answered & after.answered
    if before.correct is None or after.correct is None or stated.sum() < FEWEST_FOR_MEAN:
        return False
    surer = paired_difference(after.confidence[stated], before.confidence[stated])[1].low
    worse = paired_difference(before.correct[stated], after.correct[stated])[1].low
    return surer > 0 and worse > 0


def worst(figures: Iterable[Figure], *, plain: Iterable[Figure] = ()) -> Figure:
    """Return the largest of figures whose intervals were widened to hold together.

    The largest lower bound bounds the largest true value from below when all hold at once, which
    is what they were widened for. From above the largest of the plain bounds is enough, where
    they are given: the one trial that is truly worst has but one bound, and it is no higher than
    the largest (intersection-union; Berger 1982). Looking at more trials widens nothing there.
    """
    every, narrow = list(figures), list(plain)
    top = max(every, key=lambda figure: figure.value)
    how = "intersection-union" if narrow else "bonferroni"
    return Figure(
        value=top.value,
        interval=Interval(
            low=max(figure.interval.low for figure in every),
            high=max(figure.interval.high for figure in narrow or every),
            level=0.95,
            method=f"{top.interval.method}, {how} over {len(every)}",
        ),
        n=top.n,
    )


def _share(is_so: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], level: float) -> Figure:
    k, n = int(is_so.sum()), len(is_so)
    return Figure(value=k / n, interval=wilson(k, n, level=level), n=n)
