"""Can a criterion be missed, and can it be met? One that cannot decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proveout.charter.loaded import PathInCharter
from proveout.charter.schema.standard import read_short
from proveout.evidence.catalogue import SHIPPED, Catalogue, Metric

Found = Iterator[tuple[PathInCharter, str, str]]
"""Path, what is wrong, what to write."""

_BETTER = {"higher": ">=", "lower": "<="}
_EITHER_WAY = frozenset({"quality.worst_slice"})
"""Its main metric decides which way is better."""
_SHARES = ("fraction", "flag")
_OURS = frozenset(metric.name for metric in SHIPPED)
"""Of a plug-in's metric nothing is known but its unit and which way is better."""
_BELOW_ZERO = frozenset(
    {"quality.r2", "quality.sandbox_drop", "stress.quality_drop", "stress.worst_quality_drop"}
)
"""Fractions that may be negative: worse than a guess, or better than the sample."""


def reach_problems(place: PathInCharter, item: Any, known: Catalogue | None) -> Found:
    """Look at one criterion as it was read, in short or in full."""
    short = read_short(item) if isinstance(item, str) else None
    said = short if short is not None else item
    if known is None or not isinstance(said, dict):
        return
    name, comparison = said.get("metric"), str(said.get("comparison"))
    threshold = _number(said.get("threshold"))
    if not isinstance(name, str) or name not in known or comparison not in _BETTER.values():
        return
    metric = known[name]
    wanted = None if name in _EITHER_WAY else _BETTER.get(metric.direction)
    if wanted not in (None, comparison):
        at = place if short else (*place, "comparison")
        what = (
            f"{metric.direction.capitalize()} is better for '{name}', and '{comparison}' would "
            "let the worst pass."
        )
        yield at, what, f"Write: {name} {wanted} {_said(said.get('threshold'))}"
    elif threshold is not None:
        at = place if short else (*place, "threshold")
        yield from ((at, *told) for told in _threshold(metric, comparison, threshold))


def _threshold(metric: Metric, comparison: str, threshold: float) -> Iterator[tuple[str, str]]:
    is_share = metric.unit in _SHARES
    shown = f"{threshold:g}"
    if is_share and threshold > 1:
        what = f"'{metric.name}' is a share of one, and {shown} is above all that it can be."
        as_share = f"{threshold / 100:g}" if threshold <= 100 else "0.85"
        yield what, f"Write the share of one: {as_share}"
        return
    if metric.name not in _OURS:
        return
    lowest = None if metric.name in _BELOW_ZERO or metric.direction == "neither" else 0.0
    highest = 1.0 if is_share and metric.name not in _BELOW_ZERO else None
    if comparison == "<=" and lowest is not None and threshold < lowest:
        yield f"'{metric.name}' is never below 0: nothing could meet this.", "Write 0 or more."
    elif (comparison == ">=" and lowest is not None and threshold <= lowest) or (
        comparison == "<=" and highest is not None and threshold >= highest
    ):
        yield (
            f"'{metric.name}' is always {comparison} {shown}: nothing could miss this.",
            "Write the least that you would accept, or take the line out.",
        )


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _said(value: Any) -> str:
    return value if isinstance(value, str) else f"{value}"
