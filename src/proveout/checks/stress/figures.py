"""The three figures of a trial, and the worst of many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from proveout.checks.stress.trial import Trial
from proveout.evidence.model import Interval
from proveout.statistics import paired_difference, paired_relative_increase, wilson
from proveout.statistics.scores import FEWEST_FOR_MEAN


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
    if before.task == "classification":
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


def worst(figures: Iterable[Figure]) -> Figure:
    """Return the largest of figures whose intervals were widened to hold together.

    The largest upper bound bounds the largest true value, and so does the largest lower bound
    from below. The interval's level is that at which all hold together.
    """
    every = list(figures)
    top = max(every, key=lambda figure: figure.value)
    return Figure(
        value=top.value,
        interval=Interval(
            low=max(figure.interval.low for figure in every),
            high=max(figure.interval.high for figure in every),
            level=0.95,
            method=f"{top.interval.method}, bonferroni over {len(every)}",
        ),
        n=top.n,
    )


def _share(is_so: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], level: float) -> Figure:
    k, n = int(is_so.sum()), len(is_so)
    return Figure(value=k / n, interval=wilson(k, n, level=level), n=n)
