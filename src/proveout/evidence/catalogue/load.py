"""Metrics of the load family: what users meet from the pilot's number to the whole company's."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_PEAK = (
    "Measured at the peak of full use (the charter's load); with users=N, at that number of users. "
)
_DUE = "Latency counts from when the request was due, not from when it could be sent. "


_load = Declaring(check="load", family="engineering", source="R403", dimensions=("users",))

METRICS: tuple[Metric, ...] = (
    _load(
        "p50_latency", "s", "lower",
        "The time within which half of the requests are answered.",
        _PEAK + _DUE + "Median; interval by order statistics.",
    ),
    _load(
        "p95_latency", "s", "lower",
        "The time within which 95 % of requests are answered at the peak of full use.",
        _PEAK + _DUE + "Requests that were given up or failed count as slower than any that was "
        "answered. Interval by order statistics, widened by blocks of time.",
    ),
    _load(
        "p99_latency", "s", "lower",
        "The time within which 99 % of requests are answered at the peak of full use.",
        _PEAK + _DUE + "As p95.",
    ),
    _load(
        "first_token_p95", "s", "lower",
        "The time within which 95 % of requests show a first word.",
        _PEAK + _DUE + "Systems that are read as a stream only.",
    ),
    _load(
        "error_rate", "fraction", "lower",
        "The share of requests that end in an error at the peak of full use.",
        _PEAK + "Share of requests that failed before the user gave up. Wilson interval.",
    ),
    _load(
        "abandonment", "fraction", "lower",
        "The share of users who give up waiting at the peak of full use.",
        _PEAK + "Share of requests for which the user's patience (load.give_up_after_s) ended "
        "first. Wilson interval.",
    ),
    _load(
        "throughput", "requests/s", "higher",
        "How many requests are answered per second.",
        _PEAK + "Answered requests over the measured time.",
    ),
    _load(
        "breaking_point", "count", "higher",
        "The number of users from which it is no longer good enough.",
        "The first level of the ramp at which latency, errors or abandonment miss what the charter "
        "asks for; the details say which, and at how many users it still held.",
        dimensions=(),
    ),
    _load(
        "predicted_p95_latency", "s", "lower",
        "The time within which 95 % of requests will be answered at the peak of full use.",
        "Predicted from runs at a smaller size, by playing a queue with slots, contention and "
        "patience that was fitted to them (no formula: Erlang-A is too kind); the interval "
        "is one of prediction. Simulated, never measured.",
        source="R403; Gunther 2007 (USL); held to Garnett, Mandelbaum & Reiman 2002 in tests",
    ),
    _load(
        "predicted_abandonment", "fraction", "lower",
        "The share of users who will give up waiting at the peak of full use.",
        "As load.predicted_p95_latency.",
        source="R403; Gunther 2007 (USL)",
    ),
    _load(
        "needed_capacity", "count", "lower",
        "How many requests it must be able to work on at the same time at the peak of full use.",
        "The smallest number of slots with which the fitted model keeps to the charter's limits.",
        source="R403, R404; Gunther 2007 (USL)",
        dimensions=(),
    ),
)  # fmt: skip
