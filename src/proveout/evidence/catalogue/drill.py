"""Metrics of the drill family: what the company's own people do when it fails."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Direction, Metric
from proveout.evidence.model import Dimension


def _drill(
    name: str,
    unit: str,
    direction: Direction,
    meaning: str,
    computed: str,
    *,
    source: str = "R405",
    dimensions: tuple[Dimension, ...] = (),
) -> Metric:
    return Metric(
        name=f"drill.{name}",
        unit=unit,
        direction=direction,
        family="engineering",
        meaning=meaning,
        computed=computed,
        source=source,
        dimensions=dimensions,
    )


METRICS: tuple[Metric, ...] = (
    _drill(
        "time_to_notice", "s", "lower",
        "How long the company's own people took to notice an injected fault.",
        "From the moment a fault was injected to its acknowledgement by a person of the company; "
        "the longest of the drill, and with fault=NAME that of one. A fault that nobody "
        "acknowledged counts with the whole time it was on, and is named.",
        dimensions=("fault",),
    ),
    _drill(
        "time_to_recover", "s", "lower",
        "How long the company's own people took to recover from an injected fault.",
        "From the moment a fault was injected until users were served again, by the system or by "
        "the fallback; the longest of the drill, and with fault=NAME that of one.",
        dimensions=("fault",),
    ),
    _drill(
        "steps_done", "fraction", "higher",
        "The share of the runbook's steps that were done.",
        "Steps marked as done during the drill over the steps of the charter's exception protocol "
        "and rollback.",
        source="R405, R504, R506",
    ),
    _drill(
        "served_rate", "fraction", "higher",
        "The share of requests that users got answered while faults were on.",
        "Answered requests of the drill's own load, the fallback's among them, over those that "
        "fell due; with fault=NAME while that one was on. Wilson interval.",
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
