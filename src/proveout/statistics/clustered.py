"""A proportion whose trials come in clusters, as the fields of one document do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from proveout.evidence.model import Interval
from proveout.statistics._proportions import wilson_bounds

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def share_within_clusters(
    successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return the pooled share with Wilson's interval at the effective number of trials.

    Trials of one cluster are alike, so they count for fewer: the variance is that of a ratio
    estimator over clusters. The effective number is never more than that of the trials; where no
    variance can be had (no success, or nothing but) it is that of the clusters.
    Raises ValueError without any trial.
    Source: Korn and Graubard (1998), Survey Methodology 24, 193-201, with Wilson's interval
    instead of the exact one, as Dean and Pagano (2015), J. Survey Statistics and Methodology 3.
    """
    k, m = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    k, m = k[m > 0], m[m > 0]
    total, clusters = float(m.sum()), len(m)
    if not clusters:
        msg = "a share of no trials is unknown"
        raise ValueError(msg)
    value = float(k.sum()) / total
    spread = float(np.sum((k - value * m) ** 2)) * clusters / max(1, clusters - 1) / total**2
    if value in (0.0, 1.0):
        effective = float(clusters)
    else:
        effective = total if spread == 0 else min(value * (1 - value) / spread, total)
    low, high = wilson_bounds(value * effective, effective, level=level)
    return value, Interval(
        low=float(low), high=float(high), level=level, method="wilson, effective sample size"
    )
