"""Names as they are read: 'crew-wait is decided.' becomes 'Crew wait is decided.'."""

from __future__ import annotations

import re

from proveout.charter.schema import Charter
from proveout.evidence.figures import figure, with_unit
from proveout.evidence.model import Interval


def in_words(sentence: str, charter: Charter) -> str:
    """Write the KPIs of a sentence without hyphens, and let it begin as a sentence does."""
    for kpi in charter.kpis:
        if "-" in kpi.name:
            bounded = rf"(?<![\w.-]){re.escape(kpi.name)}(?![\w-])"
            sentence = re.sub(bounded, kpi.name.replace("-", " "), sentence)
    return f"{sentence[:1].upper()}{sentence[1:]}"


def change(value: float, unit: str, around: Interval) -> str:
    """Write by how much something changed: of a share in points, as a share of it is another."""
    if unit != "fraction":
        return figure(value, unit, around)
    return figure(100 * value, "points", _points(around))


def change_span(around: Interval, unit: str, alike: Interval | None = None) -> str:
    """Write the interval of a change; as exactly as `alike` where that is given."""
    low, high = (change(end, unit, alike or around) for end in (around.low, around.high))
    return f"{low.removesuffix(with_unit('', 'points' if unit == 'fraction' else unit))} to {high}"


def _points(around: Interval) -> Interval:
    return Interval(
        low=100 * around.low, high=100 * around.high, level=around.level, method=around.method
    )
