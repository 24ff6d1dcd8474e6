"""Metrics of the exceptions family: answers that people have to look at."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_exceptions = Declaring(check="exceptions", family="engineering", source="R504, R904")

METRICS: tuple[Metric, ...] = (
    _exceptions(
        "rate", "fraction", "lower",
        "The share of answers that went to a person.",
        "Requests of the window with at least one reason for an exception over all requests; the "
        "reasons stand in the details. Wilson interval.",
        family="technical",
    ),
    _exceptions(
        "open", "count", "lower",
        "Exceptions that nobody has resolved yet.",
        "Entries of the queue without an outcome at the end of the window.",
    ),
    _exceptions(
        "overdue", "count", "lower",
        "Exceptions past their due time.",
        "Entries of the queue without an outcome whose due time by the exception protocol has "
        "passed; those escalated stand in the details.",
    ),
    _exceptions(
        "time_to_resolve", "h", "lower",
        "How long it takes until an exception is resolved, for nine out of ten.",
        "90th percentile of the hours from entry to outcome, open ones counted as censored "
        "(Kaplan-Meier); entries of the window.",
    ),
)  # fmt: skip
