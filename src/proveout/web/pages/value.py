"""What the business has of it beside what the system does: one page for both (R703, R110)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from proveout.charter.schema.adoption import DASHBOARD
from proveout.desk.observations import counted_observations, kept_observations
from proveout.gate.standing import PilotStanding, StandingState, standing_of
from proveout.report.value import (
    Beside,
    KpiStory,
    ReturnStory,
    Told,
    beside,
    kpi_stories,
    return_story,
)
from proveout.report.value.beside import main_metric
from proveout.report.value.drawing import control_charts, kpi_drawings, return_chart
from proveout.web.asked import Asked, Nothing, Page
from proveout.web.pages.adoption import HISTORIES, weeks_of
from proveout.web.pages.taking_in import Came, came
from proveout.web.pages.value_lines import Lines, Series, by_week, drawings_of, lines_of, monday
from proveout.web.pages.value_observations import names_of_kpis, record_in
from proveout.web.permissions import Permission


class CauseShown(BaseModel):
    """Something that the evidence shows beside the state."""

    name: str
    says: str
    next_step: str
    evidence: list[str]
    """Ids."""


class SideShown(BaseModel):
    """How one side stands."""

    state: Literal["met", "short", "unknown"]
    met: int
    of: int
    says: list[str]
    """Criteria that are not met, with why."""


class Held(BaseModel):
    """The observations that the dashboard holds."""

    observations: int
    first_at: datetime | None
    last_at: datetime | None
    counts: list[str]
    """KPI by KPI, in words."""
    imports: list[Came]
    is_used: bool
    """Whether the charter reads them: value.records: dashboard."""
    kpis: list[str]
    """Under which names they may be given."""


class Tornado(BaseModel):
    """What the net present value hangs on, in figures."""

    title: str
    headings: list[str]
    rows: list[list[str]]
    note: str
    unit: str


class ValuePage(BaseModel):
    """What the business has of it."""

    state: StandingState
    name: str
    """The state in words."""
    summary: str
    next_step: str
    """What to do while it is not known; empty where something is to be done about a figure."""
    is_simulated: bool
    technical: SideShown
    business: SideShown
    causes: list[CauseShown]
    columns: list[Beside]
    kpis: list[KpiStory]
    lines: Lines
    returns: ReturnStory
    tornado: Tornado | None
    held: Held
    drawings: dict[str, str] = Field(default_factory=dict, exclude=True)
    """SVG of what stands above in figures."""
    controls: dict[str, str] = Field(default_factory=dict, exclude=True)
    """Control charts by KPI."""
    two_ways: dict[str, bool] = Field(default_factory=dict, exclude=True)
    """By title of a line: whether the manual way is drawn beside it."""


def value(asked: Asked, _: Nothing) -> ValuePage:
    """Show what the business has of it beside what the system does."""
    library, book = asked.parts.library, asked.book
    # At this gate what was seen in production counts before what an assessment found.
    report = library.report(book, "scale", asked.now)
    outcomes = report.verdict.outcomes
    told = Told(charter=book.charter, evidence=report.evidence, outcomes=outcomes)
    standing = standing_of(
        book.loaded, report.evidence, outcomes, asked.parts.registry.catalogue, asked.now
    )
    stories = kpi_stories(told)
    series = list(_series(asked, told, stories))
    chart, drawn = return_chart(told)
    return ValuePage(
        state=standing.state,
        name=standing.name,
        summary=standing.sentence,
        next_step=_next_step(standing),
        is_simulated=standing.is_simulated,
        technical=_side(standing, "technical"),
        business=_side(standing, "business"),
        causes=[
            CauseShown(
                name=each.name, says=each.says, next_step=each.next_step,
                evidence=[found.id for found in each.evidence],
            )
            for each in standing.causes
        ],
        columns=beside(told, stories),
        kpis=stories,
        lines=lines_of(series),
        returns=return_story(told),
        tornado=None
        if chart is None
        else Tornado(
            title=chart.title,
            headings=[chart.label_heading, *chart.figure_headings],
            rows=[[row.label, *row.figures] for row in chart.rows],
            note=chart.note,
            unit=chart.unit,
        ),
        held=_held(asked),
        drawings={**drawings_of(series), **kpi_drawings(told, stories), **drawn},
        controls=control_charts(told, stories),
        two_ways={each.label: bool(each.beside) for each in series},
    )  # fmt: skip


def _next_step(standing: PilotStanding) -> str:
    unrun = [
        each for each in standing.technical.of("unknown") if "has not run" in each.finding.reason
    ]
    if not unrun:
        return ""
    lines = "one that is" if len(unrun) == 1 else f"{len(unrun)} that are"
    return f"Next: an assessment measures the {lines} not known yet on the technical side."


def _side(standing: PilotStanding, which: Literal["technical", "business"]) -> SideShown:
    side = standing.technical if which == "technical" else standing.business
    return SideShown(
        state=side.state,
        met=len(side.of("met")),
        of=len(side.lines),
        says=[
            f"{each.criterion.title}: {each.finding.reason}"
            for each in (*side.of("short"), *side.of("unknown"))
        ],
    )


def _series(asked: Asked, told: Told, stories: list[KpiStory]) -> Iterator[Series]:
    """Return each figure of which there is a week."""
    metric = main_metric(told)
    unit = asked.parts.registry.catalogue[metric].unit
    yield Series(
        label="How often it is right" if unit == "fraction" else metric.partition(".")[2],
        short="how often it is right" if unit == "fraction" else metric.partition(".")[2],
        unit=unit, team="technical", values=_history(asked, metric), from_zero=False,
    )  # fmt: skip
    for story in stories:
        found = told.one("value.kpi", kpi=story.kpi)
        weeks = [] if found is None else found.details.get("weeks") or []
        yield Series(
            label=story.title, short=story.kpi.replace("-", " "), unit=story.unit, team="business",
            values=_column(weeks, "with"), beside=_column(weeks, "without"),
        )  # fmt: skip
    cost = told.one("cost.monthly")
    if cost is not None:
        yield Series(
            label="Cost of a month", short="the cost of a month", unit=cost.unit,
            team="engineering", values=_history(asked, "cost.monthly"),
        )  # fmt: skip
    often = told.one("adoption.requests_per_user")
    if often is not None:
        used = weeks_of(often, None)
        yield Series(
            label="Uses in a week", short="how often it was used", unit="count", team="use",
            values={monday(each.begins): float(each.uses) for each in used},
        )  # fmt: skip


def _history(asked: Asked, metric: str) -> dict[date, float]:
    book = asked.book
    ledger: Any = book.ledger
    found = HISTORIES.of(ledger, book.pilot, metric, book.last_seq)
    return by_week(
        [
            (each.observed_at, each.value)
            for each in found
            if not each.subject.parts and each.scope == "production"
        ]
    )


def _column(weeks: list[Mapping[str, Any]], name: str) -> dict[date, float]:
    return {
        monday(date.fromisoformat(str(each["begins"])[:10])): float(each[name])
        for each in weeks
        if each.get(name) is not None
    }


def _held(asked: Asked) -> Held:
    kept = kept_observations(asked.parts.desk, asked.book.pilot)
    record = record_in(asked.book.charter)
    return Held(
        observations=kept.n,
        first_at=kept.first_at,
        last_at=kept.last_at,
        counts=[
            f"{each.kpi or 'of several KPIs at once'}: {each.n:,}, of these {each.n_with:,} with "
            "the system"
            for each in counted_observations(asked.parts.desk, asked.book.pilot)
        ],
        imports=came(kept),
        is_used=record is not None and record.source.path == DASHBOARD,
        kpis=names_of_kpis(asked.book.charter),
    )


PAGES = (
    Page(
        path="/pilots/{pilot}/value",
        title="Value",
        template="value.html.j2",
        needs=Permission.see,
        view=value,
        shows=ValuePage,
    ),
)
