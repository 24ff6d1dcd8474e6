"""Metrics of confidence: from where on an answer may go out alone, and what damage does to that."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Metric

_PROMISE = (
    "Angelopoulos, Bates, Candès, Jordan & Lei 2021 (Learn then Test); Geifman & El-Yaniv 2017"
)

AS_THEY_ARE: tuple[Metric, ...] = (
    Metric(
        name="confidence.threshold",
        unit="count",
        direction="neither",
        family="technical",
        meaning="From this confidence on an answer may go out alone; below, a person looks at it.",
        computed=(
            "The lowest threshold at which the share of wrong answers among those let through is "
            "at most system.let_through.max_error with system.let_through.probability. A quarter "
            "of the rows puts the thresholds in order, the rest tests them one after the other "
            "until the first fails (fixed sequence, exact binomial tests). Holds for rows as they "
            "were; not under a shift."
        ),
        source=f"R402; {_PROMISE}",
    ),
    Metric(
        name="confidence.coverage",
        unit="fraction",
        direction="higher",
        family="technical",
        meaning="How many of all cases the system may answer alone at the recommended threshold.",
        computed=(
            "Share of all rows, those without a usable answer among them, answered with at least "
            "the confidence of confidence.threshold; 0 where no threshold keeps the promise. "
            "Wilson interval."
        ),
        source="R402; El-Yaniv & Wiener 2010 (risk-coverage); Wilson 1927",
    ),
    Metric(
        name="confidence.selective_error",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="How many of the answers that go out alone are wrong.",
        computed=(
            "Wrong answers among those at or above confidence.threshold, on the rows it was chosen "
            "on. Wilson interval."
        ),
        source="R402; Geifman & El-Yaniv 2017 (selective risk); Wilson 1927",
    ),
)
"""On rows as they are."""

UNDER_STRESS: tuple[Metric, ...] = (
    Metric(
        name="stress.error_let_through",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="How many of the answers that go out alone are wrong when inputs are damaged.",
        computed=(
            "At the threshold recommended on the rows as they are: wrong answers among those let "
            "through, a share of the rows (the severity) being corrupted. Measured, not promised. "
            "Wilson interval."
        ),
        source="R401, R402; Wilson 1927",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.share_let_through",
        unit="fraction",
        direction="neither",
        family="technical",
        meaning="How many cases still go out alone when inputs are damaged.",
        computed=(
            "At the threshold recommended on the rows as they are: share of all rows, the "
            "corrupted ones among them, let through. A fall is no fault: a system that becomes "
            "unsure of damaged inputs does right. Wilson interval."
        ),
        source="R401, R402; Wilson 1927",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.worst_error_let_through",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="The largest share of wrong answers let through among all damage that was tried.",
        computed=(
            "Maximum of stress.error_let_through over all operators and severities tried; the "
            "interval holds for all of them at once (Bonferroni)."
        ),
        source="R401, R402; Dunn 1961, on bounds that hold together",
    ),
)
"""At the same threshold, on corrupted rows."""

METRICS = (*AS_THEY_ARE, *UNDER_STRESS)
