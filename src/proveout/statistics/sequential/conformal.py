"""Whether scores go on coming as they came before: conformal test martingales."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import numpy as np

from proveout.statistics.sequential.evalues import MOST

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

JUMP = 0.01
"""How readily the bet changes sides."""


def conformal_p(
    reference: ArrayLike, scores: ArrayLike, *, random: np.random.Generator
) -> NDArray[np.float64]:
    """Return how strange each score is among all before it, as p-values.

    As long as reference and scores are exchangeable, the p-values are independent and uniform
    between 0 and 1, exactly, whatever the scores are and with ties (chance decides among equals).
    Small ones mean: higher than what came before. Each score joins what the next is compared with.
    Raises ValueError on a score that is NaN. Source: Vovk, Gammerman and Shafer, "Algorithmic
    learning in a random world" (2nd edition 2022), part III; as in the package crepes.
    """
    old, new = np.asarray(reference, float), np.asarray(scores, float)
    if np.isnan(old).any() or np.isnan(new).any():
        msg = "a score is missing; leave such rows out and count them"
        raise ValueError(msg)
    seen = np.sort(old).tolist()
    ties = random.random(len(new))
    found = np.empty(len(new))
    for at, score in enumerate(new.tolist()):
        left, right = bisect_left(seen, score), bisect_right(seen, score)
        above, equal = len(seen) - right, right - left + 1
        found[at] = (above + ties[at] * equal) / (len(seen) + 1)
        seen.insert(right, score)
    return found


def jumper(p_values: ArrayLike, *, jump: float = JUMP) -> float:
    """Return the e-value of p-values that should be uniform, for a `Watch` or on its own.

    Bets 1 + e (p - 1/2) with e in {-1, 0, 1} for small, even or large p-values, and lets a share
    `jump` of the capital change sides before each: the Simple Jumper.
    Source: Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman, "Retrain or not retrain:
    conformal test martingales for change-point detection", COPA 2021.
    """
    capital = {-1.0: 1 / 3, 0.0: 1 / 3, 1.0: 1 / 3}
    scale = 0.0
    for p in np.asarray(p_values, float).tolist():
        whole = sum(capital.values())
        capital = {
            side: ((1 - jump) * held + jump * whole / 3) * (1 + side * (p - 0.5))
            for side, held in capital.items()
        }
        if whole > 1e100:
            capital = {side: held / whole for side, held in capital.items()}
            scale += math.log(whole)
    return min(MOST, math.exp(min(690.0, scale + math.log(sum(capital.values())))))
