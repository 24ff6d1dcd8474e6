"""Intervals and scores: the one place where a figure gets its uncertainty.

Every method is named in the `Interval` it returns, stands in docs/statistics.md with its source,
and is held to its level by a coverage test in tests/coverage. The names below are loaded on first
use, because numpy and scipy are not needed to list checks or to print help.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proveout.statistics._means import (
        difference_of_means,
        mean,
        mean_of_sums,
        paired_difference,
        paired_relative_increase,
        relative_increase,
    )
    from proveout.statistics._proportions import (
        difference_of_proportions,
        wilson,
        wilson_bounds,
    )
    from proveout.statistics._ranking import delong
    from proveout.statistics._resampling import bootstrap
    from proveout.statistics._simultaneous import holm, simultaneous_level

_HOME = {
    "bootstrap": "_resampling",
    "delong": "_ranking",
    "difference_of_means": "_means",
    "difference_of_proportions": "_proportions",
    "holm": "_simultaneous",
    "mean": "_means",
    "mean_of_sums": "_means",
    "paired_difference": "_means",
    "paired_relative_increase": "_means",
    "relative_increase": "_means",
    "simultaneous_level": "_simultaneous",
    "wilson": "_proportions",
    "wilson_bounds": "_proportions",
}

__all__ = [
    "bootstrap",
    "delong",
    "difference_of_means",
    "difference_of_proportions",
    "holm",
    "mean",
    "mean_of_sums",
    "paired_difference",
    "paired_relative_increase",
    "relative_increase",
    "simultaneous_level",
    "wilson",
    "wilson_bounds",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
