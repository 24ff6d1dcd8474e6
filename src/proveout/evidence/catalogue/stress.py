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
            "On the same rows, a share of which (the severity) is corrupted. Classification: "
            "accuracy before minus accuracy after, a row without an answer counting as wrong; "
            "Bonett and Price's interval for paired proportions. Regression: increase of the mean "
            "absolute error as a share of what it was, over rows answered both times; delta-method "
            "interval on the logarithm of the ratio. Rows that are not hit keep their answer."
        ),
        source="R401; Bonett & Price 2012; kinds of damage after Schelter et al. 2021 (JENGA)",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.refusal_rate",
        unit="fraction",
        direction="neither",
        family="technical",
        meaning="How many of the damaged inputs get no usable answer, so that somebody notices.",
        computed=(
            "Share of all rows, the corrupted ones among them, whose answer is refused, malformed, "
            "failed, timed out or missing. Wilson interval."
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
        computed=(
            f"Share of all rows, the corrupted ones among them, answered {_SILENT}. "
            "Wilson interval."
        ),
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
            "Maximum of stress.quality_drop over all operators and severities tried. Lower bound: "
            "the largest of bounds that hold for all of them at once (Bonferroni). Upper bound: "
            "the largest of the plain bounds, since the truly worst one lies below its own."
        ),
        source="R401; Dunn 1961; Berger 1982, Technometrics 24, 295-300 (intersection-union)",
    ),
    Metric(
        name="stress.worst_silent_failure",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="The largest share of confidently wrong answers among all kinds of damage tried.",
        computed=(
            "Maximum of stress.silent_failure over all operators and severities tried; bounds as "
            "for stress.worst_quality_drop."
        ),
        source="R402; Dunn 1961; Berger 1982, Technometrics 24, 295-300 (intersection-union)",
    ),
    Metric(
        name="stress.believed_quality",
        unit="fraction",
        direction="neither",
        family="technical",
        meaning=(
            "How good the system would look to whoever trusts its own confidence, when its inputs "
            "are damaged in one given way."
        ),
        computed=(
            "Mean confidence over the rows answered with one, damaged ones among them: an estimate "
            "of accuracy that needs no true answer. The details hold the share that was really "
            "right, and both figures on the rows as they are. Interval of a mean (Hall)."
        ),
        source="R402; Garg et al. 2022, ICLR, on average confidence as an estimate of accuracy",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.breaking_severity",
        unit="fraction",
        direction="higher",
        family="technical",
        meaning="How little of one kind of damage is enough to break the charter's limit.",
        computed=(
            "Smallest share of damaged records at which stress.quality_drop (kind=quality-drop) "
            "or stress.silent_failure (kind=silent-failure) exceeds stress.max_quality_drop or "
            "stress.max_silent_failure, or 10 % where the charter names none; with a column, where "
            "only that one is damaged. From the answers of the trials: where rows are hit at "
            "random the expected figure is a straight line in the share, else rows are followed in "
            "the order in which they are picked. Interval: the severities at which the interval of "
            "the figure holds the limit. Damage that breaks it at no share has no figure."
        ),
        source="R401; Fieller 1954, JRSS B 16, 175-185, on the inversion",
        dimensions=("operator", "column", "kind"),
    ),
    Metric(
        name="stress.combined_quality_drop",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="How much worse the system gets when the same records are damaged in two ways.",
        computed=(
            "As stress.quality_drop, for pairs of the worst kinds of damage on the same few rows "
            "(the smallest severity); the details tell each alone."
        ),
        source="R401",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.combined_silent_failure",
        unit="fraction",
        direction="lower",
        family="technical",
        meaning="How many answers are wrong and confident when records are damaged in two ways.",
        computed="As stress.silent_failure, for the pairs of stress.combined_quality_drop.",
        source="R402",
        dimensions=("operator", "severity"),
    ),
    Metric(
        name="stress.file_answered",
        unit="fraction",
        direction="neither",
        family="technical",
        meaning="How many records of a broken file of the company's own the system answers.",
        computed=(
            "Share of the records that could be read of a file in stress.files (1,000 at most) "
            "that got a usable answer. Wilson interval. The details count the records that could "
            "not be read, columns that are not there, and answers given with confidence."
        ),
        source="R401; Wilson 1927",
        dimensions=("source",),
    ),
    Metric(
        name="stress.late_labels",
        unit="fraction",
        direction="neither",
        family="technical",
        meaning=(
            "By how much the system seems better than it is while the true answers of the newest "
            "records are still to come."
        ),
        computed=(
            "Classification, where data.timestamp is named: accuracy on the older records minus "
            "accuracy on all, the newest share (the severity) having no truth yet; below zero it "
            "seems worse than it is. Newcombe's interval for the difference of the older and the "
            "newer records, times that share. Nobody is asked for it, and nothing is damaged."
        ),
        source="R401; Newcombe 1998",
        dimensions=("severity",),
    ),
)
