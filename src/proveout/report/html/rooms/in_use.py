"""In production: who was called, what users waited, what went to people, who uses it.

Of a pilot before its launch, who uses it by imported usage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from proveout.evidence.alarm import Alarm
from proveout.evidence.figures import day, figure, full_figure, minute, span
from proveout.evidence.model import WINDOW_INPUT, Evidence
from proveout.report.charts import Chart, Reference, Row
from proveout.report.html.sections.marks import interval_mark, threshold_of
from proveout.report.model import Report

_WAITS = (("latency.p50", "half"), ("latency.p95", "95 %"), ("latency.p99", "99 %"))

_SHARES = (
    ("latency.served_rate", "answered by the system, in time"),
    ("latency.fallback_rate", "answered by the fallback"),
    ("latency.unanswered_rate", "got neither"),
    ("exceptions.rate", "went to a person as an exception"),
)

_PEOPLE = (
    ("adoption.active_share", "People it was made for who use it"),
    ("adoption.activated_share", "People who have got something out of it, ever"),
    ("adoption.retained_share", "Of those who used it in the window before: still do"),
    ("adoption.requests_per_user", "Requests of a user in a week"),
    ("adoption.use_change", "Use, against the window before"),
    ("adoption.override_rate", "Answers that were called wrong, or turned out so"),
    ("adoption.abandoned_share", "Uses that were broken off"),
    ("adoption.old_way_share", "Cases that are still done the old way"),
    ("adoption.first_value_days", "Days until half of the people have got something out of it"),
    ("adoption.predicted_reject_rate", "Of those who did not come forward: will not take it up"),
    ("exceptions.open", "Exceptions that wait for a person"),
    ("exceptions.overdue", "Exceptions past their due time"),
    ("exceptions.time_to_resolve", "Until nine of ten exceptions are resolved"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmShown:
    """One alarm as the page tells it."""

    id: str
    what: str
    who: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """What the template shows."""

    title: str
    lead: str
    alarms: tuple[AlarmShown, ...]
    waits: Chart | None
    shares: Chart | None
    people: tuple[tuple[str, str], ...]
    """(what it is, figure)."""


def view(report: Report) -> InUse | None:
    """Return what the template shows; None where nothing was seen in use."""
    seen = [each for each in report.evidence if WINDOW_INPUT in each.inputs]
    imported = [
        each
        for each in report.evidence
        if each.metric.startswith("adoption.") and each.basis != "attested"
    ]
    if not seen and not imported:
        return None
    return InUse(
        title="In production" if seen or imported[0].scope == "production" else "In the pilot",
        lead=_lead(report, seen) if seen else _of_usage(imported[0]),
        alarms=tuple(map(_shown, report.alarms)),
        waits=_waits(report),
        shares=_shares(report),
        people=tuple(_people(report)),
    )


def _lead(report: Report, seen: Sequence[Evidence]) -> str:
    spans = [each.inputs[WINDOW_INPUT].split("/") for each in seen]
    begins = min(datetime.fromisoformat(begin) for begin, _ in spans)
    ends = max(datetime.fromisoformat(end) for _, end in spans)
    n = len(report.alarms)
    standing = "no alarm is unresolved" if not n else f"{n} alarm{'s are' if n > 1 else ' is'} open"
    return f"Requests from {minute(begins)} to {minute(ends)}: {standing}."


def _of_usage(found: Evidence) -> str:
    begins, ends = (str(found.details.get(key, "")) for key in ("begins", "ends"))
    if not begins or not ends:
        return "By imported usage."
    first, last = (minute(datetime.fromisoformat(each)) for each in (begins, ends))
    return f"By imported usage, from {first} to {last}."


def _shown(alarm: Alarm) -> AlarmShown:
    return AlarmShown(id=alarm.id, what=alarm.what, who=alarm.who_acts, since=day(alarm.raised_at))


def _waits(report: Report) -> Chart | None:
    rows = tuple(
        _row(found, f"{name} of requests{_of(found)}")
        for metric, name in _WAITS
        for found in _told_apart(report.of(metric))
    )
    if not rows:
        return None
    limit = threshold_of(report, "latency.p95")
    return Chart(
        title="Until the answer was there",
        rows=rows,
        label_heading="Within this time",
        figure_headings=("Seconds", "95 % interval", "Requests"),
        unit="s",
        from_zero=True,
        references=()
        if limit is None
        else (Reference(value=limit.threshold, label="limit for 95 %"),),
    )


def _told_apart(found: Sequence[Evidence]) -> list[Evidence]:
    """Return all versions together, and each by itself where there are several."""
    versions = [each for each in found if each.subject.get("system") is not None]
    shown = found if len(versions) > 1 else [each for each in found if each not in versions]
    return sorted(shown or versions, key=lambda each: str(each.subject))


def _shares(report: Report) -> Chart | None:
    rows = tuple(
        _row(found, name) for metric, name in _SHARES if (found := report.one(metric)) is not None
    )
    if not rows:
        return None
    return Chart(
        title="What became of the requests",
        rows=rows,
        label_heading="Requests that",
        figure_headings=("Share", "95 % interval", "Requests"),
        unit="fraction",
        from_zero=True,
    )


def _row(found: Evidence, label: str) -> Row:
    interval = "" if found.interval is None else span(found.interval, found.unit)
    return Row(
        label=label,
        marks=(interval_mark(found, series="production"),),
        figures=(figure(found.value, found.unit, found.interval), interval, f"{found.n:,}"),
    )


def _of(found: Evidence) -> str:
    version = found.subject.get("system")
    return "" if version is None else f", version {version}"


def _people(report: Report) -> Iterator[tuple[str, str]]:
    for metric, name in _PEOPLE:
        found = report.one(metric)
        if found is not None:
            yield name, full_figure(found)
