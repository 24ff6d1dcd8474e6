"""What a share may be in a window when nothing has changed: the spread of blocks of the past.

Every statistic of the watch is a share of rows. The rows of a block are not drawn by lot: weeks
differ. So the null is over-dispersed: its variance is that of sampling, and what blocks differ
beyond that.

- A window within the time of the past, or of unknown time (lag 0): each block is held against all
  the others, and the window against all of them.
- A window after the past (lag 1 or more): each block is forecast from those before it, the newer
  ones with more weight, and the window from all of them.
- How far blocks differ is known from few of them, and not to be taken for known: the tail is the
  mean of tails over what the spread may be, weighted by how well each explains the past (a
  predictive tail; with few blocks it is as long as Student's). What the spread may be at all is
  learned from all shares of the column together (empirical Bayes).
- Rare or nearly sure shares: the count is negative binomial (a Poisson count whose rate differs
  from block to block by a gamma law); the rate is known from so many events as the past holds
  (Jeffreys' half event more). Others: the arc sine of the root of the share is normal, with the
  variance 1/4n under sampling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from proveout.statistics.drift.values import Floats, Mask

_RARE = 0.05
_SPREADS = np.geomspace(1e-5, 1.0, 13)
"""What the squared coefficient of variation between blocks may be, of the rarer side."""
_PRIOR_SHARES = 2.0
"""So many shares' worth of not knowing, beside what all shares of a column show."""
_STEPS = 25
_LEAST_CV2 = 0.002
"""Squared coefficient of variation that any rare rate has between blocks, whatever they show."""
_FORGETTING = 0.9
"""Weight of a block against the next one, in a forecast."""
_LEAST_FORECAST = 4
"""Blocks that a forecast needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """The past of J shares in B blocks."""

    hits: Floats
    """B x J: rows that the statistic counts; NaN where a block tells nothing of it."""
    rows: Floats
    """B x J: out of so many."""

    @property
    def n_blocks(self) -> int:
        """How many blocks there are."""
        return len(self.hits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tails:
    """How unlikely the counts of a window are under the null."""

    above: Floats
    """Probability of so large a share, or a larger one; NaN where it could not be computed."""
    below: Floats
    """Probability of so small a share, or a smaller one."""
    expected: Floats
    """The share in the past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expected:
    """What each block, and the window, is held against."""

    hits: Floats
    rows: Floats
    told: Mask
    """B x J: blocks that tell how far such an expectation is off."""
    hits_now: Floats
    rows_now: Floats

    def part(self, of: Mask) -> _Expected:
        """Return some of the shares."""
        return _Expected(
            hits=self.hits[:, of], rows=self.rows[:, of], told=self.told[:, of],
            hits_now=self.hits_now[of], rows_now=self.rows_now[of],
        )  # fmt: skip


def tails(
    null: Null,
    hits: Floats,
    rows: Floats,
    *,
    lag: float = 0.0,
    least_spread: Floats | float = 0.0,
    least_cv2: Floats | float = _LEAST_CV2,
) -> Tails:
    """Compare a window's counts (J) with the past; `lag` is in blocks since the last of the past.

    Lag 0 stands for a window whose time is not known, or that lies within the past.
    `least_spread` is the standard deviation (arc sine) that each share has from block to block,
    whatever the past shows; `least_cv2` the squared coefficient of variation of rare ones.
    """
    found = _tails(_by_others(null), null, hits, rows, 1.0, least_spread, least_cv2)
    if lag <= 0:
        return found
    # What some week of the past was like is no alarm, though the last weeks were otherwise.
    later = 1.0 + (1 - _FORGETTING) * max(lag - 1, 0.0)
    soon = _tails(_by_forecast(null), null, hits, rows, later, least_spread, least_cv2)
    return Tails(
        above=np.maximum(found.above, soon.above), below=np.maximum(found.below, soon.below),
        expected=soon.expected,
    )  # fmt: skip


def _tails(  # noqa: PLR0917
    expected: _Expected,
    null: Null,
    hits: Floats,
    rows: Floats,
    later: float,
    least_spread: Floats | float,
    least_cv2: Floats | float,
) -> Tails:
    with np.errstate(all="ignore"):
        share = expected.hits_now / expected.rows_now
        told = (rows > 0) & (expected.rows_now > 0)
        # The rarer side is counted: hits where these are rare, misses where hits are the rule.
        swap = share > 0.5
        rarer = np.where(swap, rows - hits, hits)
        past = np.where(swap, null.rows - null.hits, null.hits)
        turned = _Expected(
            hits=np.where(swap, expected.rows - expected.hits, expected.hits), rows=expected.rows,
            told=expected.told, rows_now=expected.rows_now,
            hits_now=np.where(swap, expected.rows_now - expected.hits_now, expected.hits_now),
        )  # fmt: skip
        is_rare = np.minimum(share, 1 - share) < _RARE
        least = np.broadcast_to(np.asarray(least_spread, dtype=np.float64), share.shape)
        least_rare = np.broadcast_to(np.asarray(least_cv2, dtype=np.float64), share.shape)
        more, fewer = np.full(len(share), np.nan), np.full(len(share), np.nan)
        for of, tell in ((told & is_rare, _rare_told), (told & ~is_rare, _common_told)):
            if of.any():
                more[of], fewer[of] = tell(
                    past[:, of], null.rows[:, of], turned.part(of), rarer[of], rows[of],
                    later=later, least_spread=least[of], least_cv2=least_rare[of],
                )  # fmt: skip
        return Tails(
            above=np.where(swap, fewer, more), below=np.where(swap, more, fewer), expected=share
        )


def rare_tails(k: float, rows: float, past_k: float, past_rows: float, *, cv2: float) -> float:
    """Return the probability of so many or more of one rare kind, between blocks that differ so."""
    events = past_k + 0.5
    mean = np.array([rows * events / (past_rows + 0.5)])
    return float(_negative_binomial(np.array([k]), mean, np.array([1 / events + cv2]))[0][0])


def _rare_told(
    past: Floats, rows: Floats, expected: _Expected, k: Floats, n: Floats, *,
    later: float, least_spread: Floats, least_cv2: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    share = (expected.hits_now + 0.5) / (expected.rows_now + 0.5)
    least = np.maximum(least_cv2, 4 * np.square(least_spread) / share)
    events = expected.hits + 0.5
    mean = rows * events / (expected.rows + 0.5)
    cv2 = np.maximum(_SPREADS[:, None, None], least) + 1 / events
    shape = 1 / cv2
    odds = mean / shape
    likely = (
        special.gammaln(past + shape) - special.gammaln(shape) - special.gammaln(past + 1)
        + past * np.log(odds / (1 + odds)) - shape * np.log1p(odds)
    )  # fmt: skip
    weights = _weights(np.where(expected.told, likely, 0.0).sum(axis=1))
    events_now = expected.hits_now + 0.5
    mean_now = n * events_now / (expected.rows_now + 0.5)
    spreads = np.maximum(_SPREADS[:, None] * later, least) + 1 / events_now
    more, fewer = _negative_binomial(k, mean_now, spreads)
    return (weights * more).sum(axis=0), (weights * fewer).sum(axis=0)


def _common_told(
    past: Floats, rows: Floats, expected: _Expected, k: Floats, n: Floats, *,
    later: float, least_spread: Floats, least_cv2: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    del least_cv2
    share = expected.hits_now / expected.rows_now
    # Of the arc sine: what a coefficient of variation of the share is.
    scale = (share / (1 - share) / 4)[None, :]
    off = _arc(past / rows) - _arc(expected.hits / expected.rows)
    sampling = 1 / (4 * rows) + 1 / (4 * expected.rows)
    variance = _SPREADS[:, None, None] * scale + sampling
    likely = -0.5 * (np.log(variance) + off**2 / variance)
    weights = _weights(np.where(expected.told, likely, 0.0).sum(axis=1))
    now = 1 / (4 * n) + 1 / (4 * expected.rows_now) + np.square(least_spread)
    z = (_arc(k / n) - _arc(share)) / np.sqrt(_SPREADS[:, None] * later * scale + now)
    return (weights * special.ndtr(-z)).sum(axis=0), (weights * special.ndtr(z)).sum(axis=0)


def _weights(likely: Floats) -> Floats:
    """Weigh the spreads (K) for each share (J) by their likelihoods, K x J.

    The prior is what all shares show together, beside a part for not knowing.
    """
    held = np.exp(likely - likely.max(axis=0))
    prior = np.full(len(held), 1 / len(held))
    for _ in range(_STEPS):
        found = prior[:, None] * held
        found /= found.sum(axis=0)
        all_shares = found.sum(axis=1) + _PRIOR_SHARES / len(held)
        prior = all_shares / all_shares.sum()
    weighted = prior[:, None] * held
    return np.asarray(weighted / weighted.sum(axis=0))


def _negative_binomial(k: Floats, mean: Floats, cv2: Floats) -> tuple[Floats, Floats]:
    """Return the tails: so many or more, so many or fewer."""
    shape = 1 / cv2
    stay = shape / (shape + mean)
    more = np.where(k <= 0, 1.0, special.betainc(np.maximum(k, 1e-9), shape, 1 - stay))
    fewer = special.betainc(shape, np.maximum(k, 0) + 1, stay)
    return more, fewer


def _by_others(null: Null) -> _Expected:
    """Take the blocks as drawn from one lot of blocks."""
    told = ~np.isnan(null.hits) & (null.rows > 0)
    hits, rows = np.where(told, null.hits, 0.0), np.where(told, null.rows, 0.0)
    all_hits, all_rows = hits.sum(axis=0), rows.sum(axis=0)
    others = all_rows - rows
    return _Expected(
        hits=all_hits - hits, rows=others, told=told & (others > 0),
        hits_now=all_hits, rows_now=all_rows,
    )  # fmt: skip


def _by_forecast(null: Null) -> _Expected:
    """Forecast each block from those before it; where these are too few, from all the others."""
    told = ~np.isnan(null.hits) & (null.rows > 0)
    n_shares = null.hits.shape[1]
    held, held_rows, squares = np.zeros(n_shares), np.zeros(n_shares), np.zeros(n_shares)
    n_held = np.zeros(n_shares)
    hits, rows, usable = [], [], []
    for n_hits, n_rows, is_told in zip(null.hits, null.rows, told, strict=True):
        factor = _effective(held_rows, squares)
        hits.append(held * factor)
        rows.append(held_rows * factor)
        usable.append(is_told & (n_held >= _LEAST_FORECAST))
        fade = np.where(is_told, _FORGETTING, 1.0)
        held = held * fade + np.where(is_told, n_hits, 0.0)
        held_rows = held_rows * fade + np.where(is_told, n_rows, 0.0)
        squares = squares * fade**2 + np.where(is_told, n_rows, 0.0)
        n_held += is_told
    others = _by_others(null)
    few = np.sum(usable, axis=0) < _LEAST_FORECAST
    factor = _effective(held_rows, squares)
    return _Expected(
        hits=np.where(few, others.hits, hits), rows=np.where(few, others.rows, rows),
        told=np.where(few, others.told, usable),
        hits_now=held * factor, rows_now=held_rows * factor,
    )  # fmt: skip


def _effective(rows: Floats, squares: Floats) -> npt.NDArray[np.float64]:
    """Return by what rows of unequal weight are to be multiplied to tell as much as they do."""
    return np.where(squares > 0, rows / np.maximum(squares, 1e-12), 1.0)


def _arc(share: Floats) -> Floats:
    return np.asarray(np.arcsin(np.sqrt(np.clip(share, 0, 1))))
