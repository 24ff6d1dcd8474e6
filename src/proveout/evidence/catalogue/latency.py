"""Metrics of the latency family: what users waited, in production."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_latency = Declaring(check="latency", family="engineering", source="R403, R903")

METRICS: tuple[Metric, ...] = (
    _latency(
        "p50", "s", "lower",
        "Half of the requests were answered within this time.",
        "Median of the seconds from a request to the end of its answer, by the system or the "
        "fallback, in the window of the prediction log. One that got neither waited longer than "
        "all others; one that its client gave up, or that was refused, is left out. Interval by "
        "order statistics, widened by how days differ.",
        dimensions=("system",),
    ),
    _latency(
        "p95", "s", "lower",
        "95 % of the requests were answered within this time.",
        "As p50, for the 95th percentile.",
        dimensions=("system",),
    ),
    _latency(
        "p99", "s", "lower",
        "99 % of the requests were answered within this time.",
        "As p50, for the 99th percentile.",
        dimensions=("system",),
    ),
    _latency(
        "served_rate", "fraction", "higher",
        "The share of requests that the system itself answered in time.",
        "Requests answered by the system within the deadline over all requests of the window; "
        "Wilson interval, widened by how days differ.",
        dimensions=("system",),
    ),
    _latency(
        "fallback_rate", "fraction", "lower",
        "The share of requests that the fallback had to answer.",
        "Requests that the fallback answered, whatever the cause, over all of the window; the "
        "causes stand in the details. Wilson interval.",
        dimensions=("system",),
    ),
    _latency(
        "unanswered_rate", "fraction", "lower",
        "The share of requests that got neither an answer nor the fallback.",
        "Requests that ended in an error, or were lost, over all of the window without those that "
        "the client gave up; Wilson interval.",
        dimensions=("system",),
    ),
)  # fmt: skip
