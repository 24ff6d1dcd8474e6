"""Search all parts of the rows for those that are served worse, without being fooled by chance.

Every part is tested against the rest of the rows: a right-or-wrong loss by Fisher's exact test, a
loss in numbers by the rank-sum test. Both hold whatever the loss is distributed like, given that
the parts are alike. Holm's correction over all tests keeps the chance of naming any part, where
none is worse, below 5 %. Half of it is spent on single parts and half on pairs of parts, so that
the many pairs do not hide a single part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from scipy.special import ndtr

from proveout.checks.quality.cuts import Cut, Kind
from proveout.evidence.model import Interval
from proveout.statistics import holm, mean_of_sums, simultaneous_level, wilson
from proveout.statistics.scores import FEWEST_FOR_MEAN, Task, is_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_ROWS = 30
"""A part with fewer rows with a known truth is not judged alone; it is counted and named."""

FEWEST_ROWS_IN_PAIR = 100
MOST_CUTS_TO_PAIR = 30
"""Beyond this many ways to cut, only the first are paired; `n_cuts_not_paired` says how many."""

FALSE_ALARMS = 0.025
"""Adjusted p value from which on a part is named. Half of the 5 % that is promised: a promise that
is kept on average only is broken in every other series of runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the rows, and how it is served."""

    kind: Kind
    name: str
    """'EWR', '2013-07', 'origin=EWR', 'dep_time is missing', 'origin=EWR & carrier=EV'."""
    n: int
    """Rows with a known truth (for a number: with an answer as well)."""
    value: float
    """Accuracy, or MAE."""
    interval: Interval
    """At the level that one figure needs."""
    simultaneous: Interval
    """At the level that it needs as one of all that were looked at."""
    p_adjusted: float
    """Family-wise, over everything that was looked at."""
    mean_loss: float
    """1 - accuracy, or MAE: larger is worse, whatever the task."""

    @property
    def is_worse(self) -> bool:
        """Worse than the rest, beyond what chance explains after looking at so many."""
        return self.p_adjusted <= FALSE_ALARMS


@dataclass(frozen=True, slots=True, kw_only=True)
class TooSmall:
    """Parts of one cut that have too few rows to be judged."""

    kind: Kind
    column: str
    parts: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was looked at and found."""

    parts: tuple[Part, ...]
    """Single parts, in the order of the cuts."""
    worse: tuple[Part, ...]
    """Parts and pairs of parts that are significantly worse than the rest, the worst first. A
    pair is listed only where it is worse than either of its parts."""
    worst: Part | None
    """The first of those; else the single part whose bound is worst."""
    too_small: tuple[TooSmall, ...]
    n_looked_at: int
    n_cuts_not_paired: int


def search(
    loss: NDArray[np.float64], cuts: Sequence[Cut], *, task: Task, level: float = 0.95
) -> Search:
    """Search parts and pairs of parts. `loss` has one entry per row: 0 or 1, or a number."""
    fewest = FEWEST_ROWS if is_share(task) else FEWEST_FOR_MEAN
    paired = cuts[:MOST_CUTS_TO_PAIR]
    whole = _Whole(loss, task)
    singles = _cells(whole, [(cut,) for cut in cuts], fewest)
    pairs = _cells(whole, list(combinations(paired, 2)), max(fewest, FEWEST_ROWS_IN_PAIR))
    families = bool(singles) + bool(pairs)  # between which the false alarms are split
    bound = simultaneous_level(level, len(singles) + len(pairs))
    parts = [
        whole.part(cell, p, (level, bound))
        for cell, p in zip(singles, _adjusted(singles, families), strict=True)
    ]
    alone = {cell.place: part.mean_loss for cell, part in zip(singles, parts, strict=True)}
    worse = [part for part in parts if part.is_worse]
    worse += [
        whole.part(cell, p, (level, bound))
        for cell, p in zip(pairs, _adjusted(pairs, families), strict=True)
        if p <= FALSE_ALARMS
        and all(cell.mean_loss > alone.get((place,), 0.0) for place in cell.place)
    ]
    worse.sort(key=lambda part: (-part.mean_loss, -part.n))
    return Search(
        parts=tuple(parts),
        worse=tuple(worse),
        worst=worse[0] if worse else _worst_bound(whole, singles, level),
        too_small=tuple(_too_small(cuts, fewest)),
        n_looked_at=len(singles) + len(pairs),
        n_cuts_not_paired=len(cuts) - len(paired),
    )


_Place = tuple[str, str, int]
"""Kind and column of a cut, and the code of one of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """Counts of one part, or of what two parts have in common."""

    kind: Kind
    name: str
    place: tuple[_Place, ...]
    n: int
    total: float
    """Sum of the loss."""
    squares: float
    cubes: float
    """Sums of the squared and of the cubed loss."""
    p: float

    @property
    def mean_loss(self) -> float:
        return self.total / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """Of each part of a cut: rows, sums of the powers of the loss, p value against the rest."""

    n: NDArray[np.intp]
    total: NDArray[np.float64]
    squares: NDArray[np.float64]
    cubes: NDArray[np.float64]
    p: NDArray[np.float64]


class _Whole:
    """All rows; what parts are compared with."""

    def __init__(self, loss: NDArray[np.float64], task: Task) -> None:
        self.loss, self.task, self.n = loss, task, len(loss)
        self._powers = (loss, loss**2, loss**3)
        self._total = float(loss.sum())
        if task == "regression":
            self._ranks = stats.rankdata(loss)
            self._rank_variance = float(self._ranks.var(ddof=1)) if self.n > 1 else 0.0

    def counts(self, codes: NDArray[np.intp], n_parts: int) -> _Counts:
        """Count every part of a cut at once."""
        at = np.where(codes < 0, n_parts, codes)
        n = np.bincount(at, minlength=n_parts + 1)[:n_parts]
        total, squares, cubes = (_sums(at, each, n_parts) for each in self._powers)
        return _Counts(n=n, total=total, squares=squares, cubes=cubes, p=self._p(at, n, total))

    def part(self, cell: _Cell, p: float, levels: tuple[float, float]) -> Part:
        """Give a cell its figures, for itself and as one of many."""
        is_rate = is_share(self.task)
        own, simultaneous = (self._interval(cell, level) for level in levels)
        return Part(
            kind=cell.kind,
            name=cell.name,
            n=cell.n,
            value=1 - cell.mean_loss if is_rate else cell.mean_loss,
            interval=own,
            simultaneous=simultaneous,
            p_adjusted=p,
            mean_loss=cell.mean_loss,
        )

    def _interval(self, cell: _Cell, level: float) -> Interval:
        if is_share(self.task):
            return wilson(cell.n - round(cell.total), cell.n, level=level)
        return mean_of_sums(cell.n, cell.total, cell.squares, cell.cubes, level=level)[1]

    def _p(
        self, at: NDArray[np.intp], n: NDArray[np.intp], total: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the one-sided p value of each part against the rest."""
        if is_share(self.task):
            wrong = np.rint(total)
            return np.asarray(stats.hypergeom.sf(wrong - 1, self.n, round(self._total), n))
        ranks = _sums(at, self._ranks, len(n))
        rest = np.maximum(self.n - n, 1)
        spread = np.sqrt(n * (self.n - n) / self.n * self._rank_variance)
        above = ranks - n * (self.n + 1) / 2
        z = np.divide(above, spread, out=np.zeros(len(n)), where=spread > 0)
        # Higher ranks but a lower mean is another shape, not a worse service.
        is_higher = total / np.maximum(n, 1) > (self._total - total) / rest
        return np.where(is_higher, ndtr(-z), 1.0)


def _sums(at: NDArray[np.intp], values: NDArray[np.float64], n_parts: int) -> NDArray[np.float64]:
    sums = np.bincount(at, weights=values, minlength=n_parts + 1)[:n_parts]
    return np.asarray(sums, dtype=np.float64)


def _cells(whole: _Whole, combined: Sequence[tuple[Cut, ...]], fewest: int) -> list[_Cell]:
    """Test every part with rows enough of every cut, or of what two cuts have in common."""
    found = []
    for cuts in combined:
        codes, n_parts, sizes = _together(cuts)
        counts = whole.counts(codes, n_parts)
        n = counts.n
        own = [np.bincount(cut.codes[cut.codes >= 0], minlength=len(cut.parts)) for cut in cuts]
        for code in np.flatnonzero((n >= fewest) & (n < whole.n)):
            split = (int(code),) if len(cuts) == 1 else divmod(int(code), sizes[1])
            if len(cuts) == 2 and any(o[c] == n[code] for o, c in zip(own, split, strict=True)):
                continue  # the same rows as one of the two parts
            found.append(
                _Cell(
                    kind=cuts[0].kind if len(cuts) == 1 else "slice",
                    name=_name(cuts, split),
                    place=tuple(
                        (cut.kind, cut.column, at) for cut, at in zip(cuts, split, strict=True)
                    ),
                    n=int(n[code]),
                    total=float(counts.total[code]),
                    squares=float(counts.squares[code]),
                    cubes=float(counts.cubes[code]),
                    p=float(counts.p[code]),
                )
            )
    return found


def _together(cuts: tuple[Cut, ...]) -> tuple[NDArray[np.intp], int, tuple[int, ...]]:
    sizes = tuple(len(cut.parts) for cut in cuts)
    if len(cuts) == 1:
        return cuts[0].codes, sizes[0], sizes
    a, b = cuts[0].codes, cuts[1].codes
    return np.where((a < 0) | (b < 0), -1, a * sizes[1] + b), sizes[0] * sizes[1], sizes


def _name(cuts: tuple[Cut, ...], codes: tuple[int, ...]) -> str:
    if len(cuts) == 1:
        return cuts[0].parts[codes[0]]
    named = zip(cuts, codes, strict=True)
    return " & ".join(
        cut.parts[at] if cut.kind == "slice" else f"{cut.kind}={cut.parts[at]}" for cut, at in named
    )


def _adjusted(cells: list[_Cell], families: int) -> list[float]:
    return [min(1.0, p * families) for p in holm([cell.p for cell in cells]).tolist()]


def _worst_bound(whole: _Whole, singles: list[_Cell], level: float) -> Part | None:
    # No pair is shown where nothing is named, so the bound is one over the single parts only.
    bound = simultaneous_level(level, len(singles))
    parts = [whole.part(cell, 1.0, (level, bound)) for cell in singles]
    if is_share(whole.task):
        return min(parts, key=lambda part: part.simultaneous.low, default=None)
    return max(parts, key=lambda part: part.simultaneous.high, default=None)


def _too_small(cuts: Sequence[Cut], fewest: int) -> Iterator[TooSmall]:
    for cut in cuts:
        sizes = np.bincount(cut.codes[cut.codes >= 0], minlength=len(cut.parts))
        small = sizes[(sizes > 0) & (sizes < fewest)]
        if len(small):
            yield TooSmall(
                kind=cut.kind, column=cut.column, parts=len(small), rows=int(small.sum())
            )
