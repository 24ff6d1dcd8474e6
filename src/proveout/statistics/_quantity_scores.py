"""Scores of a system that answers with quantities."""

from __future__ import annotations

import numpy as np

from proveout.evidence.model import Interval
from proveout.statistics import quantities
from proveout.statistics._means import mean
from proveout.statistics._score import (
    NO_TOLERANCE,
    Result,
    Unscored,
    answered_only,
    share,
    too_few,
)
from proveout.statistics.judged import Judged

FEWEST_FOR_MEAN = 30
"""Rows below which an interval around a mean error is not given; see tests/coverage."""

FEWEST_FOR_RMSE = 200
FEWEST_FOR_R2 = 400
"""The same for RMSE and R2, whose squares are more skewed."""


def mae(judged: Judged, level: float) -> Result:
    error = judged.loss[judged.answered]
    if len(error) < FEWEST_FOR_MEAN:
        return too_few("mae", len(error), FEWEST_FOR_MEAN)
    value, interval = mean(error, level=level)
    low = max(0.0, interval.low)
    interval = Interval(low=low, high=interval.high, level=level, method=interval.method)
    return answered_only("mae", judged, value, interval)


def rmse(judged: Judged, level: float) -> Result:
    error = judged.loss[judged.answered]
    if len(error) < FEWEST_FOR_RMSE:
        return too_few("rmse", len(error), FEWEST_FOR_RMSE)
    return answered_only("rmse", judged, *quantities.rmse(error, level=level))


def r2(judged: Judged, level: float) -> Result:
    error, truth = judged.loss[judged.answered], judged.truth[judged.answered]
    if len(error) < FEWEST_FOR_R2:
        return too_few("r2", len(error), FEWEST_FOR_R2)
    if np.ptp(truth) == 0:
        return Unscored(
            metric="r2",
            reason="the truth is the same in every row: there is no variation to account for",
            next_step="Judge by MAE instead.",
        )
    return answered_only("r2", judged, *quantities.r2(truth, error, level=level))


def within_tolerance(judged: Judged, level: float) -> Result:
    if judged.correct is None:
        return Unscored(metric="within_tolerance", **NO_TOLERANCE)
    return share("within_tolerance", int(judged.correct.sum()), judged.n, level)
