"""What the business has of it, beside what the system does."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.gate.standing import PilotStanding
from proveout.report.charts import Chart
from proveout.report.model import Report
from proveout.report.value import KpiStory, ReturnStory, Told, beside, kpi_stories, return_story
from proveout.report.value.beside import Beside
from proveout.report.value.both import both_teams
from proveout.report.value.drawing import control_charts, levels_chart, return_chart


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueView:
    """What the template shows."""

    standing: PilotStanding
    columns: tuple[Beside, ...]
    kpis: tuple[KpiStory, ...]
    levels: dict[str, Chart]
    """By KPI: the manual way and the system, with what was agreed."""
    controls: dict[str, str]
    """By KPI: its control chart."""
    returns: ReturnStory
    drivers: Chart | None


def view(report: Report) -> ValueView | None:
    """Return what the template shows; None where nobody asked what the business has of it."""
    standing = both_teams(report)
    if standing is None:
        return None
    told = Told.of(report)
    stories = kpi_stories(told)
    charts = ((each.kpi, levels_chart(told, each)) for each in stories)
    return ValueView(
        standing=standing,
        columns=tuple(beside(told, stories)),
        kpis=tuple(stories),
        levels={kpi: chart for kpi, chart in charts if chart is not None},
        controls=control_charts(told, stories),
        returns=return_story(told),
        drivers=return_chart(told)[0],
    )
