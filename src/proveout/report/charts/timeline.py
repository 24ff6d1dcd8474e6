"""Lines over time, several panels on one axis: for what belongs together because of its time.

As in the other charts the figures stand in a table beside, so that the drawing is hidden from
readers; coordinates are percentages, so that letters keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Literal

from proveout.report.charts.scale import Scale, nice_scale, tick_label

HEIGHT = 110
"""Of one panel, px."""
_MONTHS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 7, 14)
MOST_LABELS = 6
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePoint:
    """One value, with its interval where it has one."""

    at: datetime
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """Values in the order of time."""

    label: str
    points: tuple[TimePoint, ...]
    series: Literal["first", "second", "third"] = "first"
    """Fixes colour and dashes, so that lines are told apart without colours too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePanel:
    """Lines on one scale."""

    title: str
    unit: str
    lines: tuple[TimeLine, ...]
    from_zero: bool = True

    @property
    def up(self) -> Scale:
        """The scale of values, by the lines alone: a wide interval may leave it."""
        values = [point.value for line in self.lines for point in line.points]
        return nice_scale(values, from_zero=self.from_zero)


def panel_svg(panel: TimePanel, begins: datetime, ends: datetime, *, height: int = HEIGHT) -> str:
    """Draw one panel: gridlines with values, bands of intervals, lines, and dots for few points."""
    up = panel.up
    drawn = [_gridline(tick, up, panel.unit) for tick in _few(up.ticks, height)]
    drawn += [
        f'<line class="grid" x1="{x:.3f}%" x2="{x:.3f}%" y1="0" y2="100%"/>'
        for x in (_across(tick, begins, ends) for tick in time_ticks(begins, ends))
    ]
    stretched = [
        shape for line in panel.lines for shape in (_band(line, up, begins, ends),) if shape
    ]
    stretched += [_line(line, up, begins, ends) for line in panel.lines]
    drawn.append(
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="{height}">'
        f"{''.join(stretched)}</svg>"
    )
    drawn += [
        f'<circle class="dot {line.series}" cx="{_across(point.at, begins, ends):.3f}%" '
        f'cy="{100 - up.percent(point.value):.3f}%" r="3"/>'
        for line in panel.lines
        if len(line.points) <= _FEW_POINTS
        for point in line.points
    ]
    return (
        f'<svg class="timeline" height="{height}" width="100%" aria-hidden="true">'
        f"{''.join(drawn)}</svg>"
    )


def time_axis_svg(begins: datetime, ends: datetime) -> str:
    """Draw the axis below the panels: at most six days, the outer ones turned inwards."""
    labels = []
    for tick in time_ticks(begins, ends):
        x = _across(tick, begins, ends)
        anchor = "start" if x < 5 else "end" if x > 95 else "middle"
        text = escape(f"{tick.day} {tick:%b}" if tick.month > 1 else f"{tick.day} {tick:%b %Y}")
        labels.append(f'<text x="{x:.3f}%" y="12" text-anchor="{anchor}">{text}</text>')
    return f'<svg class="axis" height="16" width="100%" aria-hidden="true">{"".join(labels)}</svg>'


def time_ticks(begins: datetime, ends: datetime) -> list[datetime]:
    """Return days on which labels stand: first days of months, or weeks where there is less."""
    day = datetime(begins.year, begins.month, begins.day, tzinfo=UTC)
    for step in _DAYS:
        count = int((ends - begins).total_seconds() / _DAY_S / step)
        if count < MOST_LABELS:
            ticks = [day + timedelta(days=step * number) for number in range(count + 2)]
            return [tick for tick in ticks if begins <= tick <= ends]
    for step in _MONTHS:
        ticks = _firsts(begins, ends, step)
        if len(ticks) <= MOST_LABELS:
            return ticks
    years = _firsts(begins, ends, 12)
    return years[:: -(-len(years) // MOST_LABELS)]


_FEW_POINTS = 12
"""Dots show where values are; of many, the line does."""


def _firsts(begins: datetime, ends: datetime, step: int) -> list[datetime]:
    first, last = begins.year * 12 + begins.month - 1, ends.year * 12 + ends.month - 1
    months = [each for each in range(first, last + 1) if each % step == 0]
    found = [datetime(each // 12, each % 12 + 1, 1, tzinfo=UTC) for each in months]
    return [each for each in found if begins <= each <= ends]


def _few(ticks: Sequence[float], height: int) -> Sequence[float]:
    """A low panel has room for three values, as far from each other; a very low one for two."""
    if height < HEIGHT / 2:
        return (ticks[0], ticks[-1])
    if len(ticks) <= 3:
        return ticks
    return (ticks[0], ticks[len(ticks) // 2], ticks[-1]) if len(ticks) % 2 else (
        ticks[0], ticks[-1]
    )  # fmt: skip


def _band(line: TimeLine, up: Scale, begins: datetime, ends: datetime) -> str:
    known = [each for each in line.points if each.low is not None and each.high is not None]
    if len(known) < 2:
        return ""
    edge = [_at(each.at, each.high or 0.0, up, begins, ends) for each in known]
    edge += [_at(each.at, each.low or 0.0, up, begins, ends) for each in reversed(known)]
    return f'<polygon class="band {line.series}" points="{" ".join(edge)}"/>'


def _line(line: TimeLine, up: Scale, begins: datetime, ends: datetime) -> str:
    points = " ".join(_at(each.at, each.value, up, begins, ends) for each in line.points)
    return f'<polyline class="line {line.series}" points="{points}"/>'


def _gridline(tick: float, up: Scale, unit: str) -> str:
    y = 100 - up.percent(tick)
    shift = "1.1em" if y < 15 else "-3"
    return (
        f'<line class="grid" x1="0" x2="100%" y1="{y:.3f}%" y2="{y:.3f}%"/>'
        f'<text x="0" dx="4" y="{y:.3f}%" dy="{shift}">'
        f"{escape(tick_label(tick, up, unit))}</text>"
    )


def _at(moment: datetime, value: float, up: Scale, begins: datetime, ends: datetime) -> str:
    return f"{_across(moment, begins, ends):.3f},{100 - up.percent(value):.3f}"


def _across(moment: datetime, begins: datetime, ends: datetime) -> float:
    whole = (ends - begins).total_seconds() or 1.0
    return min(100.0, max(0.0, 100.0 * (moment - begins).total_seconds() / whole))
