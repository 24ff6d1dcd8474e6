"""What a month costs."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.checks.cost.story import CostStory, cost_story
from proveout.evidence.figures import figure, span
from proveout.report.charts import Chart, Mark, Reference, Row
from proveout.report.html.sections.marks import interval_mark
from proveout.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class CostView:
    """What the template shows."""

    story: CostStory
    curve: Chart
    parts: Chart | None


def view(report: Report) -> CostView | None:
    """Return what the template shows; None where nothing is known of it."""
    story = cost_story(report.evidence)
    if story is None:
        return None
    return CostView(story=story, curve=_curve(story), parts=_parts(story))


def _curve(story: CostStory) -> Chart:
    rows = []
    for users, e in story.at_users:
        interval = "" if e.interval is None else span(e.interval, story.currency)
        share = figure(e.value / story.budget, "fraction")
        rows.append(
            Row(
                label=f"{users:,} users",
                marks=(interval_mark(e, series="production"),),
                figures=(figure(e.value, story.currency, e.interval), interval, share),
                tone="bad" if e.value > story.budget else "plain",
            )
        )
    return Chart(
        title="A month, from the pilot to everybody",
        rows=tuple(rows),
        label_heading="Users",
        figure_headings=("A month", "95 % interval", "Of the budget"),
        unit=story.currency,
        references=(Reference(value=story.budget, label="budget"),),
        from_zero=True,
        note="As many requests per user as the charter says; what one costs is "
        f"{story.full.basis}.",
    )


def _parts(story: CostStory) -> Chart | None:
    if len(story.parts) < 2:
        return None
    total = story.full.value
    rows = tuple(
        Row(
            label=name,
            marks=(Mark(value=cost, series="production", is_bar=True),),
            figures=(
                figure(cost, story.currency, story.full.interval),
                figure(cost / total, "fraction"),
            ),
        )
        for name, cost in story.parts
    )
    return Chart(
        title="What a month at full use is made of",
        rows=rows,
        label_heading="Part",
        figure_headings=("A month", "Share"),
        unit=story.currency,
        from_zero=True,
    )
