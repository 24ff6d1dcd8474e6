"""Figures that cannot belong with the others of their column."""

from __future__ import annotations

import numpy as np

from proveout.checks.readiness.cells.grid import Column
from proveout.checks.readiness.cells.shapes import Shapes
from proveout.checks.readiness.cells.signal import Signal, Told, by_value

_FAR = 8.0
"""Robust standard deviations from the median, on the scale that fits the figures better."""
_RARE = 0.01
_FEW = 0.03
"""Largest share of figures that a gap may part from the body."""
_GAP = 0.5
"""Width of the gap, as a share of the body's whole range."""
_LOG_GAP = 0.15
_FEWEST = 10
"""Different figures from which there is a body."""


def outliers(column: Column, shapes: Shapes) -> Signal | None:
    """Find figures that lie far outside all others, by the column's own scale or its logarithm.

    A column of codes (all different whole numbers) has no figures too large.
    """
    if shapes.numeric_share < 0.9 or column.n_filled < 50:
        return None
    figures, counts = shapes.figures, column.counts
    known = ~np.isnan(figures)
    distance = _distances(figures[known], counts[known])
    positive = known & (figures > 0)
    if positive.sum() >= 0.9 * known.sum():
        on_log = np.full(len(figures), 0.0)
        on_log[positive] = _distances(np.log(figures[positive]), counts[positive])
        distance = np.minimum(distance, np.where(positive, on_log, np.inf)[known])
    far = distance > _FAR
    if counts[known][far].sum() > _RARE * column.n_filled:
        far[:] = False
    far |= _apart(figures[known], counts[known])
    if not far.any():
        return None
    ordinary = figures[known][~far]
    low, high = float(ordinary.min()), float(ordinary.max())
    codes = np.flatnonzero(known)[far].tolist()
    reason = f"far outside the other figures of {column.name}, {low:g} to {high:g}"
    return by_value("outlier", column, {code: (0.7, Told(reason=reason)) for code in codes})


def _apart(figures: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Find the few largest figures where a wide gap parts them from the body, on either scale."""
    order = np.argsort(figures)
    ranked, below = figures[order], np.cumsum(counts[order]) / counts.sum()
    apart = np.zeros(len(figures), bool)
    candidates = np.flatnonzero(below[:-1] >= 1 - _FEW)
    body = ranked[candidates] - ranked[0]
    wide = np.diff(ranked)[candidates] >= _GAP * np.maximum(body, 1e-9)
    if ranked[0] > 0:
        logs = np.log(ranked)
        log_body = logs[candidates] - logs[0]
        wide &= np.diff(logs)[candidates] >= _LOG_GAP * np.maximum(log_body, 1e-9)
    if wide.any() and len(ranked) > _FEWEST:
        apart[order[candidates[wide][0] + 1 :]] = True
    return apart


def _distances(figures: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return how many robust deviations each figure lies from the median, each side for itself."""
    order = np.argsort(figures)
    at = np.cumsum(counts[order]) / counts.sum()

    def quantile(q: float) -> float:
        return float(figures[order][np.searchsorted(at, q)])

    middle = quantile(0.5)
    up = max((quantile(0.9) - middle) / 1.2816, (quantile(0.99) - middle) / 2.3263)
    down = max((middle - quantile(0.1)) / 1.2816, (middle - quantile(0.01)) / 2.3263)
    spread = np.where(figures >= middle, up, down)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(figures - middle) / spread
    return np.where(spread > 0, distance, 0.0)
