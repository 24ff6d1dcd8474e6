"""Metrics of the stress family: what corrupted inputs do to the system."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Metric

_SILENT = (
    "wrong and with a confidence of at least system.confident_at; where the system gives no "
    "confidence, every wrong answer counts, because nothing warns the user"
)

METRICS: tuple[Metric, ...] = (
    Metric(
        name="stress.quality_drop",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="How much worse the system gets when its inputs are damaged in one given way.",
        computed=(
            "Mean loss on the corrupted rows minus mean loss on the same rows as they were, paired "
            "row by row; classification: share of wrong answers; regression: absolute error, as a "
            "share of the mean absolute error on the rows as they were. An exception counts as a "
            "wrong answer. Interval of the paired difference."
        ),
        source="R401; Schelter, Rukat & Biessmann 2021 (JENGA), on the kinds of damage",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.refusal_rate",
        unit="fraction",
        direction="neither",
        family="technical",
        meaning="How many of the damaged inputs get no usable answer, so that somebody notices.",
        computed=(
            "Share of corrupted rows whose answer is refused, malformed, failed, timed out or "
            "missing. Wilson interval."
        ),
        source="R401; Wilson 1927",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.silent_failure",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="How many damaged inputs are answered wrong without any sign of doubt.",
        computed=f"Share of all corrupted rows answered {_SILENT}. Wilson interval.",
        source="R402; Wilson 1927",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.worst_quality_drop",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="The largest loss of quality among all the kinds of damage that were tried.",
        computed=(
            "Maximum of stress.quality_drop over all operators and severities tried; the interval "
            "holds for all of them at once (Bonferroni), so that having looked at many is paid for."
        ),
        source="R401; Dunn 1961, on bounds that hold together",
    ),
    Metric(
        name="stress.worst_silent_failure",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="The largest share of confidently wrong answers among all kinds of damage tried.",
        computed=(
            "Maximum of stress.silent_failure over all operators and severities tried; the "
            "interval holds for all of them at once (Bonferroni)."
        ),
        source="R402; Dunn 1961, on bounds that hold together",
    ),
)
