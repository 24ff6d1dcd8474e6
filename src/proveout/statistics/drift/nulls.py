"""What a share may be in a window when nothing has changed: the spread of blocks of the past.

Every statistic of the watch is a share of rows. The rows of a block are not drawn by lot: weeks
differ. So the null is over-dispersed: its variance is that of sampling, and what blocks differ
beyond that, and what they wander off with time.

- Rare or nearly sure shares: the count is negative binomial (a Poisson count whose rate differs
  from block to block by a gamma law); the rate is known from so many events as the reference holds
  (Jeffreys' half event more).
- Others: the arc sine of the root of the share, which has the variance 1/4n under sampling, is
  compared by Student's t with degrees of freedom after Welch and Satterthwaite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from proveout.statistics.drift.values import Floats

_RARE = 0.02
_LEAST_CV2 = 0.02
"""Squared coefficient of variation that any rare rate has between blocks, even where few blocks
show none."""
_CAUTION = 1.5
"""The variance between rare rates is estimated from few blocks, and its tail is long."""


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


def tails(null: Null, hits: Floats, rows: Floats, *, lag: float = 0.0) -> Tails:
    """Compare a window's counts (J) with the past; `lag` is in blocks since the last of the past.

    Lag 0 stands for a window whose time is not known, or that lies within the past.
    """
    with np.errstate(all="ignore"):
        past_hits, past_rows = np.nansum(null.hits, axis=0), np.nansum(null.rows, axis=0)
        share = past_hits / past_rows
        excess, freedom = _excess(null, share)
        wander = _wander(null) * lag
        # The rarer side is counted: hits where these are rare, misses where hits are the rule.
        swap = share > 0.5
        k = np.where(swap, rows - hits, hits)
        past_k = np.where(swap, past_rows - past_hits, past_hits)
        more, fewer = _rare(k, rows, past_k, past_rows, 4 * (_CAUTION * excess + wander))
        rare_above, rare_below = np.where(swap, fewer, more), np.where(swap, more, fewer)
        z = np.arcsin(np.sqrt(hits / rows)) - np.arcsin(np.sqrt(share))
        sampling = 1 / (4 * rows) + 1 / (4 * past_rows)
        between = excess * (1 + 1 / np.sum(~np.isnan(null.hits), axis=0)) + wander
        dof = np.minimum((sampling + between) ** 2 / (between**2 / freedom + 1e-300), 1e6)
        t = z / np.sqrt(sampling + between)
        common_above, common_below = special.stdtr(dof, -t), special.stdtr(dof, t)
        rare = np.minimum(share, 1 - share) < _RARE
        told = (rows > 0) & (past_rows > 0)
        return Tails(
            above=np.where(told, np.where(rare, rare_above, common_above), np.nan),
            below=np.where(told, np.where(rare, rare_below, common_below), np.nan),
            expected=share,
        )


def _rare(
    k: Floats, rows: Floats, past_k: Floats, past_rows: Floats, dispersion: Floats
) -> tuple[Floats, Floats]:
    """Return the tails of the negative binomial: so many or more, so many or fewer.

    `dispersion` is the correlation within blocks; divided by the share it is the squared
    coefficient of variation of the rate.
    """
    events = past_k + 0.5
    rate = events / (past_rows + 0.5)
    cv2 = np.maximum(dispersion / rate, _LEAST_CV2)
    shape = 1 / (1 / events + cv2)
    stay = shape / (shape + rows * rate)
    more = np.where(k <= 0, 1.0, special.betainc(np.maximum(k, 1e-9), shape, 1 - stay))
    fewer = special.betainc(shape, k + 1, stay)
    return more, fewer


def rare_tails(k: float, rows: float, past_k: float, past_rows: float, *, cv2: float) -> float:
    """Return the probability of so many or more of one rare kind, between blocks that differ so."""
    each = [np.array([x], dtype=np.float64) for x in (k, rows, past_k, past_rows)]
    rate = (each[2] + 0.5) / (each[3] + 0.5)
    return float(_rare(each[0], each[1], each[2], each[3], cv2 * rate)[0][0])


def _excess(null: Null, share: Floats) -> tuple[Floats, Floats]:
    """Return the variance between blocks beyond sampling (arc sine), and degrees of freedom."""
    told = np.sum(~np.isnan(null.hits) & (null.rows > 0), axis=0)
    each = np.arcsin(np.sqrt(np.clip(null.hits / null.rows, 0, 1)))
    off = each - np.arcsin(np.sqrt(share))
    freedom = np.maximum(told - 1, 1)
    seen = np.nansum(off**2, axis=0) / freedom
    # Sampling alone gives the arc sine of a rare share less spread than 1/4n.
    expected_hits = np.nanmean(null.rows, axis=0) * np.minimum(share, 1 - share)
    sampling = np.nanmean(1 / (4 * null.rows), axis=0) * np.minimum(1.0, expected_hits / 0.5)
    return np.where(told > 1, np.maximum(seen - sampling, 0), 0.0), freedom.astype(np.float64)


def _wander(null: Null) -> Floats:
    """Return by how much the variance grows with each block of time: half-variogram's slope."""
    each = np.arcsin(np.sqrt(np.clip(null.hits / null.rows, 0, 1)))
    n_blocks = len(each)
    furthest = n_blocks // 2
    if furthest < 3:
        return np.zeros(each.shape[1])
    lags = np.arange(1, furthest + 1)
    grown = np.array([np.nanmean((each[lag:] - each[:-lag]) ** 2, axis=0) for lag in lags])
    weights = (n_blocks - lags).astype(np.float64)
    centre = (weights @ lags) / weights.sum()
    slope = (weights * (lags - centre)) @ grown / (weights @ (lags - centre) ** 2)
    return np.asarray(np.maximum(np.nan_to_num(slope), 0.0))
