"""The drawings of the adoption page, from the same figures as its tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from proveout.report.charts import (
    Mark,
    Row,
    Scale,
    TimeLine,
    TimePanel,
    TimePoint,
    panel_svg,
    time_axis_svg,
    track_svg,
)

if TYPE_CHECKING:
    from proveout.web.pages.adoption import AdoptionPage, Week

WEEK = timedelta(days=7)
SMALL = 44
"""Height of a team's own line, px."""
_SHARES = Scale(low=0.0, high=1.0, ticks=(0.0, 0.25, 0.5, 0.75, 1.0))


def drawn(page: AdoptionPage) -> dict[str, str]:
    """Draw the panels ('panel 0' …, 'axis'), the steps ('step 0' …) and each team ('team NAME')."""
    drawings = {
        f"step {number}": track(step.of_eligible)
        for number, step in enumerate(page.steps)
        if step.of_eligible is not None
    }
    drawings |= {
        f"{group.kind} {group.name}": track(group.active_share)
        for group in page.groups
        if group.active_share is not None
    }
    span = _span(page)
    if span is None:
        return drawings
    for number, panel in enumerate(panels(page)):
        drawings[f"panel {number}"] = panel_svg(panel, *span)
    drawings["axis"] = time_axis_svg(*span)
    for group in page.groups:
        if len(group.weeks) > 1:
            points = tuple(TimePoint(at=at + WEEK / 2, value=n) for at, n in group.weeks)
            line = TimeLine(label=group.name, points=points)
            panel = TimePanel(title=group.name, unit="count", lines=(line,))
            own = (group.weeks[0][0], group.weeks[-1][0] + WEEK)
            drawings[f"lines {group.name}"] = panel_svg(panel, *own, height=SMALL)
    return drawings


def panels(page: AdoptionPage) -> list[TimePanel]:
    """Return what stands under each other on one axis of time."""
    weeks = page.weeks
    found = [
        TimePanel(title="People who used it", unit="count", lines=_line("people", weeks, "people")),
        TimePanel(
            title="Uses a week, and cases done the old way",
            unit="count",
            lines=_line("uses", weeks, "uses") + _line("the old way", weeks, "old_way", "second"),
        ),
        TimePanel(
            title="Uses that were overruled or broken off",
            unit="fraction",
            lines=_shares("overruled", weeks, "overruled", "outcome_known")
            + _shares("broken off", weeks, "abandoned", "uses", "second"),
        ),
    ]
    if page.quality:
        points = tuple(
            TimePoint(at=each.at, value=each.value, low=each.low, high=each.high)
            for each in page.quality
        )
        found.append(
            TimePanel(
                title="How well it answered",
                unit="fraction" if all(0 <= each.value <= 1 for each in page.quality) else "*",
                lines=(TimeLine(label=page.quality_metric, points=points),),
                from_zero=False,
            )
        )
    return [each for each in found if any(line.points for line in each.lines)]


def track(share: float) -> str:
    """Draw a bar from none to all."""
    mark = Mark(value=share, series="production", is_bar=True)
    return track_svg(Row(label="", marks=(mark,), figures=()), _SHARES)


def _line(
    label: str, weeks: Sequence[Week], name: str, series: Any = "first"
) -> tuple[TimeLine, ...]:
    points = tuple(
        TimePoint(at=week.begins + WEEK / 2, value=float(getattr(week, name))) for week in weeks
    )
    is_shown = any(point.value for point in points)
    return (TimeLine(label=label, points=points, series=series),) if is_shown else ()


def _shares(
    label: str, weeks: Sequence[Week], name: str, of: str, series: Any = "first"
) -> tuple[TimeLine, ...]:
    points = tuple(
        TimePoint(at=week.begins + WEEK / 2, value=getattr(week, name) / getattr(week, of))
        for week in weeks
        if getattr(week, of)
    )
    is_shown = any(point.value for point in points)
    return (TimeLine(label=label, points=points, series=series),) if is_shown else ()


def _span(page: AdoptionPage) -> tuple[datetime, datetime] | None:
    moments = [week.begins for week in page.weeks]
    moments += [page.weeks[-1].begins + WEEK] if page.weeks else []
    moments += [each.at for each in page.quality]
    if len(moments) < 2 or min(moments) == max(moments):
        return None
    return min(moments), max(moments)
