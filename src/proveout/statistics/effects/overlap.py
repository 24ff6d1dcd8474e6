"""Two groups of cases made comparable, by how likely each case was to be in either.

Each case weighs as much as it was likely to be in the other group (overlap weights: means of all
columns are then the same in both, and no single case can decide), and what columns still explain is
taken out by a regression in each group; the result is right if either of the two models is. The
spread is that of leaving out one person (or team) at a time, so that what cases of one person have
in common counts once.

Sources: Li, Morgan and Zaslavsky (2018), JASA 113, 390-400; Mao, Li and Greene (2019), Statistical
Methods in Medical Research 28, 2439-2454 (augmentation); MacKinnon, Nielsen and Webb (2023),
Journal of Econometrics 232, 272-299 (leaving out clusters).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Flags, Floats, Ints
from proveout.statistics.effects.team_sums import Sum

RIDGE = 1e-6
"""Keeps chances off 0 and 1 where a column tells the groups apart; share of the mean weight."""
STEPS = 40
MOST_SINGLY = 400
"""Clusters up to which each is left out in turn; of more, the linear approximation is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balanced:
    """How likely each case was to be in the first group, and what it weighs."""

    chance: Floats
    weight: Floats
    """Of its own group's figures."""
    shared: Floats
    """Of those whom the comparison is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Figures of both groups and their difference."""

    without: Sum
    effect: Sum
    level: Sum
    n_clusters: int


def balanced(group: Flags, columns: Floats, size: Floats) -> Balanced:
    """Fit the chances by a logistic regression; `size` is what a case counts by itself."""
    chance = _chances(group, columns, size)
    return Balanced(
        chance=chance,
        weight=size * np.where(group, 1 - chance, chance),
        shared=size * chance * (1 - chance),
    )


def compare(
    values: Floats, group: Flags, columns: Floats, groups: Balanced, cluster: Ints
) -> Compared:
    """Return level with, level without, and the difference, for those whom both could befall."""
    n_clusters = int(cluster.max()) + 1
    arms = [
        _arm(values, chosen, columns, groups, cluster, n_clusters) for chosen in (group, ~group)
    ]
    found = np.array([arm.found for arm in arms])
    at = np.append(found, found[0] - found[1])
    first, second = (arm.moved for arm in arms)
    moved = np.column_stack([first, second, first - second])
    errors = np.sqrt(np.sum(moved**2, axis=0) * (n_clusters - 1) / n_clusters)
    sizes = [_effective(groups.weight, chosen, cluster) for chosen in (group, ~group)]
    df = min(_welch(sizes), n_clusters - 1.0)
    level, without, effect = (
        Sum(value=float(value), error=float(error), df=max(1.0, free))
        for value, error, free in zip(at, errors, (sizes[0] - 1, sizes[1] - 1, df), strict=True)
    )
    return Compared(without=without, effect=effect, level=level, n_clusters=n_clusters)


def difference(values: Floats, group: Flags, columns: Floats, groups: Balanced) -> float:
    """Return the difference alone, without its spread."""
    means = columns.T @ groups.shared / groups.shared.sum()
    first, second = (
        float(means @ _coefficients(values, chosen, columns, groups)[0])
        for chosen in (group, ~group)
    )
    return first - second


@dataclass(frozen=True, slots=True)
class _Arm:
    """The level of one group among all, and how each cluster moves it."""

    found: float
    moved: Floats
    """By leaving it out."""


def _arm(  # noqa: PLR0917  parts of one comparison
    values: Floats, chosen: Flags, columns: Floats, groups: Balanced, cluster: Ints, n: int
) -> _Arm:
    mine, weight, own = columns[chosen], groups.weight[chosen], cluster[chosen]
    beta, inverse = _coefficients(values, chosen, columns, groups)
    total = float(groups.shared.sum())
    means = columns.T @ groups.shared / total
    found = float(means @ beta)
    score = weight * (values[chosen] - mine @ beta)

    off = groups.shared * (columns @ beta - found)
    pulled = np.bincount(own, (mine @ (inverse @ means)) * score, n)
    linear = np.asarray(pulled + np.bincount(cluster, off, n) / total, dtype=float)
    if n > MOST_SINGLY:
        return _Arm(found, linear)
    width = columns.shape[1]
    theirs = _sums(own, score[:, None] * mine, n)
    shared = _sums(cluster, groups.shared[:, None] * columns, n)
    grams = np.empty((n, width, width))
    order = np.argsort(own, kind="stable")
    bounds = np.searchsorted(own[order], np.arange(n + 1))
    sorted_mine = mine[order]
    sorted_weighted = sorted_mine * weight[order][:, None]
    for each in range(n):
        rows = slice(bounds[each], bounds[each + 1])
        grams[each] = sorted_mine[rows].T @ sorted_weighted[rows]
    left = (1 + 1e-8) * np.eye(width) - inverse @ grams
    steps = np.linalg.solve(left, (theirs @ inverse)[:, :, None])[:, :, 0]
    others = total * means - shared
    others /= np.maximum(others[:, :1], 1e-300)
    return _Arm(found, found - np.sum(others * (beta - steps), axis=1))


def _sums(code: Ints, table: Floats, n: int) -> Floats:
    return np.column_stack([np.bincount(code, column, n) for column in table.T])


def _coefficients(
    values: Floats, chosen: Flags, columns: Floats, groups: Balanced
) -> tuple[Floats, Floats]:
    mine = columns[chosen]
    weighted = mine * groups.weight[chosen][:, None]
    gram = mine.T @ weighted
    gram[np.diag_indices_from(gram)] += RIDGE * np.diag(gram).mean()
    inverse = np.linalg.pinv(gram, hermitian=True)
    return np.asarray(inverse @ (weighted.T @ values[chosen])), np.asarray(inverse)


def _chances(group: Flags, columns: Floats, size: Floats) -> Floats:
    """Return the chances of a logistic regression, by Newton's method with a light ridge."""
    beta = np.zeros(columns.shape[1])
    share = float(size[group].sum() / size.sum())
    beta[0] = np.log(share / (1 - share))
    chance = np.full(len(group), share)
    penalty = RIDGE * float(size.sum()) * np.ones(len(beta))
    penalty[0] = 0.0
    for _ in range(STEPS):
        weight = size * np.maximum(chance * (1 - chance), 1e-9)
        slope = columns.T @ (size * (group - chance)) - penalty * beta
        gram = columns.T @ (columns * weight[:, None])
        gram[np.diag_indices_from(gram)] += penalty
        step = np.linalg.lstsq(gram, slope, rcond=1e-10)[0]
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        beta += step
        chance = 1 / (1 + np.exp(-np.clip(columns @ beta, -30, 30)))
        if np.abs(step).max() < 1e-7:
            break
    return np.asarray(chance)


def _effective(weight: Floats, chosen: Flags, cluster: Ints) -> float:
    """Return how many clusters of one size would tell as much."""
    sums = np.bincount(cluster[chosen], weight[chosen])
    squares = float(np.sum(sums**2))
    return float(sums.sum()) ** 2 / squares if squares else 1.0


def _welch(sizes: list[float]) -> float:
    first, second = (1 / max(each, 1.01) for each in sizes)
    below = first**2 / max(sizes[0] - 1, 0.01) + second**2 / max(sizes[1] - 1, 0.01)
    return (first + second) ** 2 / below
