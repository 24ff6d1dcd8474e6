"""The metrics of the shipped checks, each declared once.

They stand here, below checks and gate alike, because a check yields them and a standard names
them, and neither room may look into the other. A plug-in brings its own in `Check.metrics`.
"""

from proveout.evidence.catalogue import (
    adoption,
    assumption,
    confidence,
    cost,
    diagnosis,
    drift,
    drill,
    exceptions,
    governance,
    latency,
    load,
    people,
    quality,
    readiness,
    stress,
    value,
)
from proveout.evidence.catalogue.metric import Catalogue, Family, Metric

SHIPPED: tuple[Metric, ...] = (
    *readiness.METRICS,
    *quality.METRICS,
    *stress.METRICS,
    *confidence.METRICS,
    *load.METRICS,
    *cost.METRICS,
    *drill.METRICS,
    *drift.METRICS,
    *latency.METRICS,
    *adoption.METRICS,
    *exceptions.METRICS,
    *assumption.METRICS,
    *governance.METRICS,
    *people.METRICS,
    *value.METRICS,
    *diagnosis.METRICS,
)

__all__ = ["SHIPPED", "Catalogue", "Family", "Metric"]
