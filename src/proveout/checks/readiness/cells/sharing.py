"""How many cells of a column are wrong, judged by the labelled ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from proveout.evidence.model import Interval

_LEVEL = 0.95


def share_interval(
    suspected: NDArray[np.bool_], *, rows: Sequence[int], wrong: set[int], found: float
) -> Interval | None:
    """Return where the share of wrong cells lies, from labelled `rows` of which some are `wrong`.

    Suspected cells and others are judged apart (post-stratification, by what the detectors said
    before any label), each by Wilson's interval at half the error, and put together by their
    shares; so rows may be picked by how suspect they are, if they are as they come otherwise. The
    share `found` is held inside: labels may be few, and where they are picked they are no sample.
    """
    from proveout.statistics import wilson

    if not rows:
        return None
    low = high = 0.0
    for stratum in (True, False):
        share = float((suspected == stratum).mean())
        mine = [row for row in rows if bool(suspected[row]) == stratum]
        if not mine:
            high += share  # nothing is known of these
            continue
        bounds = wilson(len(wrong.intersection(mine)), len(mine), level=1 - (1 - _LEVEL) / 2)
        low, high = low + share * bounds.low, high + share * bounds.high
    return Interval(
        low=min(low, found), high=max(high, found), level=_LEVEL, method="stratified-wilson"
    )
