"""The section on a system in use."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from sample_report import fact, sample_report

from proveout.evidence.alarm import Alarm
from proveout.evidence.model import WINDOW_INPUT, Evidence, Subject
from proveout.report import Report
from proveout.report.html import render_html
from proveout.report.html.rooms.in_use import view

WINDOW = {WINDOW_INPUT: "2026-11-14T06:00:00+00:00/2026-11-21T06:00:00+00:00"}
ALARM = Alarm(
    pilot="p",
    metric="drift.alarm",
    subject=Subject.of(column="unit"),
    what="unit is <miles> since Monday at site north",
    who_acts="Michael Faraday",
    evidence="ev-1",
    raised_at=datetime(2026, 11, 20, tzinfo=UTC),
)


def seen(metric: str, value: float, unit: str = "fraction") -> Evidence:
    return replace(fact(metric, value, half_width=value / 10, n=900), unit=unit, inputs=WINDOW)


FOUND = (
    seen("latency.p50", 0.2, "s"),
    seen("latency.p95", 1.4, "s"),
    seen("latency.served_rate", 0.97),
    seen("exceptions.open", 12, "count"),
)


def report_of(*evidence: Evidence, alarms: tuple[Alarm, ...] = ()) -> Report:
    return replace(sample_report(), evidence=evidence, alarms=alarms)


def test_before_launch_there_is_no_section() -> None:
    """What was found by an assessment was not seen in use."""
    assert view(report_of(fact("quality.accuracy", 0.9))) is None


def test_it_says_which_requests_were_looked_at_and_whether_anybody_was_called() -> None:
    """The span, and the alarms that stand."""
    quiet, called = view(report_of(*FOUND)), view(report_of(*FOUND, alarms=(ALARM,)))

    assert quiet is not None
    assert called is not None
    span = "Requests from 2026-11-14 06:00 UTC to 2026-11-21 06:00 UTC"
    assert quiet.lead == f"{span}: no alarm is unresolved."
    assert called.lead == f"{span}: 1 alarm is open."


def test_figures_stand_with_their_interval_and_their_number_of_requests() -> None:
    """Waits and shares as charts, people as facts."""
    shown = view(report_of(*FOUND))

    assert shown is not None
    assert shown.waits is not None
    assert [row.label for row in shown.waits.rows] == ["half of requests", "95 % of requests"]
    assert shown.waits.rows[1].figures == ("1.4 s", "1.3 to 1.5 s", "900")
    assert shown.shares is not None
    assert [row.label for row in shown.shares.rows] == ["answered by the system, in time"]
    assert shown.people == (("Exceptions that wait for a person", "12 (11 to 13; n = 900)"),)


def test_what_an_alarm_says_is_text_and_never_markup() -> None:
    """It quotes data."""
    page = render_html(report_of(*FOUND, alarms=(ALARM,)))

    assert "unit is &lt;miles&gt; since Monday at site north" in page
    assert "not tried on corrupted data" not in page


def test_a_report_on_production_asks_nothing_of_the_launch() -> None:
    """Sections that only an assessment fills stay away, and quality speaks of requests alone."""
    report = report_of(*FOUND, seen("quality.accuracy", 0.9))
    page = render_html(replace(report, verdict=replace(report.verdict, stage="continue")))

    headings = re.findall(r"<h2[^>]*>([^<]*)</h2>", page)
    assert "Quality in production" in headings
    assert "Requests as they came" in headings
    assert not {"Where it is worst", "The sandbox gap"} & set(headings)
    assert "urated sample" not in page
    assert "Of the requests whose true answer is known" in page


def test_versions_are_told_apart_where_there_are_several() -> None:
    """The only version is all there is, and is not told twice."""
    of = [replace(FOUND[1], subject=Subject.of(system=name)) for name in ("v1", "v2")]

    one, two = view(report_of(*FOUND, of[0])), view(report_of(*FOUND, *of))

    labels = [
        [row.label for row in shown.waits.rows] for shown in (one, two) if shown and shown.waits
    ]
    assert labels == [
        ["half of requests", "95 % of requests"],
        [
            "half of requests",
            "95 % of requests",
            "95 % of requests, version v1",
            "95 % of requests, version v2",
        ],
    ]
