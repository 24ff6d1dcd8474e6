"""Fit service time, slots, contention and crosstalk to the levels of a run.

For every number of slots that might be, the work on each request is told apart from its wait
(`working`), and its length fitted against the number at work (`slowing`). Too few slots make work
end before it began; too many turn waiting into what looks like contention, but with a kink no
contention has. What is left over, numbers of slots that explain the run almost equally well, stays
in the fit with what each implies.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.runs import Level
from proveout.capacity.slowing import Slowing, Sums, fit_slowing, likelihoods
from proveout.capacity.working import Watched, Work, watch, work_with

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS = 12
"""Stretches of time that each level is cut into, to be drawn anew as wholes."""
_KEPT = 24
"""Numbers of slots that stay in the fit."""
_WORSE = 48.0
"""Log likelihood by which a number of slots may be worse than the best and stay in the fit: far
more than chance explains, for gamma and lognormal are guesses at the shape."""
_MOST_SLOTS = 512
"""Tried; beyond, no limit is known."""
_IMPOSSIBLE = 0.002
"""Share of requests that may seem to end before they began (clocks, a queue that is not quite
first come, first served)."""
_HIDDEN = 0.05
"""A level with more requests given up while they were worked on is left out where others are
there: work goes on unseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A number of slots and what the run looks like with it."""

    slots: int | None
    """None: no limit was reached."""
    slowing: Slowing
    likelihood: float
    scaled: NDArray[np.float64]
    """Work times of all requests over their expected mean."""
    block: NDArray[np.int64]
    """Which block each of them stands in."""
    sums: NDArray[np.float64]
    """Blocks × number at work × (count, total, log, log squared)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What the levels of a run tell of the system."""

    levels: tuple[Level, ...]
    candidates: tuple[Candidate, ...]
    """Best first; empty when nothing could be fitted."""
    most_in_system: int
    """Greatest number of requests that were in the system at once."""
    hidden: float
    """Share of requests that were given up while they were worked on, in the levels used."""
    users: tuple[int, ...]
    """Users of the levels used, in the order of their blocks."""
    requests: int
    """Requests the fit rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One system that may have brought about the run."""

    slots: int | None
    slowing: Slowing
    scaled: NDArray[np.float64]
    """Work times of requests that are alone, over their mean."""


def fit(levels: Sequence[Level], *, seed: int = 0) -> Fitted:
    """Fit to the levels of a run. `seed` is for filling in work whose end was not seen."""
    watched, hidden = _worth_looking_at([watch(level) for level in levels])
    most = max((int(np.quantile(w.others, 0.99)) for w in watched if len(w.others)), default=0)
    tried: list[Candidate] = []
    for slots in [*range(1, min(most, _MOST_SLOTS + 1)), None]:
        found = _with_slots(slots, watched, np.random.default_rng(seed))
        if found is not None:
            tried.append(found)
    tried = _by_one_family(tried)
    best = tried[0].likelihood if tried else 0.0
    kept = [c for c in tried[:_KEPT] if c.likelihood >= best - _WORSE]
    return Fitted(
        levels=tuple(levels),
        candidates=tuple(kept),
        most_in_system=most,
        hidden=hidden,
        users=tuple(level.users for level in watched),
        requests=len(kept[0].scaled) if kept else 0,
    )


def draw(fitted: Fitted, rng: np.random.Generator) -> Drawn:
    """Draw one system that may have brought about the run: a Bayesian bootstrap (Rubin 1981).

    Blocks of time get random weights; slots, means and shape are fitted anew with them.
    """
    n_blocks = len(fitted.candidates[0].sums)
    weights = rng.exponential(size=n_blocks)
    refitted = [(c, *_refit(c, weights)) for c in fitted.candidates]
    family = int(np.argmax([max(both[i] for _, _, both in refitted) for i in (0, 1)]))
    chosen, slowing, _ = max(refitted, key=lambda one: one[2][family])
    weight = np.cumsum(weights[chosen.block])
    at = np.searchsorted(weight, rng.uniform(0, weight[-1], size=len(chosen.scaled)))
    pool = chosen.scaled[np.minimum(at, len(chosen.scaled) - 1)]
    return Drawn(slots=chosen.slots, slowing=slowing, scaled=pool / pool.mean())


def as_fitted(fitted: Fitted) -> Drawn:
    """Give the system that explains the run best."""
    best = fitted.candidates[0]
    return Drawn(
        slots=best.slots, slowing=best.slowing, scaled=best.scaled / float(best.scaled.mean())
    )


def _refit(
    candidate: Candidate, weights: NDArray[np.float64]
) -> tuple[Slowing, tuple[float, float]]:
    sums = _sums(np.tensordot(weights, candidate.sums, axes=1))
    slowing = fit_slowing(sums.count, sums.total)
    return slowing, likelihoods(sums, slowing)


def _worth_looking_at(watched: list[Watched]) -> tuple[list[Watched], float]:
    """Leave out levels in which much work goes on unseen; give the share that is left."""
    shares = [float(w.gave_up.mean()) if len(w.gave_up) else 0.0 for w in watched]
    open_ones = [w for w, share in zip(watched, shares, strict=True) if share <= _HIDDEN]
    if open_ones:
        return open_ones, 0.0
    return watched, min(shares, default=0.0)


def _with_slots(
    slots: int | None, watched: list[Watched], rng: np.random.Generator
) -> Candidate | None:
    works = [work_with(slots, level) for level in watched]
    requests = sum(len(work.took_s) for work in works)
    if not requests or sum(work.impossible for work in works) > _IMPOSSIBLE * requests:
        return None
    took = [_filled_in(work, rng) for work in works]
    at_work = np.concatenate([work.at_work for work in works])
    block = np.concatenate(
        [
            _blocks(work, level) + i * BLOCKS
            for i, (work, level) in enumerate(zip(works, watched, strict=True))
        ]
    )
    all_took = np.concatenate(took)
    all_took = np.maximum(all_took, 1e-4 * float(np.median(all_took)))
    sums = _summed(all_took, at_work, block, len(watched) * BLOCKS)
    whole = _sums(sums.sum(axis=0))
    slowing = fit_slowing(whole.count, whole.total)
    return Candidate(
        slots=slots,
        slowing=slowing,
        likelihood=0.0,
        scaled=all_took / (slowing.alone_s * slowing.factor(at_work)),
        block=block,
        sums=sums,
    )


def _by_one_family(tried: list[Candidate]) -> list[Candidate]:
    """Order by likelihood in whichever family explains the run better."""
    both = [likelihoods(_sums(c.sums.sum(axis=0)), c.slowing) for c in tried]
    if not both:
        return []
    family = int(np.argmax([max(one[i] for one in both) for i in (0, 1)]))
    scored = [replace(c, likelihood=one[family]) for c, one in zip(tried, both, strict=True)]
    return sorted(scored, key=lambda c: -c.likelihood)


def _filled_in(work: Work, rng: np.random.Generator) -> NDArray[np.float64]:
    """Work times, those whose end was not seen drawn from the longer ones (Kaplan-Meier).

    Mass of a censored time goes to the times beyond it (Efron 1967); beyond the longest, work is
    taken to go on for as long again as it does on average.
    """
    censored = np.flatnonzero(~work.ended)
    if not len(censored):
        return work.took_s
    took = work.took_s.copy()
    known = np.sort(took[work.ended])
    usual = float(known.mean()) if len(known) else float(took.mean())
    longer: list[float] = known.tolist()
    for i in censored[np.argsort(-took[censored])].tolist():
        at = bisect.bisect_right(longer, took[i])
        if at < len(longer):
            took[i] = longer[at + int(rng.integers(len(longer) - at))]
        else:
            took[i] += rng.exponential(usual)
        bisect.insort(longer, took[i])
    return took


def _blocks(work: Work, level: Watched) -> NDArray[np.int64]:
    span = max(level.until_s - level.from_s, 1e-9)
    return np.clip((work.began_s - level.from_s) / span * BLOCKS, 0, BLOCKS - 1).astype(np.int64)


def _summed(
    took: NDArray[np.float64], at_work: NDArray[np.int64], block: NDArray[np.int64], n_blocks: int
) -> NDArray[np.float64]:
    width = int(at_work.max()) + 1
    cell = block * width + at_work
    log = np.log(took)
    columns = [
        np.bincount(cell, weights=values, minlength=n_blocks * width).reshape(n_blocks, width)
        for values in (np.ones_like(took), took, log, log * log)
    ]
    return np.stack(columns, axis=2)


def _sums(cells: NDArray[np.float64]) -> Sums:
    return Sums(count=cells[:, 0], total=cells[:, 1], log=cells[:, 2], log_squared=cells[:, 3])
