"""The drawings of value, from the same figures as its sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from proveout.evidence.model import Evidence
from proveout.report.charts import (
    Chart,
    Mark,
    Reference,
    Row,
    axis_svg,
    nice_scale,
    tornado,
    track_svg,
)
from proveout.report.charts.control import control_chart_html
from proveout.report.value.kpis import KpiStory
from proveout.report.value.returns import npv_details
from proveout.report.value.told import Told
from proveout.statistics.control_charts.chart import ControlChart, from_details


def kpi_drawings(told: Told, stories: Sequence[KpiStory]) -> dict[str, str]:
    """Draw 'before KPI' and 'level KPI' as tracks, with their axis 'scale KPI'."""
    drawings: dict[str, str] = {}
    for story in stories:
        drawings |= _levels(told, story)
    return drawings


def return_chart(told: Told) -> tuple[Chart | None, dict[str, str]]:
    """Return what the net present value hangs on, with the tracks 'driver 0' … and their axis."""
    details = npv_details(told)
    chart = tornado(details) if details.get("drivers") else None
    if chart is None:
        return None, {}
    drawn = {
        f"driver {number}": track_svg(row, chart.scale, chart.references)
        for number, row in enumerate(chart.rows)
    }
    return chart, drawn | {"drivers": axis_svg(chart.scale, chart.unit)}


def control_charts(told: Told, stories: Sequence[KpiStory]) -> dict[str, str]:
    """Draw the control chart of each KPI that has one: a whole figure with its table."""
    drawn: dict[str, str] = {}
    for story in stories:
        signals = told.one("value.signals", kpi=story.kpi)
        chart = None if signals is None else _chart(signals.details.get("chart"))
        if chart is not None and chart.points:
            drawn[story.kpi] = control_chart_html(chart, title=story.title, unit=story.unit)
    return drawn


def _chart(details: Any) -> ControlChart | None:
    """Read a chart; None where another Proveout wrote it in another way."""
    if not isinstance(details, Mapping):
        return None
    known = {each.name for each in fields(ControlChart)}
    try:
        return from_details({key: each for key, each in details.items() if key in known})
    except (KeyError, TypeError):
        return None


def _levels(told: Told, story: KpiStory) -> dict[str, str]:
    found, before = (told.one(f"value.{name}", kpi=story.kpi) for name in ("kpi", "baseline"))
    if found is None:
        return {}
    known = [each for each in (before, found) if each is not None]
    references = (
        () if story.threshold is None else (Reference(value=story.threshold, label="agreed"),)
    )
    ends = [end for each in known for end in _ends(each)]
    scale = nice_scale([*ends, *(each.value for each in references)], from_zero=True)
    drawn = {f"level {story.kpi}": track_svg(_row(found), scale, references)}
    if before is not None:
        drawn[f"before {story.kpi}"] = track_svg(_row(before), scale, references)
    return drawn | {f"scale {story.kpi}": axis_svg(scale, story.unit)}


def _row(found: Evidence) -> Row:
    low, high = _ends(found)
    return Row(label="", marks=(Mark(value=found.value, low=low, high=high),), figures=())


def _ends(found: Evidence) -> tuple[float, float]:
    if found.interval is None:
        return found.value, found.value
    return found.interval.low, found.interval.high
