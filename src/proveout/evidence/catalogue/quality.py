"""Metrics of the quality family."""

from __future__ import annotations

from typing import Literal

from proveout.evidence.catalogue.metric import Metric
from proveout.evidence.model import Dimension

_PARTS: tuple[Dimension, ...] = ("site", "slice", "period")


def _metric(
    name: str,
    meaning: str,
    computed: str,
    source: str,
    *,
    unit: str = "fraction",
    direction: Literal["higher", "lower"] = "higher",
    dimensions: tuple[Dimension, ...] = (),
) -> Metric:
    return Metric(
        name=f"quality.{name}",
        unit=unit,
        direction=direction,
        family="technical",
        meaning=meaning,
        computed=computed,
        source=source,
        dimensions=dimensions,
    )


METRICS: tuple[Metric, ...] = (
    _metric(
        "accuracy",
        "How many of all records the system answered, and answered rightly.",
        "Rows answered with the true class / all rows with a known true class; a row without a "
        "usable answer counts as not right. Answers in words are right as system.scoring says, "
        "documents when all their required fields are. Wilson score interval.",
        "R301, R303; Wilson 1927",
        dimensions=_PARTS,
    ),
    _metric(
        "balanced_accuracy",
        "How many records of each class are answered rightly, every class weighing the same.",
        "Mean over the true classes of their recall. Interval by combining the classes' Wilson "
        "intervals (MOVER).",
        "R301; Zou and Donner 2008",
    ),
    _metric(
        "precision",
        "When the system names the class that matters, how often it is right.",
        "Rows rightly answered 'positive' / rows answered 'positive', Wilson score interval; mean "
        "over the classes (MOVER interval) where no positive class is declared.",
        "R301; Wilson 1927; Zou and Donner 2008",
    ),
    _metric(
        "recall",
        "How many of the records of the class that matters the system finds.",
        "Rows rightly answered 'positive' / rows that are positive, Wilson score interval; mean "
        "over the classes (MOVER interval) where no positive class is declared.",
        "R301; Wilson 1927; Zou and Donner 2008",
    ),
    _metric(
        "f1",
        "Precision and recall in one figure (their harmonic mean).",
        "2TP / (2TP + FP + FN). It is a monotone function of TP / (TP + FP + FN), a proportion, "
        "whose Wilson interval is transformed. Mean over the classes where no positive class is "
        "declared, with the classes' intervals combined by their correlation (MOVER).",
        "R301; Wilson 1927; Takahashi et al. 2022; Zou and Donner 2008",
    ),
    _metric(
        "roc_auc",
        "How surely the system puts a record of the class that matters above one of the other.",
        "Area under the ROC curve over answered rows with a confidence; the score of the positive "
        "class is the confidence where the answer is positive and 1 - confidence elsewhere. "
        "DeLong's variance, logit scale.",
        "R301; DeLong et al. 1988; Pepe 2003",
    ),
    _metric(
        "calibration_error",
        "How far the confidence that the system states is from how often it is then right.",
        "Root of the bias-corrected mean squared gap between stated confidence and share right, "
        "over up to 15 equally filled bins of confidence; score interval on the squared scale. "
        "The plain expected calibration error, which is biased upwards, stands in the details.",
        "R402; Kumar, Liang and Ma 2019",
        direction="lower",
    ),
    _metric(
        "mae",
        "How far off the answers are on average.",
        "Mean absolute error over answered rows, in the unit of the label. Hall's "
        "interval: Student's t, corrected for skewness.",
        "R301, R303; Hall 1992",
        unit="*",
        direction="lower",
        dimensions=_PARTS,
    ),
    _metric(
        "rmse",
        "How far off the answers are, large errors weighing more.",
        "Root of the mean squared error over answered rows, in the unit of the label. Root of "
        "Hall's interval of the mean squared error.",
        "R301; Hall 1992",
        unit="*",
        direction="lower",
    ),
    _metric(
        "r2",
        "Which part of the variation of the true figure the answers account for.",
        "1 - mean squared error / variance of the truth, over answered rows. Delta method on the "
        "logarithm of the ratio.",
        "R301",
    ),
    _metric(
        "within_tolerance",
        "How many of all records are answered closely enough to be of use.",
        "Rows answered within system.tolerance of the truth / all rows with a known truth; a row "
        "without a usable answer counts as not within. Wilson score interval.",
        "R301; Wilson 1927",
    ),
    _metric(
        "exception_rate",
        "How many records get no usable answer, so that a person must handle them.",
        "Rows refused, malformed, failed, timed out or left unanswered / all rows given to the "
        "system, with or without a known truth. Wilson score interval.",
        "R301, R302; Wilson 1927",
        direction="lower",
        dimensions=_PARTS,
    ),
    _metric(
        "field_accuracy",
        "How often one field of a document is read rightly; a field that the document does not "
        "have is read rightly when it is left empty.",
        "Documents in which the field agrees with the truth by its scorer in system.scoring / all "
        "documents with known true fields; a document without a usable answer counts as not "
        "right. Wilson score interval. Wrong, missed and invented values are told apart in the "
        "details.",
        "R301, R303; Wilson 1927",
        dimensions=("field",),
    ),
    _metric(
        "invented_rate",
        "How often the system makes up a value for a field that the document does not have.",
        "Fields answered with a value / fields whose true value is empty, over all documents. "
        "Wilson score interval at the effective sample size, because the fields of one document "
        "are alike.",
        "R301, R402; Korn and Graubard 1998; Dean and Pagano 2015",
        direction="lower",
    ),
    _metric(
        "refusal_rate",
        "How often a language model declines to answer.",
        "Rows refused, by the service or in words / all rows given to the system. Wilson score "
        "interval.",
        "R301, R302; Wilson 1927",
        direction="lower",
    ),
    _metric(
        "malformed_rate",
        "How often a language model answers in a form that cannot be used.",
        "Rows whose answer is not of the form that was asked for / all rows given to the system. "
        "Wilson score interval.",
        "R301, R302; Wilson 1927",
        direction="lower",
    ),
    _metric(
        "mean_score",
        "How good the answers are on average, by a score of the user's own from 0 to 1.",
        "Mean of what the function of system.scoring returns; no usable answer scores 0. BCa "
        "bootstrap interval; Wilson's where every score is 0 or 1, or all are the same.",
        "R301; Efron 1987; Wilson 1927",
    ),
    _metric(
        "field_score",
        "How good one field of a document is on average, by a score of the user's own.",
        "Mean of what the function of the field's scorer returns; a field rightly left empty "
        "scores 1, a missed or invented one 0. Interval as for quality.mean_score.",
        "R301; Efron 1987; Wilson 1927",
        dimensions=("field",),
    ),
    _metric(
        "throughput",
        "How many records the system answers in a second, on this machine, one batch at a time.",
        "Answered rows / wall time of the calls after the first. Student's t interval on the "
        "logarithm of the time per row, over calls of equal size.",
        "R301",
        unit="rows/s",
    ),
    _metric(
        "silent_failure",
        "How often the system is wrong and sure of it, so that nobody is warned.",
        "Rows answered wrongly with a confidence of at least system.confident_at / all rows with "
        "a known truth. Wrong is another class, or further off than system.tolerance. Wilson "
        "score interval.",
        "R402; Wilson 1927",
        direction="lower",
    ),
    _metric(
        "sandbox_drop",
        "How much worse the system is in production than on the curated sample.",
        "Accuracy on the sample minus accuracy in production (Newcombe interval), or MAE in "
        "production / MAE on the sample - 1 (delta method on the log ratio). Positive is worse.",
        "R302; Newcombe 1998",
        direction="lower",
    ),
    _metric(
        "worst_slice",
        "How good the system is on the kind of record that it serves worst.",
        "Accuracy or MAE on the worst of all sites, periods, slices and pairs of slices that are "
        "significantly worse than the rest (Fisher's exact test, or the rank-sum test, with "
        "Holm's correction); with an interval that holds for all of them at once. Where none is "
        "significantly worse: the one whose bound is worst.",
        "R303; Fisher 1935; Wilcoxon 1945; Holm 1979",
        unit="*",
        direction="higher",
    ),
)
