"""Facts as the pages of a pilot show them, and where they stand in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from markupsafe import Markup
from pydantic import BaseModel

from proveout.errors import NotFoundError
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.figures import evidence_figure, figure, span
from proveout.evidence.ledger.port import Entry, Ledger
from proveout.evidence.model import Basis, Evidence, Scope
from proveout.gate.model import Criterion
from proveout.report.charts import axis_svg, track_svg
from proveout.report.charts.chart import Mark, Reference, Row
from proveout.report.charts.scale import nice_scale

SCOPES: dict[Scope, str] = {
    "pilot": "the curated sample",
    "production": "production",
    "synthetic": "damaged or generated records",
}


class Figure(BaseModel):
    """One fact, in words and as numbers."""

    id: str
    metric: str
    name: str
    """The metric in words."""
    subject: str
    """What it is about; empty where it is about the pilot as a whole."""
    text: str
    """The value with its unit."""
    value: float
    unit: str
    interval: str | None
    """In words; None where nothing is inferred."""
    low: float | None
    high: float | None
    level: float | None
    method: str | None
    n: int
    basis: Basis
    person: str | None
    scope: Scope
    on: str
    """The scope in words."""
    observed_at: datetime
    age_days: int
    valid_until: datetime | None


def shown(found: Evidence, catalogue: Catalogue, now: datetime) -> Figure:
    """Put a fact into words."""
    interval = found.interval
    return Figure(
        id=found.id,
        metric=found.metric,
        name=metric_name(found.metric, catalogue),
        subject=str(found.subject),
        text=evidence_figure(found),
        value=found.value,
        unit=found.unit,
        interval=None if interval is None else span(interval, found.unit),
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        level=None if interval is None else interval.level,
        method=None if interval is None else interval.method,
        n=found.n,
        basis=found.basis,
        person=found.person,
        scope=found.scope,
        on=SCOPES[found.scope],
        observed_at=found.observed_at,
        age_days=max(0, (now - found.observed_at).days),
        valid_until=found.valid_until,
    )


def metric_name(metric: str, catalogue: Catalogue) -> str:
    """Return a metric as it is read in a sentence; its id where nobody declares it any more."""
    return catalogue[metric].label if metric in catalogue else metric


def entry_of(ledger: Ledger, pilot: str, fact: str, known: Evidence | None) -> Entry:
    """Return the entry of a fact by its id. Raises NotFoundError.

    `known` is the fact itself where somebody has it already: then its run alone is read.
    """
    for entry in _where_it_may_be(ledger, pilot, known):
        if Evidence.from_dict(entry.body).id == fact:
            return entry
    raise NotFoundError(
        f"There is no evidence '{fact}' of this pilot.", hint="See the page of all evidence."
    )


def _where_it_may_be(ledger: Ledger, pilot: str, known: Evidence | None) -> Iterable[Entry]:
    if known is None:
        return ledger.evidence(pilot)
    told = ledger.evidence(pilot, runs=(known.run,), about=known.subject.as_dict())
    return (entry for entry in told if entry.body["metric"] == known.metric)


def history_of(ledger: Ledger, found: Evidence) -> list[Evidence]:
    """Return what was found on the same metric, subject and scope, oldest first."""
    about = found.subject.as_dict()
    same = (found.metric, about, found.scope)
    return [
        Evidence.from_dict(entry.body)
        for entry in ledger.evidence(found.pilot, metrics=(found.metric,), about=about)
        if (entry.body["metric"], entry.body["subject"], entry.body["scope"]) == same
    ]


class Point(BaseModel):
    """One moment of a history."""

    id: str
    at: datetime
    text: str
    interval: str | None
    value: float
    low: float | None
    high: float | None
    n: int
    basis: Basis
    run: str


class History(BaseModel):
    """How a figure moved over time, the latest first."""

    unit: str
    points: list[Point]
    threshold: float | None
    """What a criterion asks of it."""
    left_out: int
    """How many older ones are not shown."""

    @property
    def drawing(self) -> list[tuple[Point, Markup]]:
        """The points, each with its track; the same is said in words beside."""
        values = [
            value
            for point in self.points
            for value in (point.value, point.low, point.high)
            if value is not None
        ]
        references = self._references()
        scale = nice_scale([*values, *(each.value for each in references)])
        return [
            (point, Markup(track_svg(_row(point), scale, references)))  # noqa: S704 - numbers only
            for point in self.points
        ]

    @property
    def axis(self) -> Markup:
        """The axis of the tracks."""
        values = [v for p in self.points for v in (p.value, p.low, p.high) if v is not None]
        scale = nice_scale([*values, *(each.value for each in self._references())])
        return Markup(axis_svg(scale, self.unit))  # noqa: S704 - escapes its labels

    @property
    def threshold_text(self) -> str:
        """What is asked, in words."""
        return "" if self.threshold is None else figure(self.threshold, self.unit)

    def _references(self) -> tuple[Reference, ...]:
        if self.threshold is None:
            return ()
        return (Reference(value=self.threshold, label="asked"),)


SHOWN = 40
"""Points of a history that are drawn."""


def history(all_found: list[Evidence], unit: str, criterion: Criterion | None) -> History:
    """Put a history into words, the latest first."""
    latest = sorted(all_found, key=lambda each: each.observed_at, reverse=True)
    return History(
        unit=unit,
        threshold=None if criterion is None else criterion.threshold,
        left_out=max(0, len(latest) - SHOWN),
        points=[
            Point(
                id=each.id,
                at=each.observed_at,
                text=evidence_figure(each),
                interval=None if each.interval is None else span(each.interval, each.unit),
                value=each.value,
                low=None if each.interval is None else each.interval.low,
                high=None if each.interval is None else each.interval.high,
                n=each.n,
                basis=each.basis,
                run=each.run,
            )
            for each in latest[:SHOWN]
        ],
    )


def _row(point: Point) -> Row:
    mark = Mark(value=point.value, low=point.low, high=point.high)
    return Row(label="", marks=(mark,), figures=())
