"""Metrics of the drill family: what the company's own people do when it fails."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_drill = Declaring(check="drill", family="engineering", source="R405")

METRICS: tuple[Metric, ...] = (
    _drill(
        "time_to_notice", "s", "lower",
        "How long the company's own people took to notice an injected fault.",
        "From the moment a fault was injected to its acknowledgement by a person of the company; "
        "the longest of the drill, and with fault=NAME that of one, in real seconds. Where nobody "
        "acknowledged a fault there is no such time: it is not measured, and the fault is named.",
        dimensions=("fault",),
    ),
    _drill(
        "time_to_recover", "s", "lower",
        "How long the company's own people took to recover from an injected fault.",
        "From the moment a fault was injected to the end of the first answered request from which "
        "on 95 % of the usual share is answered, by the system or by the fallback: of the next 20 "
        "requests, and of all until the fault ends. 0 where that was so all the time. The longest "
        "of the drill, and with fault=NAME that of one, in real seconds.",
        dimensions=("fault",),
    ),
    _drill(
        "steps_done", "fraction", "higher",
        "The share of the runbook's steps that were done.",
        "Steps marked as done during the drill over the steps of the charter's exception protocol "
        "and rollback. That a step was done is what people say: attested, once one is marked.",
        source="R405, R504, R506",
    ),
    _drill(
        "served_rate", "fraction", "higher",
        "The share of requests that users got answered while faults were on.",
        "Requests of the drill's own users that were answered in a usable form, by the system or "
        "the fallback, over those that fell due while a fault was on; with fault=NAME that one. "
        "Wilson interval.",
        source="R405, R904",
        dimensions=("fault",),
    ),
    _drill(
        "passed", "flag", "higher",
        "Whether the company's own people kept it up, without the vendor's engineers.",
        "1 where every fault was noticed and recovered from within the limits and nobody of the "
        "vendor was needed; who took part and who said so stand in the details.",
    ),
)  # fmt: skip
