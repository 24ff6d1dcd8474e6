"""Fields that moved together, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.readiness.gap.joint import Feature
from proveout.checks.readiness.gap.together import Shift, edges_of, is_rest
from proveout.evidence.figures import figure

if TYPE_CHECKING:
    import pandas as pd


def together_in_words(
    shifts: Sequence[Shift], used: Sequence[Feature], sides: tuple[pd.DataFrame, pd.DataFrame]
) -> list[dict[str, Any]]:
    """Give each pair as details of evidence: 'origin LGA with carrier MQ: …'."""
    import pandas as pd

    both = pd.concat(sides, ignore_index=True)
    return [_plain(shift, used, both) for shift in shifts]


def _plain(shift: Shift, used: Sequence[Feature], both: pd.DataFrame) -> dict[str, Any]:
    one, other = (
        _value(used[at], bin_, both) for at, bin_ in zip(shift.features, shift.cell, strict=True)
    )
    first, second = shift.columns
    more = "more" if shift.found > shift.expected else "less"
    return {
        "columns": [first, second],
        "distance": shift.distance,
        "p_adjusted": shift.p_adjusted,
        "expected": shift.expected,
        "found": shift.found,
        "summary": f"{first} and {second} go together differently: {one} with {other} is "
        f"{figure(shift.found, 'fraction')} of production, {more} than the "
        f"{figure(shift.expected, 'fraction')} that it would be if the two went together as in the "
        "pilot",
    }


def _value(feature: Feature, bin_: int, both: pd.DataFrame) -> str:
    """Say which values of a field a bin holds."""
    name, column = feature.column, both[feature.column]
    if feature.is_category:
        known = ~np.isnan(feature.values)
        inside = column[known & (feature.values == bin_)] if not is_rest(bin_) else column[:0]
        if len(inside):
            return f"{name} {inside.iloc[0]}"
        return f"{name} of another kind" if is_rest(bin_) else f"no {name}"
    edges = edges_of(feature)
    if bin_ > len(edges):
        return f"no {name}"
    inside_values = feature.values[~np.isnan(feature.values)]
    codes = np.searchsorted(edges, inside_values, side="left")
    there = inside_values[codes == bin_]
    if not there.size:
        return name
    low, high = float(there.min()), float(there.max())
    part = "" if feature.part is None else f" ({feature.part})"
    if low == high:
        return f"{name}{part} {low:,.6g}"
    return f"{name}{part} {low:,.6g} to {high:,.6g}"
