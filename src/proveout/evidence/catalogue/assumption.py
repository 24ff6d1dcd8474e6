"""Whether the assumptions hold on which the system was built."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_assumption = Declaring(check="assumption", family="technical", source="R109")

METRICS: tuple[Metric, ...] = (
    _assumption(
        "holds", "flag", "higher",
        "Whether an assumption on which the system was built still holds.",
        "1 where the metric that the charter names for the assumption is within its bounds on the "
        "latest evidence, by the bound of its interval; 0 where it is certainly outside. Where "
        "neither is certain, or no metric is named, it is not measured.",
        dimensions=("assumption",),
    ),
)  # fmt: skip
