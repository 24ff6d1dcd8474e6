"""The drawings of value, from the same figures as its sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from proveout.evidence.figures import figure, span
from proveout.evidence.model import Evidence
from proveout.report.charts import (
    Chart,
    Mark,
    Reference,
    Row,
    axis_svg,
    tornado,
    track_svg,
)
from proveout.report.charts.control import control_chart_html
from proveout.report.value.kpis import KpiStory
from proveout.report.value.returns import npv_details
from proveout.report.value.told import Told
from proveout.report.value.wording import in_words
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
    chart = replace(
        chart,
        rows=tuple(replace(row, label=in_words(row.label, told.charter)) for row in chart.rows),
    )
    drawn = {
        f"driver {number}": track_svg(row, chart.scale, chart.references)
        for number, row in enumerate(chart.rows)
    }
    return chart, drawn | {"drivers": axis_svg(chart.scale, "")}


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


def levels_chart(told: Told, story: KpiStory) -> Chart | None:
    """Return the manual way and the system on one scale; None where it was not measured."""
    found = told.one("value.kpi", kpi=story.kpi)
    if found is None:
        return None
    before = told.one("value.baseline", kpi=story.kpi)
    # A long unit behind each tick of the axis would not fit a phone.
    unit = "fraction" if story.unit == "fraction" else ""
    named = (("The manual way", before), ("With the system", found))
    return Chart(
        title=story.title if unit else f"{story.title}, {story.scale}",
        rows=tuple(_row(label, each, story) for label, each in named if each is not None),
        label_heading="How it is done",
        figure_headings=("Figure", "Range", "Cases"),
        unit=unit,
        references=()
        if story.threshold is None
        else (Reference(value=story.threshold, label="agreed"),),
        from_zero=True,
    )


def _levels(told: Told, story: KpiStory) -> dict[str, str]:
    chart = levels_chart(told, story)
    if chart is None:
        return {}
    names = ("before", "level")[-len(chart.rows) :]
    drawn = {
        f"{name} {story.kpi}": track_svg(row, chart.scale, chart.references)
        for name, row in zip(names, chart.rows, strict=True)
    }
    return drawn | {f"scale {story.kpi}": axis_svg(chart.scale, chart.unit)}


def _row(label: str, found: Evidence, story: KpiStory) -> Row:
    interval = found.interval
    mark = Mark(
        value=found.value,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
    )
    return Row(
        label=label,
        marks=(mark,),
        figures=(
            figure(found.value, story.unit, interval),
            "full count" if interval is None else span(interval, story.unit),
            f"{found.n:,}",
        ),
    )
