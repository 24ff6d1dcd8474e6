"""What the confidence is worth, and from where on an answer may go out alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from proveout.evidence.figures import figure, full_figure, span
from proveout.evidence.model import Evidence, Interval
from proveout.report.charts import Chart, Reference
from proveout.report.charts.curve import Curve, CurvePoint, curve_svg
from proveout.report.html.sections.examples import example_words
from proveout.report.html.sections.letting_through import (
    damage_chart,
    standing_sentence,
    worst_by_operator,
    worst_sentence,
)
from proveout.report.model import Report

POINTS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the template shows."""

    lead: str
    sentences: tuple[str, ...]
    examples: tuple[str, ...]
    """Wrong answers that go out alone, on rows as they are."""
    drawing: Markup | None
    """None where all answers are equally sure: there is no line to draw."""
    limit: str
    points: tuple[tuple[str, str, str], ...]
    """The drawing as a table: confidence, goes out alone, wrong among these."""
    damage: str
    worst: str
    damage_examples: tuple[str, ...]
    chart: Chart | None


def view(report: Report) -> View | None:
    """Return what the template shows; None where nothing is known of it."""
    coverage = report.one("confidence.coverage")
    if coverage is None:
        return None
    details = coverage.details
    threshold = report.one("confidence.threshold")
    error = report.one("confidence.selective_error")
    promise = _promised(report)
    if threshold is None or error is None:
        lead, sentences = _no_threshold(details), []
    else:
        lead = (
            f"Below a confidence of {threshold.value:g} an answer goes to a person. "
            f"{full_figure(coverage)} of the cases go out alone; {full_figure(error)} of these are "
            f"wrong. With a probability of {figure(promise.probability, 'fraction')} the error of "
            f"what goes out alone is at most {figure(promise.max_error, 'fraction')}, as long as "
            "the data stay as they were."
        )
        sentences = _what_it_means(coverage, error)
    damaged = worst_by_operator(report)
    return View(
        lead=lead,
        sentences=(*sentences, *_people(report, details), *_basis(coverage)),
        examples=tuple(
            _record(each) for each in (error.details if error else {}).get("examples", ())
        ),
        drawing=_drawing(coverage, error, promise.max_error),
        limit=figure(promise.max_error, "fraction"),
        points=_points(details["curve"]),
        damage=standing_sentence(report),
        worst=worst_sentence(damaged),
        damage_examples=tuple(
            example_words(each) for each in (damaged[0].details["examples"][:3] if damaged else ())
        ),
        chart=damage_chart(report, damaged, promise.max_error),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    max_error: float
    probability: float


def _promised(report: Report) -> _Promise:
    """Return what was promised when it was measured, or else what the charter asks for."""
    threshold = report.one("confidence.threshold")
    if threshold is not None:
        return _Promise(
            max_error=threshold.details["max_error"],
            probability=threshold.details["probability"],
        )
    system = report.loaded.charter.system
    asked = system.let_through if system is not None else None
    return _Promise(
        max_error=asked.max_error if asked else 0.05,
        probability=asked.probability if asked else 0.9,
    )


def _no_threshold(details: Mapping[str, Any]) -> str:
    best = details["at_best"]
    return (
        f"All answers go to a person: {details['reason']}. At best, from a confidence of "
        f"{best['threshold']:.4g} on, {figure(best['coverage'], 'fraction')} of the cases would go "
        f"out alone, and {_wrong(best)} of these would be wrong."
    )


def _what_it_means(coverage: Evidence, error: Evidence) -> list[str]:
    everything, stated = coverage.details["let_all_through"], error.details.get("stated_error")
    told = [
        f"If every answer that states a confidence went out, {_wrong(everything)} of them would be "
        "wrong."
    ]
    if stated is not None:
        told.append(
            f"The system itself expects {figure(stated, 'fraction', error.interval)} of the "
            "answers that go out alone to be wrong."
        )
    never = coverage.details["unanswered"] + coverage.details["without_confidence"]
    if never:
        told.append(
            f"{never:,} of {coverage.n:,} cases had no answer, or one without a confidence, and go "
            "to a person."
        )
    return told


def _people(report: Report, details: Mapping[str, Any]) -> list[str]:
    told = []
    if "to_people_a_day" in details:
        told.append(
            f"At full use of {_about(details['cases_a_day'])} cases a day, about "
            f"{_about(details['to_people_a_day'])} a day go to a person."
        )
    owner = report.loaded.charter.people.production_owner
    if owner is not None:
        told.append(f"Whether answers go out alone is for {owner.name} to decide.")
    return told


def _basis(coverage: Evidence) -> list[str]:
    if coverage.basis != "simulated":
        return []
    return ["The far end was simulated: this is a rehearsal, and says nothing of the real system."]


def _drawing(coverage: Evidence, error: Evidence | None, max_error: float) -> Markup | None:
    points = tuple(
        CurvePoint(x=each["coverage"], y=each["error"], low=each["low"], high=each["high"])
        for each in coverage.details["curve"]
    )
    if len(points) < 2:
        return None
    chosen = None
    if error is not None and error.interval is not None:
        interval = error.interval
        chosen = CurvePoint(x=coverage.value, y=error.value, low=interval.low, high=interval.high)
    limit = Reference(value=max_error, label="limit")
    curve = Curve(points=points, unit="fraction", limit=limit, chosen=chosen)
    return Markup(curve_svg(curve))  # noqa: S704 - numbers only


def _points(curve: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str, str], ...]:
    step = max(1, -(-len(curve) // POINTS_SHOWN))
    shown = [*curve[:-1:step], curve[-1]]
    return tuple(
        (f"{each['threshold']:.4g}", figure(each["coverage"], "fraction"), _wrong(each))
        for each in shown
    )


def _wrong(point: Mapping[str, Any]) -> str:
    """Write the error of a point with its interval and how many it rests on."""
    interval = Interval(low=point["low"], high=point["high"], level=0.95, method="wilson")
    written = figure(point["error"], "fraction", interval)
    return f"{written} ({span(interval, 'fraction')}; n = {point['let_through']:,})"


def _about(count: float) -> str:
    """Write a count that rests on a sample: three figures and no more."""
    return f"{float(f'{count:.3g}'):,.0f}"


def _record(example: Mapping[str, Any]) -> str:
    """Write a wrong answer that goes out alone."""
    return (
        f"{example_words(example['inputs'])}: answered “{example['answer']}”, "
        f"{figure(float(example['confidence']), 'fraction')} sure; the truth is "
        f"“{example['truth']}”"
    )
