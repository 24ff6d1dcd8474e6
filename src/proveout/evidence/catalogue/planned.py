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
)  # fmt: skip
