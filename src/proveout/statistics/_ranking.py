"""How well scores put positives above negatives: the area under the ROC curve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def delong(
    scores_positive: ArrayLike, scores_negative: ArrayLike, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return the ROC AUC with DeLong's variance and an interval on the logit scale.

    The logit keeps the interval within 0 and 1 and holds its level near them. Perfect separation
    has no variance; there the bound is exact: each of min(n+, n-) disjoint pairs is an independent
    trial with success probability AUC, and all succeeded (Clopper-Pearson).
    Raises ValueError where a side has fewer than two scores.
    Source: DeLong et al. (1988), Biometrics 44, 837-845; midranks as in Sun and Xu (2014), IEEE
    Signal Processing Letters 21, 1389-1393; logit: Pepe (2003), section 5.2.
    """
    x, y = np.asarray(scores_positive, dtype=float), np.asarray(scores_negative, dtype=float)
    m, n = x.size, y.size
    if m < 2 or n < 2:
        msg = f"ROC AUC needs at least two scores on each side; got {m} and {n}"
        raise ValueError(msg)
    together = rankdata(np.concatenate([x, y]))
    # Share of the other side that each score is above, ties counting half.
    above = (together[:m] - rankdata(x)) / n
    below = 1 - (together[m:] - rankdata(y)) / m
    auc = float(above.mean())
    variance = float(above.var(ddof=1) / m + below.var(ddof=1) / n)
    if auc in (0.0, 1.0) or variance == 0:
        reach = 1 - ((1 - level) / 2) ** (1 / min(m, n))
        low, high = max(0.0, auc - reach), min(1.0, auc + reach)
        return auc, Interval(low=low, high=high, level=level, method="clopper-pearson")
    logit = math.log(auc / (1 - auc))
    half = float(ndtri((1 + level) / 2)) * math.sqrt(variance) / (auc * (1 - auc))
    return auc, Interval(
        low=_logistic(logit - half), high=_logistic(logit + half), level=level, method="delong"
    )


def _logistic(value: float) -> float:
    return 0.5 * (1 + math.tanh(value / 2))
