"""Figures of one level with their intervals. Pure.

Requests that follow each other wait in the same queue and are no independent draws. Every interval
is therefore widened by what blocks of time show: the variance of the share in question between
blocks, over what it would be for independent requests (the design effect), divides the number of
requests. Bounds of a share by that effective number: Korn & Graubard 1998 (Survey Methodology 24);
of a percentile by inverting those of its share: Woodruff 1952 (JASA 47).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.runs import Level, Outcome
from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS = 10
"""Long enough that one block says little of the next, and still enough of them."""

THRESHOLDS = (0.25, 0.5, 0.75, 0.9)

LEVEL = 0.95

FEWEST = 30
"""Requests below which nothing is said of a level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of requests."""

    value: float
    interval: Interval
    count: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """A percentile of latency, in seconds."""

    value: float
    """Infinite where so many requests had no answer that no time is long enough."""
    interval: Interval | None
    """None where an end of it is infinite."""
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFew:
    """Not enough requests for a figure."""

    n: int
    needed: int
    """About so many."""


def latencies(level: Level) -> NDArray[np.float64]:
    """Return seconds from due to answer; infinite without an answer, unfinished ones left out."""
    requests = level.requests
    found: NDArray[np.float64] = requests.done_s - requests.due_s
    found = np.where(requests.outcome == Outcome.ANSWERED, found, np.inf)
    ended: NDArray[np.float64] = found[requests.outcome != Outcome.UNFINISHED]
    return ended


def first_tokens(level: Level) -> NDArray[np.float64]:
    """Return seconds from due to the first token; infinite where none came."""
    requests = level.requests
    found: NDArray[np.float64] = requests.first_token_s - requests.due_s
    found = np.where(np.isnan(found), np.inf, found)
    ended: NDArray[np.float64] = found[requests.outcome != Outcome.UNFINISHED]
    return ended


def percentile(level: Level, values: NDArray[np.float64], q: float) -> Percentile | TooFew:
    """Return a percentile of what requests met, with its interval."""
    n = len(values)
    if n < FEWEST:
        return TooFew(n=n, needed=_needed(q))
    ordered = np.sort(values)
    value = float(ordered[min(n - 1, math.ceil(q * n) - 1)])
    worth = _worth_for_percentile(level, values, q)
    low, high = _bounds(q, n * worth)
    if math.isinf(ordered[max(0, math.ceil(low * n) - 1)]):
        return Percentile(value=math.inf, interval=None, n=n)  # for certain, however few they are
    if high * (n + 1) > n:
        return TooFew(n=n, needed=max(n + 1, math.ceil(_needed(q) / worth)))
    ends = [float(ordered[min(n - 1, max(0, math.ceil(end * n) - 1))]) for end in (low, high)]
    if not all(map(math.isfinite, (*ends, value))):
        return Percentile(value=value, interval=None, n=n)
    interval = Interval(low=ends[0], high=ends[1], level=LEVEL, method="woodruff-blocks")
    return Percentile(value=value, interval=interval, n=n)


def share(level: Level, outcome: Outcome) -> Share | TooFew:
    """Return the share of requests that ended so."""
    ended = level.requests.outcome
    ended = ended[ended != Outcome.UNFINISHED]
    n = len(ended)
    if n < FEWEST:
        return TooFew(n=n, needed=FEWEST)
    is_so = ended == outcome
    blocks = _within(level, is_so)
    low, high = _bounds(float(is_so.mean()), n * _worth(blocks, float(is_so.mean())))
    return Share(
        value=float(is_so.mean()),
        interval=Interval(low=low, high=high, level=LEVEL, method="korn-graubard-blocks"),
        count=int(is_so.sum()),
        n=n,
    )


def throughput(level: Level) -> tuple[float, Interval | None]:
    """Return answers per second, of the requests that fell due in the measured time."""
    from scipy.stats import t

    answered = _per_block(level, level.requests.outcome == Outcome.ANSWERED)
    rates = answered / (level.seconds / BLOCKS)
    value = float(rates.mean())
    half = float(t.ppf((1 + LEVEL) / 2, BLOCKS - 1) * rates.std(ddof=1) / math.sqrt(BLOCKS))
    interval = Interval(
        low=max(0.0, value - half), high=value + half, level=LEVEL, method="blocks-t"
    )
    return value, interval


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """How many requests of each block of time there are, and how many of them are of a kind."""

    of_kind: NDArray[np.float64]
    n: NDArray[np.float64]


def _within(level: Level, is_of_kind: NDArray[np.bool_]) -> _Blocks:
    is_ended = level.requests.outcome != Outcome.UNFINISHED
    of_kind = np.zeros(len(is_ended), dtype=bool)
    of_kind[is_ended] = is_of_kind
    return _Blocks(of_kind=_per_block(level, of_kind), n=_per_block(level, is_ended))


def _per_block(level: Level, is_of_kind: NDArray[np.bool_]) -> NDArray[np.float64]:
    block = np.clip(level.requests.due_s / level.seconds * BLOCKS, 0, BLOCKS - 1).astype(int)
    counts: NDArray[np.float64] = np.bincount(
        block, weights=is_of_kind.astype(float), minlength=BLOCKS
    ).astype(np.float64)
    return counts


def _bounds(p: float, effective: float) -> tuple[float, float]:
    """Return the bounds of a share from so many independent requests."""
    from scipy.stats import beta

    k = p * effective
    tail = (1 - LEVEL) / 2
    low = 0.0 if k <= 0 else float(beta.ppf(tail, k, effective - k + 1))
    high = 1.0 if k >= effective else float(beta.ppf(1 - tail, k + 1, effective - k))
    return low, high


def _worth_for_percentile(level: Level, values: NDArray[np.float64], q: float) -> float:
    """Return what one request is worth for a percentile.

    The slowest few come in one or two bad stretches, of which a run sees too few to tell how they
    vary; how long stretches are shows in the middle of the latencies as well, and the worst counts.
    """
    thresholds = np.quantile(values, [*THRESHOLDS, q], method="inverted_cdf")
    shares = (*THRESHOLDS, q)
    return min(
        _worth(_within(level, values <= threshold), p)
        for threshold, p in zip(thresholds, shares, strict=True)
    )


def _worth(blocks: _Blocks, p: float) -> float:
    """Return what one request is worth, next to an independent one: 1 at most."""
    from scipy.stats import norm, t

    n = float(blocks.n.sum())
    if not 0 < p < 1:
        return 1.0
    share = float(blocks.of_kind.sum()) / n
    off = blocks.of_kind - share * blocks.n
    # A stretch may reach from one block into the next (Newey & West 1987, with one lag).
    spread = float(off @ off) + 2 * max(0.0, float(off[1:] @ off[:-1]))
    variance = BLOCKS / (BLOCKS - 1) * spread / n**2
    design_effect = max(1.0, variance / (p * (1 - p) / n))
    if design_effect == 1.0:
        return 1.0
    # The variance is itself known from few blocks only.
    upper = (1 + LEVEL) / 2
    return float((norm.ppf(upper) / t.ppf(upper, BLOCKS - 1)) ** 2) / design_effect


def _needed(q: float) -> int:
    """Return how many independent requests an interval of a percentile takes.

    So many that the largest of them lies above the percentile with the confidence of the interval.
    """
    return max(FEWEST, math.ceil(math.log((1 - LEVEL) / 2) / math.log(max(q, 1 - q))))
