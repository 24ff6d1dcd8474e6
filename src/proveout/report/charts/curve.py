"""A line with its interval, over a share: for what depends on where a line is drawn.

As in the other charts the figures stand in a table beside, so that the drawing is hidden from
readers; coordinates are percentages, so that letters keep their size on a phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from proveout.evidence.figures import figure
from proveout.report.charts.chart import Reference
from proveout.report.charts.scale import Scale, nice_scale
from proveout.report.charts.track import axis_svg

HEIGHT = 220
"""Of the plot without its axis, px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One point of the line."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line, the limit it must stay below, and the point that was chosen."""

    points: tuple[CurvePoint, ...]
    unit: str
    """Of both axes."""
    limit: Reference
    chosen: CurvePoint | None = None

    @property
    def across(self) -> Scale:
        """The scale of x, from zero."""
        return nice_scale([point.x for point in self.points], from_zero=True)

    @property
    def up(self) -> Scale:
        """The scale of y: holds the line and the limit; a wide interval may leave it."""
        values = [point.y for point in self.points] + [self.limit.value]
        if self.chosen is not None:
            values += [self.chosen.low, self.chosen.high]
        return nice_scale(values, from_zero=True)


def curve_svg(curve: Curve) -> str:
    """Draw the line, its band, the limit and the chosen point, and the axis below."""
    across, up = curve.across, curve.up
    drawn = [_gridline(tick, up, curve.unit) for tick in up.ticks]
    line = " ".join(_at(point.x, point.y, across, up) for point in curve.points)
    edge = [_at(point.x, point.high, across, up) for point in curve.points]
    edge += [_at(point.x, point.low, across, up) for point in reversed(curve.points)]
    drawn.append(
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="{HEIGHT}">'
        f'<polygon class="band" points="{" ".join(edge)}"/>'
        f'<polyline class="line" points="{line}"/></svg>'
    )
    limit = _down(curve.limit.value, up)
    drawn.append(
        f'<line class="ref {curve.limit.kind}" x1="0" x2="100%" '
        f'y1="{limit:.3f}%" y2="{limit:.3f}%"/>'
    )
    if curve.chosen is not None:
        drawn.append(_chosen(curve.chosen, across, up))
    return (
        f'<svg class="curve" height="{HEIGHT}" width="100%" aria-hidden="true">{"".join(drawn)}'
        f"</svg>{axis_svg(across, curve.unit)}"
    )


def _chosen(point: CurvePoint, across: Scale, up: Scale) -> str:
    x, y = across.percent(point.x), _down(point.y, up)
    low, high = _down(point.low, up), _down(point.high, up)
    return (
        f'<line class="ref overall" x1="{x:.3f}%" x2="{x:.3f}%" y1="0" y2="100%"/>'
        f'<line class="interval" x1="{x:.3f}%" x2="{x:.3f}%" y1="{low:.3f}%" y2="{high:.3f}%"/>'
        f'<circle class="dot" cx="{x:.3f}%" cy="{y:.3f}%" r="5"/>'
    )


def _gridline(tick: float, up: Scale, unit: str) -> str:
    y = _down(tick, up)
    # The label stands on its line, inside the plot, so that no margin has to be guessed.
    shift = "1.1em" if y < 5 else "-3"
    return (
        f'<line class="grid" x1="0" x2="100%" y1="{y:.3f}%" y2="{y:.3f}%"/>'
        f'<text x="0" y="{y:.3f}%" dy="{shift}">{escape(figure(tick, unit))}</text>'
    )


def _at(x: float, y: float, across: Scale, up: Scale) -> str:
    return f"{across.percent(x):.3f},{_down(y, up):.3f}"


def _down(y: float, up: Scale) -> float:
    return 100.0 - up.percent(y)
