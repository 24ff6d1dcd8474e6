"""A window whose truth has come for a part of the answers: estimated, then measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STRATA = 5
FEWEST_OF_A_STRATUM = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Partly:
    """Quality of the whole window, from what is known and what is likely."""

    value: float
    low: float
    high: float
    level: float
    n: int
    measured: int
    """Answers of which the truth is known."""
    not_covered: int
    """Answers of a confidence for which hardly any truth has come: estimated alone."""


def partly_measured(
    likely: Floats, correct: Floats, *, spread: float = 0.0, level: float = 0.95
) -> Partly:
    """Combine how likely each answer is right with whether it was, NaN where that is not known.

    Labels do not come at random: disputed or unsure cases come sooner or later than others. So
    each known outcome counts for the answers of about the same likelihood (a fifth of all) of
    which the truth has not come: mean of `likely`, corrected by the mean of `correct - likely` in
    each fifth (augmented inverse-probability weighting; Robins, Rotnitzky and Zhao, JASA 1994).
    What is assumed, and cannot be seen: that among answers of like confidence it does not depend
    on the outcome whether the label has come yet. Give answers only that are old enough for most
    labels to have come. `spread` is what the likelihoods may all be off by, where no truth helps.
    """
    edges = np.quantile(likely, np.linspace(0, 1, STRATA + 1)[1:-1])
    stratum = np.searchsorted(np.unique(edges), likely, side="right")
    known = ~np.isnan(correct)
    total, variance, bare = float(likely.mean()), 0.0, 0
    for at in np.unique(stratum):
        here = stratum == at
        some, share = here & known, float(here.mean())
        if some.sum() < FEWEST_OF_A_STRATUM:
            bare += int(here.sum())
            variance += share * float(np.mean(likely[here] * (1 - likely[here]))) / len(likely)
            continue
        gaps = correct[some] - likely[some]
        total += share * float(gaps.mean())
        right = (float(correct[some].sum()) + 1) / (int(some.sum()) + 2)
        variance += share**2 * right * (1 - right) / int(some.sum())
    variance += (bare / len(likely) * spread) ** 2
    reach = float(ndtri((1 + level) / 2)) * float(np.sqrt(variance))
    value = min(max(total, 0.0), 1.0)
    return Partly(
        value=value,
        low=max(0.0, value - reach),
        high=min(1.0, value + reach),
        level=level,
        n=len(likely),
        measured=int(known.sum()),
        not_covered=bare,
    )
