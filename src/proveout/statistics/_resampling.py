"""Bootstrap intervals, for statistics without a closed form."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import stats

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


def bootstrap(
    data: NDArray[Any] | Sequence[NDArray[Any]],
    statistic: Callable[..., Any],
    *,
    seed: int,
    level: float = 0.95,
    n_resamples: int = 2_000,
    method: Literal["percentile", "bca"] = "percentile",
    paired: bool = False,
) -> tuple[float, Interval]:
    """Return statistic(*samples) and its bootstrap interval, by scipy.stats.bootstrap.

    `data` is one sample, or several; `paired` resamples several together, row by row, otherwise
    each on its own. A statistic that takes `axis` is called for many resamples at once, which is
    what makes it quick. BCa falls back to percentile, and says so, where it is undefined.
    Raises ValueError below two rows, or where the statistic is not a finite figure.
    Source: Efron and Tibshirani (1993), chapters 13 and 14.
    """
    samples = (data,) if isinstance(data, np.ndarray) else tuple(data)
    if min(len(sample) for sample in samples) < 2:
        msg = "an interval needs at least two rows"
        raise ValueError(msg)
    options: dict[str, Any] = {
        "n_resamples": n_resamples,
        # About 80 MB of resampled values at once, however long the samples are.
        "batch": max(1, 10_000_000 // sum(len(sample) for sample in samples)),
        "paired": paired,
        "confidence_level": level,
    }
    value = float(statistic(*samples))
    low, high = _ends(samples, statistic, method, seed, options)
    if method == "bca" and not (math.isfinite(low) and math.isfinite(high)):
        method = "percentile"
        low, high = _ends(samples, statistic, method, seed, options)
    if not (math.isfinite(value) and math.isfinite(low) and math.isfinite(high)):
        msg = f"the statistic is not a finite figure: {value} in [{low}, {high}]"
        raise ValueError(msg)
    return value, Interval(low=low, high=high, level=level, method=f"{method}-bootstrap")


def _ends(
    samples: tuple[NDArray[Any], ...],
    statistic: Callable[..., Any],
    method: str,
    seed: int,
    options: dict[str, Any],
) -> tuple[float, float]:
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        # Degenerate data comes back as NaN, which the caller handles; the warning adds nothing.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        found = stats.bootstrap(
            samples,
            statistic,
            method="BCa" if method == "bca" else "percentile",
            rng=np.random.default_rng(seed),
            **options,
        )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
