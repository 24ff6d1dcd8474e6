"""Does a criterion or an assumption name something that can be measured at all?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proveout.charter.loaded import PathInCharter
from proveout.charter.loading.nearest import nearest
from proveout.charter.schema.standard import read_short
from proveout.evidence.catalogue import SHIPPED, Catalogue, Metric
from proveout.evidence.model import DIMENSIONS

Found = Iterator[tuple[PathInCharter, str, str]]
"""Path, what is wrong, what to write."""

_ALWAYS_NAMED = frozenset(
    {"source", "column", "operator", "severity", "kpi", "part", "role", "assumption", "field"}
)
"""Our own checks measure each of these apart and never all of them together."""

_OURS = frozenset(metric.name for metric in SHIPPED)


def measurement_problems(place: PathInCharter, item: Any, known: Catalogue | None) -> Found:
    """Look at one criterion or assumption as it was read, in short or in full."""
    short = read_short(item) if isinstance(item, str) else None
    said = short if short is not None else item
    if not isinstance(said, dict):
        return
    subject = said.get("subject") or {}
    if not isinstance(subject, dict):
        return
    metric = said.get("metric")
    at_metric = place if short else (*place, "metric")
    known_dimensions = [name for name in subject if name in DIMENSIONS]
    for name, value in subject.items():
        at = place if short else (*place, "subject", name)
        if name not in DIMENSIONS:
            yield at, *_no_dimension(name)
        elif value == "":
            what = f"Nothing is said of which {name}."
            yield at, what, f"Write {name}=*, for each of them, or name one."
    if known is None or not isinstance(metric, str):
        return
    if metric not in known:
        yield at_metric, *_no_metric(metric, known)
    else:
        yield from _misfits(at_metric, known[metric], known_dimensions)


def _no_dimension(name: str) -> tuple[str, str]:
    near = nearest(name, DIMENSIONS)
    write = f"Did you mean '{near}'? " if near else ""
    what = f"A subject cannot be narrowed by '{name}'."
    return what, f"{write}Allowed: {', '.join(DIMENSIONS)}."


def _no_metric(name: str, known: Catalogue) -> tuple[str, str]:
    near = known.nearest(name)
    write = f"Did you mean '{near}'? " if near else ""
    return f"There is no metric '{name}'.", f"{write}See them all: proveout metrics"


def _misfits(at: PathInCharter, metric: Metric, given: list[str]) -> Found:
    """Tell a subject that no evidence will ever have."""
    foreign = [name for name in given if name not in metric.dimensions]
    needed = [name for name in metric.dimensions if name in _ALWAYS_NAMED]
    if foreign:
        what = f"'{metric.name}' is never measured by {' or '.join(foreign)}."
        if metric.dimensions:
            yield at, what, f"It can be narrowed by: {', '.join(metric.dimensions)}."
        else:
            yield at, what, "It is measured for the pilot as a whole: leave the subject out."
    elif metric.name in _OURS and not set(needed) <= set(given):
        pattern = ", ".join(f"{name}=*" for name in needed)
        what = f"'{metric.name}' is measured for each {' and '.join(needed)}, never as a whole."
        yield at, what, f"Write {metric.name}[{pattern}], or name one instead of the '*'."
