"""Which fields have moved together: pairs that go with each other differently in production.

The margins are taken out first: what is compared is the pilot's table of two fields after it was
fitted to production's margins, so that what is left is how the two go together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from proveout.checks.readiness.gap.joint import Feature

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BINS = 6
_TOP = 7
"""Categories that stand alone; the rest share one bin."""
_LEVEL = 0.01
"""Chance that any pair is named though the two sides are alike in all of them."""
_FAR = 0.05
"""Distance from which a pair is worth a word."""
_RESAMPLES = 200
_SMALLEST = 2 / (_RESAMPLES + 1)
"""A pair stays if no more than one resample of two hundred is as far apart."""
_STEPS = 200
_CONVERGED = 1e-9
_MOST_NAMED = 5
_MOST_CONFIRMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Two fields that go with each other differently in production."""

    columns: tuple[str, str]
    features: tuple[int, int]
    """Their places among the features that were looked at."""
    distance: float
    """Jensen-Shannon distance of the tables after their margins were made equal, 0 to 1."""
    p_adjusted: float
    """Chance of such a distance if they went together alike; for all pairs looked at (Holm)."""
    cell: tuple[int, int]
    """Bins in which the two differ most."""
    expected: float
    """Share of production that the cell would be if the fields went together as in the pilot."""
    found: float
    """Share of production that it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    first: Feature
    second: Feature
    at: tuple[int, int]
    tables: tuple[NDArray[np.float64], NDArray[np.float64]]
    p_value: float


def codes_of(feature: Feature) -> tuple[NDArray[np.intp], int]:
    """Cut a feature into few bins, missing last; return the bins and how many there are."""
    values, missing = feature.values, np.isnan(feature.values)
    if feature.is_category:
        codes = np.minimum(np.where(missing, 0, values), _TOP).astype(np.intp)
        n = _TOP + 1
    else:
        edges = edges_of(feature)
        codes = np.searchsorted(edges, values, side="left").astype(np.intp)
        n = len(edges) + 1
    codes[missing] = n
    return codes, n + 1


def is_rest(bin_: int) -> bool:
    """Tell whether a bin of a category holds what is too rare for a bin of its own."""
    return bin_ == _TOP


def edges_of(feature: Feature) -> NDArray[np.float64]:
    """Return the upper ends of a figure's bins but the last."""
    present = feature.values[~np.isnan(feature.values)]
    different = np.unique(present)
    if different.size <= 2 * _BINS:
        return np.asarray((different[1:] + different[:-1]) / 2)
    return np.unique(np.quantile(present, np.arange(1, _BINS) / _BINS))


def shifts(used: Sequence[Feature], n_pilot: int, *, seed: int) -> list[Shift]:
    """Find pairs that moved together, the farthest first; none where chance may be to blame.

    Each pair is tested for the three-way interaction with the side it comes from: the likelihood
    ratio against the model in which the two fields go together alike on both sides, Holm's
    correction over all pairs, and for those that are left a parametric bootstrap of that model,
    because a chi-square law is no good where cells are few. Source: Bishop, Fienberg and Holland,
    Discrete Multivariate Analysis (1975), chapters 3 and 4; Holm (1979), Scand. J. Stat. 6, 65-70.
    """
    # Weekday and hour of a moment mostly repeat what a field beside it says in local time.
    wanted = [(at, each) for at, each in enumerate(used) if each.part in (None, "month")]
    coded = [(at, each, *codes_of(each)) for at, each in wanted]
    tests: list[_Test] = []
    for (at_first, first, a, n_a), (at_second, second, b, n_b) in combinations(coded, 2):
        if first.column == second.column or (first.is_calendar and second.is_calendar):
            continue
        tables = _tables(a, n_a, b, n_b, n_pilot)
        p_value = _p_value(*tables)
        if p_value is not None:
            at = (at_first, at_second)
            tests.append(_Test(first=first, second=second, at=at, tables=tables, p_value=p_value))
    tests.sort(key=lambda test: (test.p_value, test.first.column, test.second.column))
    found: list[Shift] = []
    adjusted = 0.0
    rng = np.random.default_rng(seed)
    for rank, test in enumerate(tests):
        adjusted = max(adjusted, min(1.0, test.p_value * (len(tests) - rank)))
        if adjusted > _LEVEL or len(found) >= _MOST_CONFIRMED:
            break
        shift = _shift(test, adjusted)
        if shift.distance >= _FAR and _by_chance(test.tables, rng) <= _SMALLEST:
            found.append(shift)
    found.sort(key=lambda each: (-each.distance, each.columns))
    return _each_pair_once(found, used)


def _each_pair_once(found: Sequence[Shift], used: Sequence[Feature]) -> list[Shift]:
    """Of all that says when a record came about keep what differs most."""
    best: dict[frozenset[str], Shift] = {}
    for shift in found:
        named = (used[at] for at in shift.features)
        best.setdefault(frozenset("" if f.is_calendar else f.column for f in named), shift)
    return list(best.values())[:_MOST_NAMED]


def _tables(
    a: NDArray[np.intp], n_a: int, b: NDArray[np.intp], n_b: int, n_pilot: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cells = a * n_b + b
    one, other = (
        np.bincount(side, minlength=n_a * n_b).reshape(n_a, n_b).astype(float)
        for side in (cells[:n_pilot], cells[n_pilot:])
    )
    return one, other


def _alike(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit the model without three-way interaction: margins of each side, one way to go together."""
    whole = one + other
    first, second = np.where(whole > 0, 1.0, 0.0), np.where(whole > 0, 1.0, 0.0)
    for _ in range(_STEPS):
        before = first.copy()
        for axis in (0, 1):
            first *= _ratio(one.sum(axis, keepdims=True), first.sum(axis, keepdims=True))
            second *= _ratio(other.sum(axis, keepdims=True), second.sum(axis, keepdims=True))
        scale = _ratio(whole, first + second)
        first, second = first * scale, second * scale
        if np.abs(first - before).max() < _CONVERGED * max(whole.sum(), 1.0):
            break
    return first, second


def _ratio(wanted: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(wanted, there, out=np.zeros_like(wanted + there), where=there > 0)


def _p_value(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    from scipy.special import chdtrc

    rows = (one.sum(1) > 0) & (other.sum(1) > 0)
    columns = (one.sum(0) > 0) & (other.sum(0) > 0)
    one, other = one[rows][:, columns], other[rows][:, columns]
    filled = (one + other) > 0
    freedom = int(filled.sum()) - one.shape[0] - one.shape[1] + 1
    if freedom < 1:
        return None
    return float(chdtrc(freedom, _likelihood_ratio(one, other)))


def _likelihood_ratio(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    total = 0.0
    for seen, fitted in zip((one, other), _alike(one, other), strict=True):
        there = (seen > 0) & (fitted > 0)
        total += 2 * float((seen[there] * np.log(seen[there] / fitted[there])).sum())
    return max(total, 0.0)


def _by_chance(
    tables: tuple[NDArray[np.float64], NDArray[np.float64]], rng: np.random.Generator
) -> float:
    """Return how often tables in which the fields go together alike are as far apart."""
    found = _likelihood_ratio(*tables)
    fitted = _alike(*tables)
    as_far = 0
    for _ in range(_RESAMPLES):
        drawn = [
            rng.multinomial(int(seen.sum()), (fit / fit.sum()).ravel()).reshape(fit.shape)
            for seen, fit in zip(tables, fitted, strict=True)
        ]
        as_far += _likelihood_ratio(drawn[0].astype(float), drawn[1].astype(float)) >= found
        if (as_far + 1) / (_RESAMPLES + 1) > _SMALLEST:
            break
    return (as_far + 1) / (_RESAMPLES + 1)


def _shift(test: _Test, p_adjusted: float) -> Shift:
    one, other = test.tables
    fitted = _fitted_to(one, other)
    expected, found = fitted / fitted.sum(), other / other.sum()
    cell = np.unravel_index(int(np.argmax(np.abs(found - expected))), found.shape)
    at = (int(cell[0]), int(cell[1]))
    return Shift(
        columns=(test.first.column, test.second.column),
        features=test.at,
        distance=_distance(expected, found),
        p_adjusted=p_adjusted,
        cell=at,
        expected=float(expected[at]),
        found=float(found[at]),
    )


def _fitted_to(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the pilot's table production's margins, keeping how its fields go together."""
    table = one + 0.5  # so that a cell the pilot lacks by chance can be reached
    for _ in range(_STEPS):
        before = table
        for axis in (0, 1):
            table = table * _ratio(other.sum(axis, keepdims=True), table.sum(axis, keepdims=True))
        if np.abs(table - before).max() < _CONVERGED * other.sum():
            break
    return table


def _distance(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    middle = (p + q) / 2
    divergence = 0.0
    for side in (p, q):
        there = side > 0
        divergence += float((side[there] * np.log2(side[there] / middle[there])).sum()) / 2
    return float(np.sqrt(min(1.0, max(0.0, divergence))))
