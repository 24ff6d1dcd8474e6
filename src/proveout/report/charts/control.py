"""A control chart: the figure over time, centre and limits, the rollout, and what signals.

`control_chart_html(chart, title=…, unit=…)` returns a whole figure with its key and, folded, its
data table; put it into a page or the report as it is (`| safe`). It carries classes only: their
style is in report.css, which the dashboard's pages use as well. A chart that went through the
details of evidence comes back by `from_details` of `proveout.statistics.control_charts`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape

from proveout.evidence.figures import day as written_day
from proveout.evidence.figures import figure
from proveout.report.charts.scale import Scale, nice_scale, tick_label
from proveout.report.charts.timeline import time_axis_svg, time_ticks
from proveout.statistics.control_charts.chart import ControlChart, Point, Rule, Side

HEIGHT = 200
"""Of the plot without its axis, px."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RULES: dict[Rule, str] = {
    "beyond-limits": "beyond the limits",
    "two-of-three": "two of three in the outer third",
    "run": "eight or more in a row on one side",
}
_SIDES: tuple[Side, ...] = ("below", "above")
_WEEK = 7
_KINDS = {
    "xmr": "Single values and moving ranges (XmR chart)",
    "p": "Shares (p chart)",
    "p-prime": "Shares that vary more than by chance (Laney's p′ chart)",
    "u": "Rates (u chart)",
    "u-prime": "Rates that vary more than by chance (Laney's u′ chart)",
}


def control_chart_html(chart: ControlChart, *, title: str, unit: str) -> str:
    """Draw a chart as a figure: title, key, drawing, what signals in words, and its table."""
    said = "".join(f"<li>{escape(each)}</li>" for each in signal_sentences(chart))
    notes = " ".join(chart.notes)
    return (
        f'<figure class="control"><figcaption><strong>{escape(title)}</strong> '
        f'<span class="keys"><span class="key-centre"></span>centre '
        f'<span class="key-limit"></span>limits <span class="key-signal"></span>signal</span>'
        f"</figcaption>{control_svg(chart, unit=unit)}"
        f'<ul class="signals">{said}</ul>'
        f"<p><small>{escape(_KINDS[chart.kind])}. {escape(notes)}</small></p>"
        f"{_table(chart, title, unit)}</figure>"
    )


def control_svg(chart: ControlChart, *, unit: str) -> str:
    """Draw points, centre, limits, the day of the rollout and the points that signal."""
    begins, ends = _span(chart)
    up = _scale(chart)
    spoken = {index for each in chart.signals for index in range(each.first, each.last + 1)}
    drawn = [_gridline(tick, up, unit) for tick in up.ticks]
    drawn += [
        f'<line class="grid" x1="{x:.3f}%" x2="{x:.3f}%" y1="0" y2="100%"/>'
        for x in (_across(tick, begins, ends) for tick in time_ticks(begins, ends))
    ]
    high, low = _edge(chart, up, upper=True), _edge(chart, up, upper=False)
    line = " ".join(_at(point, point.value, chart, up) for point in chart.points)
    drawn.append(
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="{HEIGHT}">'
        f'<polyline class="limit" points="{high}"/><polyline class="limit" points="{low}"/>'
        f'<polyline class="line" points="{line}"/></svg>'
    )
    centre = 100 - up.percent(chart.centre)
    drawn.append(f'<line class="centre" x1="0" x2="100%" y1="{centre:.3f}%" y2="{centre:.3f}%"/>')
    drawn += _dots(chart, up, spoken)
    if chart.rolled_out is not None:
        drawn.append(_rollout(chart.rolled_out, begins, ends))
    return (
        f'<svg class="control" height="{HEIGHT}" width="100%" aria-hidden="true">'
        f"{''.join(drawn)}</svg>{time_axis_svg(begins, ends)}"
    )


def signal_sentences(chart: ControlChart) -> list[str]:
    """Say what signals since the rollout, then before it; one sentence where nothing does."""
    if not chart.signals:
        return ["Nothing signals a change: all of this may be chance."]
    told = [
        _sentence(chart, is_after=is_after, side=side)
        for is_after in (True, False)
        for side in _SIDES
        if any(each.is_after == is_after and each.side == side for each in chart.signals)
    ]
    if (
        chart.rolled_out is not None
        and any(each.is_after for each in chart.points)
        and not any(each.is_after for each in chart.signals)
    ):
        told.insert(0, "Nothing has signalled a change since the rollout.")
    return told


def _sentence(chart: ControlChart, *, is_after: bool, side: Side) -> str:
    """Say what signals on one side of the centre, on one side of the rollout."""
    period = "weeks" if chart.days == _WEEK else f"periods of {chart.days} days"
    signals = [each for each in chart.signals if each.is_after == is_after and each.side == side]
    beyond = [each for each in signals if each.rule == "beyond-limits"]
    runs = [each for each in signals if each.rule == "run"]
    parts = []
    if runs:
        longest = max(runs, key=lambda each: each.last - each.first)
        parts.append(
            f"{longest.last - longest.first + 1} {period} in a row lie {side} the centre, from "
            f"{_day(chart.points[longest.first].day)} on"
        )
    if beyond:
        count = sum(each.last - each.first + 1 for each in beyond)
        parts.append(
            f"{count} {'lies' if count == 1 else 'lie'} {side} the limits, first "
            f"{_day(chart.points[beyond[0].first].day)}"
        )
    if not parts:
        parts.append(
            f"two of three {period} lie far {side} the centre, first "
            f"{_day(chart.points[signals[0].first].day)}"
        )
    what = f"a change for the {'better' if signals[0].is_better else 'worse'}"
    said = "; ".join(parts)
    if chart.rolled_out is None:
        return f"{said[0].upper()}{said[1:]}: {what}."
    return f"{'Since' if is_after else 'Before'} the rollout: {said} – {what}."


def _table(chart: ControlChart, title: str, unit: str) -> str:
    spoken: dict[int, list[str]] = {}
    for each in chart.signals:
        for index in range(each.first, each.last + 1):
            spoken.setdefault(index, []).append(f"{_RULES[each.rule]}, {each.side}")
    rows = "".join(
        f'<tr><th scope="row">{_day(point.day)}</th>'
        f"<td>{escape(figure(point.value, unit))}</td>"
        f"<td>{escape(figure(point.low, unit))}</td><td>{escape(figure(point.high, unit))}</td>"
        f"<td>{point.n:,}</td><td>{'after' if point.is_after else 'before'}</td>"
        f"<td>{escape('; '.join(spoken.get(index, ())))}</td></tr>"
        for index, point in enumerate(chart.points)
    )
    return (
        "<details><summary>The figures of this chart</summary>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}, figures">'
        f'<table><caption class="sr">{escape(title)}: centre '
        f"{escape(figure(chart.centre, unit))}</caption><thead><tr>"
        '<th scope="col">From</th><th scope="col">Figure</th><th scope="col">Lower limit</th>'
        '<th scope="col">Upper limit</th><th scope="col">Cases</th>'
        '<th scope="col">Rollout</th><th scope="col">Signal</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _scale(chart: ControlChart) -> Scale:
    values = [chart.centre]
    for point in chart.points:
        values += [point.value, point.low, point.high]
    return nice_scale(values)


def _span(chart: ControlChart) -> tuple[datetime, datetime]:
    first, last = chart.points[0].day, chart.points[-1].day + chart.days
    return _moment(first), _moment(last)


def _edge(chart: ControlChart, up: Scale, *, upper: bool) -> str:
    """Return the limit as steps, since each period has its own."""
    begins, ends = _span(chart)
    parts = []
    for point in chart.points:
        y = 100 - up.percent(point.high if upper else point.low)
        left = _across(_moment(point.day), begins, ends)
        right = _across(_moment(point.day + chart.days), begins, ends)
        parts += [f"{left:.3f},{y:.3f}", f"{right:.3f},{y:.3f}"]
    return " ".join(parts)


def _dots(chart: ControlChart, up: Scale, spoken: set[int]) -> list[str]:
    """Signals are squares, so that they are told apart without colours too."""
    drawn = []
    for index, point in enumerate(chart.points):
        x, y = _at(point, point.value, chart, up).split(",")
        if index in spoken:
            drawn.append(
                f'<svg x="{x}%" y="{y}%" class="signal"><rect x="-4.5" y="-4.5" width="9" '
                'height="9"/></svg>'
            )
        else:
            drawn.append(f'<circle class="dot" cx="{x}%" cy="{y}%" r="3"/>')
    return drawn


def _rollout(rolled_out: int, begins: datetime, ends: datetime) -> str:
    x = _across(_moment(rolled_out), begins, ends)
    anchor, shift = ("end", -5) if x > 75 else ("start", 5)
    return (
        f'<line class="rollout" x1="{x:.3f}%" x2="{x:.3f}%" y1="-4" y2="100%"/>'
        f'<text class="rollout" x="{x:.3f}%" dx="{shift}" y="8" text-anchor="{anchor}">'
        "rolled out</text>"
    )


def _gridline(tick: float, up: Scale, unit: str) -> str:
    y = 100 - up.percent(tick)
    shift = "1.1em" if y < 5 else "-3"
    return (
        f'<line class="grid" x1="0" x2="100%" y1="{y:.3f}%" y2="{y:.3f}%"/>'
        f'<text x="0" dx="4" y="{y:.3f}%" dy="{shift}">'
        f"{escape(tick_label(tick, up, unit))}</text>"
    )


def _at(point: Point, value: float, chart: ControlChart, up: Scale) -> str:
    begins, ends = _span(chart)
    x = _across(_moment(point.day) + timedelta(days=chart.days / 2), begins, ends)
    return f"{x:.3f},{100 - up.percent(value):.3f}"


def _across(moment: datetime, begins: datetime, ends: datetime) -> float:
    whole = (ends - begins).total_seconds() or 1.0
    return min(100.0, max(0.0, 100.0 * (moment - begins).total_seconds() / whole))


def _moment(day: int) -> datetime:
    return _EPOCH + timedelta(days=day)


def _day(day: int) -> str:
    return written_day(_moment(day))
