"""Metrics of the diagnosis: why a pilot failed, and what must be so before the next (R1001)."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_diagnosis = Declaring(check="diagnosis", family="organisational", source="R1001")

METRICS: tuple[Metric, ...] = (
    _diagnosis(
        "activity", "fraction", "lower",
        "How active a cause of failure was, from 0 to 1.",
        "From the signals for and against, by documented weights (docs/diagnosis.md). The details "
        "hold the range over all answers that are missing; it is no confidence interval.",
        dimensions=("failure",),
    ),
    _diagnosis(
        "condition_met", "flag", "higher",
        "Whether a condition that a failed predecessor left has been shown to be met.",
        "1 where the evidence or the charter shows it, or a named person has shown it to be so.",
        source="R1002", dimensions=("failure", "part"),
    ),
    _diagnosis(
        "cause_known", "flag", "higher",
        "Whether it is known why each earlier pilot failed.",
        "1 when the charter or a recorded diagnosis names a cause for each predecessor that failed "
        "or stalled; found by the gate itself, never by a check.",
        source="R1001, R1002",
    ),
    _diagnosis(
        "design_changed", "flag", "higher",
        "Whether the design is another one than the last in what failed.",
        "1 when some part of the charter in which the failure sits differs from the sealed charter "
        "of the predecessor, days aside; found by the gate itself, never by a check.",
        source="R1002", dimensions=("failure",),
    ),
)  # fmt: skip
