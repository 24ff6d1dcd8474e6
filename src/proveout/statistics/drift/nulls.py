"""What a share may be in a window when nothing has changed: the spread of blocks of the past.

Every statistic of the watch is a share of rows. The rows of a block are not drawn by lot: weeks
differ. So the null is over-dispersed: its variance is that of sampling, and what blocks differ
beyond that.

- A window within the time of the past, or of unknown time (lag 0): blocks are exchangeable with it,
  and differ from the mean of all.
- A window after the past (lag 1 or more): it is forecast from the blocks before it, the newer ones
  with more weight; past blocks are forecast in the same way, and how far they were off tells how
  far the window may be, and the farther, the longer ago the last block is.
- Rare or nearly sure shares: the count is negative binomial (a Poisson count whose rate differs
  from block to block by a gamma law); the rate is known from so many events as the past holds
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
_LEAST_CV2_LATER = 0.15
"""The same of a block that comes after the past: what is rare may wander."""
_CAUTION = 1.5
"""The variance between rare rates is estimated from few blocks, and its tail is long."""
_FORGETTING = 0.9
"""Weight of a block against the next one, in a forecast."""
_LEAST_FORECAST = 4
"""Blocks that a forecast needs."""
_WORST = 0.2
"""The variance of forecasts is at least so much of the worst one's error, squared: weeks are not
normal, and few are known."""


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
class _Spread:
    """What is expected, from how much, and how far it may be off (arc sine)."""

    hits: Floats
    rows: Floats
    between: Floats
    freedom: Floats


def tails(
    null: Null, hits: Floats, rows: Floats, *, lag: float = 0.0, least_spread: Floats | float = 0.0
) -> Tails:
    """Compare a window's counts (J) with the past; `lag` is in blocks since the last of the past.

    Lag 0 stands for a window whose time is not known, or that lies within the past.
    `least_spread` is the standard deviation (arc sine) that each share has from block to block,
    whatever the past shows.
    """
    with np.errstate(all="ignore"):
        spread = _exchangeable(null) if lag <= 0 else _forecast(null, lag)
        past_hits, past_rows = spread.hits, spread.rows
        share = past_hits / past_rows
        # The rarer side is counted: hits where these are rare, misses where hits are the rule.
        swap = share > 0.5
        k = np.where(swap, rows - hits, hits)
        past_k = np.where(swap, past_rows - past_hits, past_hits)
        least = _LEAST_CV2 if lag <= 0 else _LEAST_CV2_LATER
        dispersion = np.maximum(4 * _CAUTION * spread.between, least * past_k / past_rows)
        more, fewer = _rare(k, rows, past_k, past_rows, dispersion)
        rare_above, rare_below = np.where(swap, fewer, more), np.where(swap, more, fewer)
        z = np.arcsin(np.sqrt(np.clip(hits / rows, 0, 1))) - np.arcsin(np.sqrt(share))
        sampling = 1 / (4 * rows) + 1 / (4 * past_rows)
        between = spread.between + np.square(least_spread)
        dof = np.minimum((sampling + between) ** 2 / (between**2 / spread.freedom + 1e-300), 1e6)
        t = z / np.sqrt(sampling + between)
        common_above, common_below = special.stdtr(dof, -t), special.stdtr(dof, t)
        rare = np.minimum(share, 1 - share) < _RARE
        told = (rows > 0) & (past_rows > 0)
        return Tails(
            above=np.where(told, np.where(rare, rare_above, common_above), np.nan),
            below=np.where(told, np.where(rare, rare_below, common_below), np.nan),
            expected=share,
        )


def rare_tails(k: float, rows: float, past_k: float, past_rows: float, *, cv2: float) -> float:
    """Return the probability of so many or more of one rare kind, between blocks that differ so."""
    each = [np.array([x], dtype=np.float64) for x in (k, rows, past_k, past_rows)]
    rate = (each[2] + 0.5) / (each[3] + 0.5)
    return float(_rare(each[0], each[1], each[2], each[3], cv2 * rate)[0][0])


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
    fewer = special.betainc(shape, np.maximum(k, 0) + 1, stay)
    return more, fewer


def _exchangeable(null: Null) -> _Spread:
    """Take the blocks as drawn from one lot of blocks."""
    told = ~np.isnan(null.hits) & (null.rows > 0)
    hits, rows = np.where(told, null.hits, 0.0), np.where(told, null.rows, 0.0)
    n_told = told.sum(axis=0)
    past_hits, past_rows = hits.sum(axis=0), rows.sum(axis=0)
    share = past_hits / past_rows
    off = np.where(told, _arc(hits / rows) - _arc(share), 0.0)
    freedom = np.maximum(n_told - 1, 1).astype(np.float64)
    sampling = np.where(told, _sampling(rows, share), 0.0).sum(axis=0) / n_told
    excess = np.maximum((off**2).sum(axis=0) / freedom - sampling, 0.0)
    return _Spread(
        hits=past_hits, rows=past_rows, freedom=freedom,
        between=np.where(n_told > 1, excess * (1 + 1 / n_told), 0.0),
    )  # fmt: skip


def _forecast(null: Null, lag: float) -> _Spread:
    """Forecast the window from the blocks before it, and learn from forecasts of these blocks."""
    told = ~np.isnan(null.hits) & (null.rows > 0)
    held, held_rows = np.zeros(null.hits.shape[1]), np.zeros(null.hits.shape[1])
    squares, n_told, worst = (np.zeros(null.hits.shape[1]) for _ in range(3))
    for n, (hits, rows, is_told) in enumerate(zip(null.hits, null.rows, told, strict=True)):
        usable = is_told & (held_rows > 0) & (told[:n].sum(axis=0) >= _LEAST_FORECAST)
        share = held / held_rows
        off = _arc(hits / rows) - _arc(share)
        excess = off**2 - _sampling(rows, share) - _sampling(held_rows, share)
        squares += np.where(usable, excess, 0.0)
        worst = np.maximum(worst, np.where(usable, excess, 0.0))
        n_told += usable
        fade = np.where(is_told, _FORGETTING, 1.0)
        held = held * fade + np.where(is_told, hits, 0.0)
        held_rows = held_rows * fade + np.where(is_told, rows, 0.0)
    all_alike = _exchangeable(null)
    mean = np.where(n_told > 1, np.maximum(squares / n_told, _WORST * worst), all_alike.between)
    between = np.maximum(np.maximum(mean, 0.0), all_alike.between / 2)
    wander = np.maximum(between, 0.0) * (1 - _FORGETTING) * max(lag - 1, 0.0)
    return _Spread(
        hits=held, rows=held_rows, between=between + wander,
        freedom=np.maximum(n_told - 1, all_alike.freedom / 2),
    )  # fmt: skip


def _arc(share: Floats) -> Floats:
    return np.asarray(np.arcsin(np.sqrt(np.clip(share, 0, 1))))


def _sampling(rows: Floats, share: Floats) -> Floats:
    """Return the variance of the arc sine under sampling: 1/4n, and less where hits are few."""
    events = rows * np.minimum(share, 1 - share)
    return np.asarray(1 / (4 * rows) * np.minimum(1.0, events / 0.5))
