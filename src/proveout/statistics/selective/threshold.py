"""The threshold from which on answers may go out alone, with a promise about their error.

The promise: with probability `probability` over the rows it was chosen on, the share of wrong
answers among all that reach the threshold is at most `max_error`, as long as rows come from where
these came from. It needs neither a calibrated confidence nor an error that falls with it.

Method: Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021, arXiv 2110.01052,
with a split for the order of tests, their section on fixed sequences). A quarter of the rows, drawn
at random, says which thresholds to try and in which order: from the one it holds the safest towards
those that let more through. The rest tests them in this order, and the first that fails ends it;
so all tests together err as seldom as one, and none has to pay for the others. Given how many
answers reach a threshold that was fixed beforehand, the wrong ones among them are binomial, so each
test is the exact binomial one, as in selection with guaranteed risk (Geifman and El-Yaniv, 2017),
whose Bonferroni correction over thresholds is not needed here.

MAPIE's controller of binary risks does the like with bounds for any loss and thresholds given
beforehand. Ours needs no package more, and takes thresholds from wherever confidences lie.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr

from proveout.statistics.selective.curve import Point, point_at, thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARE_FOR_ORDER = 0.25
"""Rows that only say in which order to test. See benchmarks/threshold for other shares."""

MOST_THRESHOLDS = 100
"""How many are tried: a step lets through about one in a hundred answers more."""

METHOD = "learn-then-test, exact binomial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """A threshold that keeps the promise."""

    max_error: float
    probability: float
    whole: Point
    """What it does on all rows: the figures to be told."""
    tested: Point
    """What it did on the rows that tested it."""

    @property
    def threshold(self) -> float:
        """From this confidence on an answer goes out alone."""
        return self.whole.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class NoThreshold:
    """None keeps the promise, or none can be shown to."""

    reason: str
    """In one sentence."""
    next_step: str
    best: Point | None
    """The least error of those tried, on all rows; None where none was tried."""


def fewest_answers(max_error: float, probability: float) -> int:
    """Return how many answers, all of them right, it takes to show that the promise is kept.

    >>> fewest_answers(0.05, 0.9)
    45
    """
    return math.ceil(math.log(1 - probability) / math.log(1 - max_error) - 1e-9)


def recommend(
    confidence: NDArray[np.float64],
    correct: NDArray[np.bool_],
    *,
    max_error: float,
    probability: float,
    seed: int,
) -> Recommended | NoThreshold:
    """Choose the lowest threshold that keeps the promise.

    `confidence` has one entry per row, NaN where the answer may not go out alone. The rows must be
    drawn independently. Raises ValueError unless 0 < max_error < 1 and 0 < probability < 1.
    """
    if not (0 < max_error < 1 and 0 < probability < 1):
        msg = f"a promise of {max_error} error with probability {probability} means nothing"
        raise ValueError(msg)
    n, stated = len(confidence), int((~np.isnan(confidence)).sum())
    fewest = math.ceil(fewest_answers(max_error, probability) / (1 - SHARE_FOR_ORDER))
    if stated < fewest:
        return NoThreshold(
            reason=f"{stated:,} answers with a confidence and a known truth are too few; even if "
            f"all were right, it would take {fewest:,}",
            next_step="Bring more rows with a known true answer.",
            best=None,
        )
    orders = np.zeros(n, dtype=bool)
    orders[np.random.default_rng(seed).permutation(n)[: round(SHARE_FOR_ORDER * n)]] = True
    sequence = _sequence(confidence[orders], correct[orders], max_error)
    p_values = _p_values(sequence, confidence[~orders], correct[~orders], max_error)
    fails = np.flatnonzero(p_values > 1 - probability)
    passed = sequence[: fails[0]] if len(fails) else sequence
    if len(passed) == 0:
        return _none_passed(confidence, correct, max_error, probability)
    chosen = float(passed[-1])
    return Recommended(
        max_error=max_error,
        probability=probability,
        whole=point_at(chosen, confidence, correct),
        tested=point_at(chosen, confidence[~orders], correct[~orders]),
    )


def _sequence(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], max_error: float
) -> NDArray[np.float64]:
    """Return thresholds in the order of their tests: from the safest one downwards."""
    downwards = _written_short(thresholds(confidence, most=MOST_THRESHOLDS))[::-1]
    if len(downwards) == 0:
        return downwards
    return downwards[int(np.argmin(_p_values(downwards, confidence, correct, max_error))) :]


def _written_short(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut each value to as few decimals as keep it above the one before it.

    People have to write it down; and any value will do that is fixed before it is tested.
    """
    short, before = [], -math.inf
    for value in ascending.tolist():
        cuts = (math.floor(value * 10**d + 1e-9) / 10**d for d in range(2, 12))
        short.append(next((cut for cut in cuts if before < cut), value))
        before = value
    return np.array(short)


def _p_values(
    values: NDArray[np.float64],
    confidence: NDArray[np.float64],
    correct: NDArray[np.bool_],
    max_error: float,
) -> NDArray[np.float64]:
    """Test for each threshold that the error above it exceeds the limit: exact binomial tail."""
    through, wrong = (_at_least(values, confidence[rows]) for rows in (slice(None), ~correct))
    return np.where(through > 0, bdtr(wrong, np.maximum(through, 1), max_error), 1.0)


def _at_least(values: NDArray[np.float64], confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    stated = np.sort(confidence[~np.isnan(confidence)])
    return len(stated) - np.searchsorted(stated, values, side="left")


def _none_passed(
    confidence: NDArray[np.float64],
    correct: NDArray[np.bool_],
    max_error: float,
    probability: float,
) -> NoThreshold:
    fewest = fewest_answers(max_error, probability)
    tried = [
        point_at(value, confidence, correct)
        for value in thresholds(confidence, most=MOST_THRESHOLDS)
    ]
    enough = [point for point in tried if point.let_through >= fewest]
    best = min(enough, key=lambda point: (point.error or 0.0, point.threshold))
    distinct = len(np.unique(confidence[~np.isnan(confidence)]))
    alike = "; all answers state the same confidence" if distinct == 1 else ""
    return NoThreshold(
        reason=f"no threshold can be shown to keep the error of what goes out alone at or below "
        f"{max_error:.4g} with probability {probability:.4g}{alike}",
        next_step="Let all answers go to a person, or bring more rows with a known true answer, "
        "or a system whose confidence tells right from wrong.",
        best=best,
    )
