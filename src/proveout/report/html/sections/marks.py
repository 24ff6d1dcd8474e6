"""From evidence to marks and reference lines."""

from __future__ import annotations

from proveout.evidence.model import Evidence
from proveout.gate.model import Criterion
from proveout.report.charts import Mark
from proveout.report.charts.chart import Series, Tone
from proveout.report.model import Report


def threshold_of(report: Report, metric: str) -> Criterion | None:
    """Return the criterion on a metric, where the standard has one."""
    return next((r.criterion for r in report.verdict.rulings if r.criterion.metric == metric), None)


def interval_mark(
    e: Evidence, *, tone: Tone = "plain", series: Series = "plain", is_bar: bool = False
) -> Mark:
    """Return the mark for one fact."""
    return Mark(
        value=e.value,
        low=None if e.interval is None else e.interval.low,
        high=None if e.interval is None else e.interval.high,
        series=series,
        tone=tone,
        is_bar=is_bar,
    )
