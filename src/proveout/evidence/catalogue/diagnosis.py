"""Metrics of the diagnosis: why a pilot failed, and what must be so before the next (R1001)."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_diagnosis = Declaring(check="diagnosis", family="organisational", source="R1001")

METRICS: tuple[Metric, ...] = (
    _diagnosis(
        "activity", "fraction", "lower",
        "How active a cause of failure was, from 0 to 1.",
        "From the signals for and against, by documented weights (docs/diagnosis.md); the interval "
        "is the range over all answers that are missing.",
        dimensions=("failure",),
    ),
    _diagnosis(
        "condition_met", "flag", "higher",
        "Whether a condition that a failed predecessor left has been shown to be met.",
        "1 where the evidence or the charter shows it, or a named person has shown it to be so.",
        source="R1002", dimensions=("failure", "part"),
    ),
)  # fmt: skip
