"""Charts as rows of a table, each with an SVG track: a figure that is also its own data table.

Coordinates are percentages of the track, so that one drawing fits a phone, a page and a wall.
Colours are classes which the page's style sheet fills in, for light, dark and print.
"""

from proveout.report.charts.chart import Chart, Mark, Reference, Row
from proveout.report.charts.control import control_chart_html
from proveout.report.charts.scale import Scale, nice_scale
from proveout.report.charts.timeline import (
    TimeLine,
    TimePanel,
    TimePoint,
    panel_svg,
    time_axis_svg,
)
from proveout.report.charts.tornado import tornado
from proveout.report.charts.track import axis_svg, track_svg

__all__ = [
    "Chart", "Mark", "Reference", "Row", "Scale", "TimeLine", "TimePanel", "TimePoint", "axis_svg",
    "control_chart_html", "nice_scale", "panel_svg", "time_axis_svg", "tornado", "track_svg",
]  # fmt: skip
