"""Metrics that the standard asks for and that no check of this version yields.

They stand here so that the gate can ask for them: a criterion on one of them is missing evidence,
which is never a pass. The check that will measure them takes its declarations with it.
"""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Direction, Family, Metric
from proveout.evidence.model import Dimension


def _planned(
    name: str,
    unit: str,
    direction: Direction,
    family: Family,
    meaning: str,
    *,
    source: str,
    dimensions: tuple[Dimension, ...] = (),
) -> Metric:
    return Metric(
        name=name,
        unit=unit,
        direction=direction,
        family=family,
        meaning=meaning,
        computed="Not measured by any check of this version.",
        source=source,
        dimensions=dimensions,
    )


METRICS: tuple[Metric, ...] = (
    _planned(
        "value.kpi", "*", "neither", "business",
        "A KPI of the charter as measured in use; its unit and direction are the charter's.",
        source="R701", dimensions=("kpi",),
    ),
    _planned(
        "adoption.active_share", "fraction", "higher", "business",
        "The share of the people it was made for who use it.",
        source="R603, R605",
    ),
    _planned(
        "adoption.override_rate", "fraction", "lower", "business",
        "The share of answers that people overrule or work around.",
        source="R605, R906",
    ),
    _planned(
        "drift.alarms", "count", "lower", "technical",
        "Drift alarms that nobody has resolved.",
        source="R901",
    ),
    _planned(
        "assumption.holds", "flag", "higher", "technical",
        "Whether an assumption on which the system was built still holds.",
        source="R109", dimensions=("assumption",),
    ),
)  # fmt: skip
