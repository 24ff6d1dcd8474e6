"""What users meet as their number grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.evidence.figures import evidence_figure, full_figure, span
from proveout.evidence.model import Evidence, Subject
from proveout.report.charts import Chart, Mark, Reference, Row
from proveout.report.html.sections.marks import interval_mark, threshold_of
from proveout.report.model import Report

P95 = "load.p95_latency"

FORETOLD = {
    "load.predicted_p95_latency": "95 of 100 answers will come within",
    "load.predicted_abandonment": "Share of users who will give up:",
    "load.needed_capacity": "Requests it must be able to work on at the same time:",
}

# Names in the details of evidence.
LATE = "generator_late_p99_s"
TIMES = "times_as_often_as_at_the_peak"

MISSED = {
    "p95_latency": "fewer than 95 of 100 are answered in time",
    "error_rate": "more requests fail than may",
    "abandonment": "more users give up than may",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadView:
    """What the template shows."""

    lead: str
    """Where it breaks, or that it does not, in one sentence."""
    sentences: tuple[str, ...]
    predicted: tuple[str, ...]
    """What a model foretells of full size."""
    chart: Chart | None
    cautions: tuple[str, ...]
    """How it was sent, and what of it is not to be trusted."""


def view(report: Report) -> LoadView | None:
    """Return what the template shows; None where nothing is known of it."""
    if not any(found.metric.startswith("load.") for found in report.evidence):
        return None
    breaking = report.one("load.breaking_point")
    return LoadView(
        lead=_lead(report, breaking),
        sentences=tuple(_sentences(breaking)),
        predicted=tuple(_predicted(report)),
        chart=_chart(report),
        cautions=tuple(_cautions(report)),
    )


def _lead(report: Report, breaking: Evidence | None) -> str:
    load = report.loaded.charter.load
    full = "" if load is None else f" of {load.users:,}"
    if breaking is not None:
        held = breaking.details.get("held_at")
        before = (
            "at no smaller number did it hold" if held is None else f"at {held:,} it still held"
        )
        return f"From {breaking.value:,.0f}{full} users on it is no longer good enough; {before}."
    # A median without a 95th percentile does not say that the limits were kept.
    known = _levels(report, P95)
    if not known and _levels(report):
        return "At no level did enough requests come to say whether it keeps to the limits."
    if not known:
        return "Not one level could be measured."
    return f"It did not break: up to {max(known):,}{full} users it kept to the limits."


def _sentences(breaking: Evidence | None) -> Iterator[str]:
    if breaking is None:
        return
    missed = [MISSED[name] for name in breaking.details.get("limits_missed", ()) if name in MISSED]
    if missed:
        yield f"There {' and '.join(missed)}."
    causes = breaking.details.get("what_broke", ())
    if causes:
        yield f"Seen: {'; '.join(causes)}."
    again = breaking.details.get("held_above", ())
    if again:
        yield (
            f"With {', '.join(f'{users:,}' for users in again)} users it held again, so that "
            "something else than their number may have broken it: send it once more."
        )


def _predicted(report: Report) -> Iterator[str]:
    for metric, words in FORETOLD.items():
        found = report.one(metric)
        if found is not None:
            yield f"{words} {full_figure(found)}."


def _levels(report: Report, *metrics: str) -> list[int]:
    """Return the numbers of users that these metrics, or anything at all, were measured at."""
    wanted = metrics or (P95, "load.p50_latency", "load.error_rate")
    users = {found.subject.get("users") for found in report.evidence if found.metric in wanted}
    return sorted(int(each) for each in users if each is not None)


def _chart(report: Report) -> Chart | None:
    rows = [_row(report, users) for users in _levels(report)]
    expected = report.one("load.predicted_p95_latency")
    if expected is not None:
        rows.append(_predicted_row(report, expected))
    if not rows:
        return None
    limit = threshold_of(report, P95)
    return Chart(
        title="95 of 100 answers come within …, as users grow in number",
        rows=tuple(rows),
        label_heading="Users",
        figure_headings=("95 % within", "Interval", "Half within", "Errors", "Gave up"),
        unit="s",
        references=() if limit is None else (Reference(value=limit.threshold, label="limit"),),
        legend=() if expected is None else (("production", "measured"), ("pilot", "predicted")),
        from_zero=True,
        note="Counted from when a request was due; without an answer counts as slower than any. "
        "Intervals: 95 % of what was measured, 90 % of what is predicted.",
    )


def _row(report: Report, users: int) -> Row:
    subject = Subject.of(users=str(users))
    p95 = report.one(P95, subject=subject)
    others = [
        report.one(f"load.{name}", subject=subject)
        for name in ("p50_latency", "error_rate", "abandonment")
    ]
    limit = threshold_of(report, P95)
    is_bad = p95 is not None and limit is not None and p95.value > limit.threshold
    times = next((e.details[TIMES] for e in others if e is not None and TIMES in e.details), None)
    return Row(
        label=f"{users:,}",
        marks=() if p95 is None else (interval_mark(p95, series="production"),),
        figures=(
            _words(p95),
            _span(p95),
            *("–" if e is None else evidence_figure(e) for e in others),
        ),
        note="" if times is None else f"sent {times:g} times as often as at the peak",
        tone="bad" if is_bad else "plain",
    )


def _words(p95: Evidence | None) -> str:
    if p95 is None:
        return "not known"
    if p95.details.get("at_least"):
        return f"more than {p95.details['give_up_after_s']:g} s"
    return evidence_figure(p95)


def _span(found: Evidence | None) -> str:
    return "–" if found is None or found.interval is None else span(found.interval, found.unit)


def _predicted_row(report: Report, expected: Evidence) -> Row:
    gave_up = report.one("load.predicted_abandonment")
    interval = expected.interval
    mark = Mark(
        value=expected.value,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        series="pilot",
    )
    users = expected.details.get("users")
    return Row(
        label="full size" if users is None else f"{users:,}",
        marks=(mark,),
        figures=(
            _words(expected),
            _span(expected),
            "–",
            "–",
            "–" if gave_up is None else evidence_figure(gave_up),
        ),
        note="predicted",
    )


def _cautions(report: Report) -> Iterator[str]:
    told = [found for found in report.evidence if found.metric.startswith("load.")]
    measured = [e for e in told if e.metric not in FORETOLD]
    if any(e.basis == "simulated" for e in measured):
        yield "The far end says of itself that it is a simulation: this is a rehearsal."
    for way in ("door", "samples"):
        yield from {str(found.details[way]) for found in told if way in found.details}
    late = [float(e.details[LATE]) for e in told if LATE in e.details]
    if late:
        yield (
            f"The load generator itself was late by {max(late) * 1e3:.1f} ms at most with 99 of "
            "100 requests; that is part of the figures, and makes them worse, never better."
        )
    for outcome in report.verdict.outcomes:
        if outcome.check != "load":
            continue
        for missing in outcome.not_measured:
            if missing.metric == P95 and missing.subject.get("users") is not None:
                yield f"At {int(missing.subject.get('users') or 0):,} users: {missing.reason}."
        reasons = {
            m.reason for m in outcome.not_measured if m.metric == "load.predicted_p95_latency"
        }
        yield from (f"Nothing is predicted: {reason}" for reason in sorted(reasons))
