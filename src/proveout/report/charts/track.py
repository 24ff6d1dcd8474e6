"""The drawings: one track per row, one axis per chart."""

from __future__ import annotations

from html import escape

from proveout.evidence.figures import figure
from proveout.report.charts.chart import Mark, Reference, Row
from proveout.report.charts.scale import Scale

LANE = 14
"""Height of one mark's lane, px."""


def track_svg(row: Row, scale: Scale, references: tuple[Reference, ...] = ()) -> str:
    """Draw one row. The figures beside it say the same, so the drawing is hidden from readers."""
    height = LANE * max(1, len(row.marks)) + 4
    lines = [_vertical(scale.percent(r.value), height, f"ref {r.kind}") for r in references]
    ticks = [_vertical(scale.percent(tick), height, "grid") for tick in scale.ticks]
    marks = [_mark(mark, lane, scale) for lane, mark in enumerate(row.marks)]
    return (
        f'<svg class="track" height="{height}" width="100%" aria-hidden="true">'
        f"{''.join(ticks)}{''.join(lines)}{''.join(marks)}</svg>"
    )


def axis_svg(scale: Scale, unit: str) -> str:
    """Draw the axis: at most six labels, the outer ones turned inwards so that none is cut."""
    labels = []
    for tick in scale.ticks:
        x = scale.percent(tick)
        anchor = "start" if x < 1 else "end" if x > 99 else "middle"
        text = escape(figure(tick, unit))
        labels.append(f'<text x="{x:.3f}%" y="12" text-anchor="{anchor}">{text}</text>')
    return f'<svg class="axis" height="16" width="100%" aria-hidden="true">{"".join(labels)}</svg>'


def _vertical(x: float, height: int, kind: str) -> str:
    return f'<line class="{kind}" x1="{x:.3f}%" x2="{x:.3f}%" y1="0" y2="{height}"/>'


def _mark(mark: Mark, lane: int, scale: Scale) -> str:
    y = LANE * lane + LANE / 2 + 2
    x = scale.percent(mark.value)
    kind = f"{mark.series} {mark.tone}"
    drawn = []
    if mark.is_bar:
        start = scale.percent(mark.start)
        left, width = min(start, x), abs(x - start)
        drawn.append(
            f'<rect class="bar {kind}" x="{left:.3f}%" width="{width:.3f}%" '
            f'y="{y - 4:.1f}" height="8"/>'
        )
    if mark.low is not None and mark.high is not None:
        low, high = scale.percent(mark.low), scale.percent(mark.high)
        drawn.append(
            f'<line class="interval {kind}" x1="{low:.3f}%" x2="{high:.3f}%" y1="{y}" y2="{y}"/>'
        )
    if not mark.is_bar:
        drawn.append(f'<circle class="dot {kind}" cx="{x:.3f}%" cy="{y}" r="4.5"/>')
    return "".join(drawn)
