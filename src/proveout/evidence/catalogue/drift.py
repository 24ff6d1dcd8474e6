"""Metrics of the drift family: what has changed since the pilot, and who was called."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_drift = Declaring(check="drift", family="technical", source="R901")

METRICS: tuple[Metric, ...] = (
    _drift(
        "alarms", "count", "lower",
        "Drift alarms that nobody has resolved.",
        "Alarms that were raised by sequential tests which share one false-alarm budget over all "
        "columns, checks and the life of the system, and that no named person has resolved. With "
        "kind=NAME those of one kind.",
        dimensions=("kind",),
    ),
    _drift(
        "alarm", "flag", "lower",
        "Whether something watched has changed for certain.",
        "1 where the sequential test of this column, pair of columns or figure has used up its "
        "share of the false-alarm budget: what changed, since when, in which sites and what it "
        "does to results stand in the details; 0 where it has not.",
        dimensions=("source", "column", "site", "kind"),
    ),
    _drift(
        "not_checked", "count", "lower",
        "Tests for drift that could not be computed.",
        "Columns and figures that were to be watched and for which no test could be computed in "
        "this window; each is named with its reason.",
    ),
    _drift(
        "distance", "fraction", "lower",
        "How far a column is from what the pilot saw.",
        "Jensen-Shannon distance (base 2, 0 to 1) between the column in the window and in the "
        "reference, over the bins of the reference; the population stability index, the "
        "Kolmogorov-Smirnov or chi-square statistic and its p-value stand in the details, for "
        "reading.",
        dimensions=("source", "column", "site", "kind"),
    ),
    _drift(
        "schema_changes", "count", "lower",
        "Columns that came, went, or became another type.",
        "Columns of the window against those of the reference by name and type; each is named.",
    ),
    _drift(
        "format_changes", "count", "lower",
        "Columns whose values are written in another form than before.",
        "Columns in which the share of values by form (decimal mark, date order, unit, case, "
        "length, letters) differs from the reference while the values may well be the same; each "
        "is named with examples.",
    ),
    _drift(
        "detectable", "fraction", "lower",
        "The smallest change that this watch finds in time.",
        "The smallest share of changed rows that was found in 80 % of trials within the window, "
        "measured before launch by injecting the change into the data of the pilot again and "
        "again; how soon larger ones are found stands in the details.",
        dimensions=("column", "kind"),
    ),
    _drift(
        "estimated_quality", "fraction", "higher",
        "How good answers probably are, as long as the truth is not known.",
        "Estimated from the calibrated confidence of the answers in the window (confidence-based "
        "performance estimation); the interval covers sampling and calibration. A model's "
        "estimate, so that its basis is simulated. Not measured where the estimate would be no "
        "better than assuming no change.",
    ),
    _drift(
        "error_rate", "fraction", "lower",
        "The share of wrong answers since launch, as far as the truth is known.",
        "Wrong answers over those whose truth has come, in order of their coming; with a "
        "confidence sequence that is valid however often one looks.",
    ),
)  # fmt: skip
