"""What a criterion asks for, in words."""

from __future__ import annotations

from proveout.charter.schema import Comparison
from proveout.evidence.figures import figure


def demand(comparison: Comparison, threshold: float, unit: str) -> str:
    """Write what is asked for.

    >>> demand("<=", 12, "count")
    'at most 12'
    """
    if unit == "flag":
        return "yes" if comparison == ">=" else "no"
    return f"{'at least' if comparison == '>=' else 'at most'} {figure(threshold, unit)}"
