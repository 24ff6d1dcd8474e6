"""Estimate accuracy without labels, with a slope that past blocks have shown to be right.

Confidence-based performance estimation (CBPE, NannyML; Białek et al., "Estimating model performance
under covariate shift without labels", arXiv 2401.08348) takes the mean calibrated confidence of a
window. It is right where only the mix of cases changes. In data of months, what makes cases harder
also makes each of them worse than it looks, or has nothing to do with confidence at all; no window
can tell which by itself, but the past can:

    estimate = a + slope * (e - e0)

a is how often the reference was right, e0 its mean calibrated confidence, e that of the window.
Slope 0 says that nothing changes, slope 1 is CBPE. It is fitted to blocks of the reference (weeks),
each against the calibration learnt without it, and drawn towards 1 as far as the blocks leave it
open. Where blocks that were left out are not estimated better than by 'nothing changes', there is
no estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri, stdtrit

from proveout.statistics.estimated.calibrated import Levels, curves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST_BLOCKS, FEWEST_ROWS_OF_A_BLOCK = 6, 30
FEWEST_IN_WINDOW = 50
STEEPEST = 3.0
LEAST_SKILL = 0.1
"""Share of the squared error of 'nothing changes' that the estimate must take away in blocks that
were left out."""
SURE = 0.8
"""Share of resamples of the blocks in which it must be better at all."""
LUCK = 0.05
"""Blocks differ by more than sampling where a chi-square test says so at this level."""
FURTHEST = 3.0
"""A window's mean confidence may lie so many times as far from the reference's as any block's."""
MOST_STRANGE, FEWEST_ALIKE = 0.05, 5
"""Share of a window's answers whose like (same answer, about the same confidence) the reference
has fewer than so many of."""
RESAMPLES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEstimate:
    """Why none can be given."""

    reason: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How good the answers of a window probably are."""

    value: float
    low: float
    high: float
    level: float
    n: int
    no_change: float
    """What the reference had."""
    by_confidence: float
    """What plain CBPE would say."""
    slope: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Answers whose truth is known. Arrays have one entry per answer."""

    confidence: Floats
    correct: NDArray[np.bool_]
    block: NDArray[np.intp]
    """Which block (week, site …) each is from, as any number."""
    answer: NDArray[np.object_] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What a set of blocks teaches."""

    curve: Floats
    """How often answers of each cell are right."""
    base: float
    """How often all were."""
    usual: float
    """Mean of the curve over all."""
    slope: float

    def here(self, window: Floats) -> float:
        """Return the mean of the curve over a window, given as rows per cell."""
        return float(window @ self.curve / window.sum())

    def of(self, window: Floats) -> float:
        """Return the estimate of a window."""
        away = self.here(window) - self.usual
        return float(np.clip(self.base + self.slope * away, 0, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimator:
    """What was learnt. `estimate` applies it to a window."""

    levels: Levels
    counts: Floats
    """[block, 2, cell]: rows, and right ones."""
    slope: float
    skill: float
    """Share of the squared error of 'nothing changes' that it took away in blocks left out."""
    spread: float
    """Between blocks, beyond what sampling explains: standard deviation of what it was off by."""
    furthest: float
    """The most by which a block's mean confidence was away from that of all."""
    resampled: tuple[Learnt, ...]
    """What would have been learnt from blocks drawn again."""

    @property
    def blocks(self) -> int:
        """How many blocks it rests on."""
        return len(self.counts)

    @property
    def usual_difference(self) -> float:
        """By how much estimates of blocks of the reference differ: standard deviation."""
        rows, right = self.counts.sum(axis=0)
        curve = curves(self.levels.shape, rows, right)
        each = self.counts[:, 0, :] @ curve / self.counts[:, 0, :].sum(axis=1)
        return max(self.slope * float(np.std(each, ddof=1)), 1e-4)

    def estimate(
        self,
        confidence: Floats,
        answer: NDArray[np.object_] | None = None,
        *,
        level: float = 0.95,
        seed: int,
    ) -> Estimate | NoEstimate:
        """Estimate the share of right answers in a window, or say why that cannot be done.

        The interval covers the sampling of the window, that of the reference (blocks drawn again,
        calibration and slope learnt again), and what weeks are off by beyond that.
        """
        stated = ~np.isnan(confidence)
        cells = self.levels.cells(confidence[stated], None if answer is None else answer[stated])
        refused = self._refusal(cells)
        if refused is not None:
            return refused
        window = np.bincount(cells, minlength=self.counts.shape[2]).astype(float)
        learnt = _learnt(self.counts, self.levels.shape, self.slope)
        found, plain, base = learnt.of(window), learnt.here(window), learnt.base
        away = plain - learnt.usual
        if abs(away) > FURTHEST * self.furthest:
            return NoEstimate(
                reason=f"mean confidence is {abs(away):.3f} away from that of the reference, whose "
                f"blocks were never more than {self.furthest:.3f} away",
                next_step="Bring true answers for some of these cases.",
            )
        random = np.random.default_rng(seed)
        again = random.multinomial(int(window.sum()), window / window.sum(), len(self.resampled))
        drawn = [
            learnt.of(np.asarray(each, float))
            for learnt, each in zip(self.resampled, again, strict=True)
        ]
        own = max(found * (1 - found), 1e-4) / window.sum()
        spread = float(np.sqrt(np.var(drawn) + own + self.spread**2))
        reach = float(stdtrit(max(self.blocks - 2, 1), (1 + level) / 2)) * spread
        return Estimate(
            value=found,
            low=max(0.0, found - reach),
            high=min(1.0, found + reach),
            level=level,
            n=int(window.sum()),
            no_change=base,
            by_confidence=plain,
            slope=self.slope,
        )

    def rightness(self, confidence: Floats, answer: NDArray[np.object_] | None = None) -> Floats:
        """Return how often answers like each one were right in the reference."""
        rows, right = self.counts.sum(axis=0)
        curve = curves(self.levels.shape, rows, right)
        return np.asarray(curve[self.levels.cells(confidence, answer)])

    def _refusal(self, cells: NDArray[np.intp]) -> NoEstimate | None:
        if len(cells) < FEWEST_IN_WINDOW:
            return NoEstimate(
                reason=f"only {len(cells)} answers in the window state a confidence",
                next_step="Look at a longer window: monitoring.window_days.",
            )
        alike = self.counts[:, 0, :].sum(axis=0)
        strange = float(np.mean(_nearby(alike, self.levels.shape)[cells] < FEWEST_ALIKE))
        if strange > MOST_STRANGE:
            return NoEstimate(
                reason=f"{strange:.0%} of the answers are such as the reference hardly has "
                "(the same answer with about the same confidence)",
                next_step="Bring true answers for some of these cases.",
            )
        return None


def fit(reference: Reference, *, seed: int) -> Estimator | NoEstimate:
    """Learn calibration and slope, and judge on blocks left out whether estimates can be given."""
    stated = ~np.isnan(reference.confidence)
    if not stated.any():
        return NoEstimate(
            reason="the system states no confidence",
            next_step="Let it state one beside its answers.",
        )
    confidence, correct = reference.confidence[stated], reference.correct[stated]
    answer = None if reference.answer is None else reference.answer[stated]
    names, block = np.unique(reference.block[stated], return_inverse=True)
    levels = Levels.of(confidence, answer)
    cells = levels.cells(confidence, answer)
    size = levels.shape[0] * levels.shape[1]
    flat = block * size + cells
    rows = np.bincount(flat, minlength=len(names) * size).reshape(len(names), size)
    right = np.bincount(flat, weights=correct, minlength=len(names) * size).reshape(rows.shape)
    enough = rows.sum(axis=1) >= FEWEST_ROWS_OF_A_BLOCK
    counts = np.stack([rows, right], axis=1)[enough].astype(float)
    if len(counts) < FEWEST_BLOCKS:
        return NoEstimate(
            reason=f"the truth is known for {len(counts)} blocks (weeks, or days) of at least "
            f"{FEWEST_ROWS_OF_A_BLOCK} answers; {FEWEST_BLOCKS} are needed to see whether "
            "confidence tells good ones from bad ones",
            next_step="Measure quality on labelled records of more weeks, with data.timestamp.",
        )
    return _judged(levels, counts, seed)


def _judged(levels: Levels, counts: Floats, seed: int) -> Estimator | NoEstimate:
    slope, away, off = _slope(counts, levels.shape, cross_fitted=True)
    rows = counts[:, 0, :].sum(axis=1)
    noise = _noise(counts)
    left_out = np.array(
        [
            off[at] - _fitted(np.delete(away, at), np.delete(off, at), np.delete(noise, at))
            * away[at]
            for at in range(len(counts))
        ]
    )  # fmt: skip
    weight = 1 / (noise + np.maximum(np.var(off) - noise.mean(), 0))
    before, after = weight * off**2, weight * left_out**2
    # What sampling alone adds to both can be explained by nobody.
    sampling = float(np.sum(weight * noise))
    explicable = float(before.sum()) - sampling
    skill = float((before.sum() - after.sum()) / max(explicable, 1e-12))
    drawn = np.random.default_rng(seed).integers(0, len(counts), (500, len(counts)))
    sure = float(np.mean(after[drawn].sum(axis=1) < before[drawn].sum(axis=1)))
    if float(np.sum(off**2 / noise)) < float(chdtri(len(counts) - 1, LUCK)):
        return NoEstimate(
            reason="quality hardly differed from block to block in the reference, so nothing "
            "shows whether confidence would tell when it does",
            next_step="Bring true answers for some of the cases; or a reference of more weeks.",
        )
    if slope <= 0 or skill < LEAST_SKILL or sure < SURE:
        return NoEstimate(
            reason=f"on {len(counts)} blocks of the reference an estimate by confidence is no "
            "better than to assume that nothing changes",
            next_step="Bring true answers for some of the cases, drawn at random.",
        )
    squared = float(np.average(left_out**2 - noise, weights=rows))
    return Estimator(
        levels=levels,
        counts=counts,
        slope=slope,
        skill=min(skill, 1.0),
        spread=float(np.sqrt(max(squared, 0.0))),
        furthest=float(np.abs(away).max()),
        resampled=_resampled(levels, counts, seed),
    )


def _resampled(levels: Levels, counts: Floats, seed: int) -> tuple[Learnt, ...]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(RESAMPLES):
        again = counts[random.integers(0, len(counts), len(counts))]
        slope, _, _ = _slope(again, levels.shape, cross_fitted=False)
        found.append(_learnt(again, levels.shape, slope))
    return tuple(found)


def _learnt(counts: Floats, shape: tuple[int, int], slope: float) -> Learnt:
    rows, right = counts.sum(axis=0)
    curve = curves(shape, rows, right)
    n = rows.sum()
    return Learnt(
        curve=curve, base=float(right.sum() / n), usual=float(rows @ curve / n), slope=slope
    )


def _slope(
    counts: Floats, shape: tuple[int, int], *, cross_fitted: bool
) -> tuple[float, Floats, Floats]:
    """Return the slope, and of each block by how much confidence and rightness were away."""
    total = counts.sum(axis=0)
    whole = np.zeros(0) if cross_fitted else curves(shape, total[0], total[1])
    base = total[1].sum() / total[0].sum()
    away, off = np.empty(len(counts)), np.empty(len(counts))
    for at, (rows, right) in enumerate(counts):
        rest = total - counts[at]
        curve = curves(shape, rest[0], rest[1]) if cross_fitted else whole
        away[at] = rows @ curve / rows.sum() - total[0] @ curve / total[0].sum()
        off[at] = right.sum() / rows.sum() - base
    return _fitted(away, off, _noise(counts)), away, off


def _fitted(away: Floats, off: Floats, noise: Floats) -> float:
    """Weighted least squares through zero, drawn towards slope 1 by a normal belief around it."""
    between = max(float(np.mean((off - away) ** 2 - noise)), 0.0)
    weight = 1 / (noise + between)
    slope = (np.sum(weight * away * off) + 1.0) / (np.sum(weight * away**2) + 1.0)
    return float(np.clip(slope, 0.0, STEEPEST))


def _noise(counts: Floats) -> Floats:
    rows, right = counts[:, 0, :].sum(axis=1), counts[:, 1, :].sum(axis=1)
    share = (right + 1) / (rows + 2)
    return np.asarray(share * (1 - share) / rows)


def _nearby(rows: Floats, shape: tuple[int, int]) -> Floats:
    """Count the rows of each cell and of those next to it in confidence."""
    padded = np.pad(rows.reshape(shape), ((0, 0), (2, 2)))
    return np.asarray(sum(padded[:, by : by + shape[1]] for by in range(5))).reshape(-1)
