"""The section on what users meet as their number grows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sample_report import fact, sample_report

from proveout.evidence.model import Evidence
from proveout.report import Report
from proveout.report.html import render_html
from proveout.report.html.rooms.load import view

SENT: dict[str, Any] = {"generator_late_p99_s": 0.0004, "give_up_after_s": 10.0}
BEYOND: dict[str, Any] = {**SENT, "at_least": True}


def level(users: int, p95: float | None, errors: float, gave_up: float) -> tuple[Evidence, ...]:
    n = str(users)
    slow = (
        fact("load.p95_latency", 10.01, n=900, details=BEYOND, users=n)
        if p95 is None
        else fact("load.p95_latency", p95, half_width=p95 / 20, n=900, details=SENT, users=n)
    )
    return (
        slow,
        fact("load.p50_latency", 0.4, half_width=0.02, details=SENT, users=n),
        fact("load.error_rate", errors, half_width=errors / 4, details=SENT, users=n),
        fact("load.abandonment", gave_up, half_width=gave_up / 4, details=SENT, users=n),
    )


FOUND = (
    *level(50, 0.9, 0.0, 0.0),
    *level(500, 1.4, 0.002, 0.001),
    *level(2_000, None, 0.03, 0.22),
    fact(
        "load.breaking_point", 2_000, n=2_700,
        details={
            "held_at": 500, "limits_missed": ["p95_latency", "abandonment"],
            "what_broke": ["HTTP <503> for 3.0% of requests"],
        },
    ),
    replace(
        fact("load.predicted_p95_latency", 4.2, half_width=0.4, n=4_000, details={"users": 10_000}),
        basis="simulated",
    ),
    replace(fact("load.needed_capacity", 24, half_width=2, n=4_000), basis="simulated"),
)  # fmt: skip


def report_of(*evidence: Evidence) -> Report:
    return replace(sample_report(), evidence=evidence)


def test_without_a_run_there_is_no_section() -> None:
    """What was not looked at does not stand there as an empty chart."""
    assert view(report_of()) is None


def test_where_it_breaks_is_one_sentence() -> None:
    """The number of users, what held before, and what was missed."""
    shown = view(report_of(*FOUND))

    assert shown is not None
    assert "From 2,000" in shown.lead
    assert shown.lead.endswith("users on it is no longer good enough; at 500 it still held.")
    assert shown.sentences == (
        "There fewer than 95 of 100 are answered in time and more users give up than may.",
        "Seen: HTTP <503> for 3.0% of requests.",
    )


def test_a_median_alone_does_not_say_that_limits_were_kept() -> None:
    """Too few requests for a 95th percentile are no proof that it did not break."""
    shown = view(report_of(*level(20, 0.9, 0.0, 0.0)[1:]))

    assert shown is not None
    assert shown.lead == (
        "At no level did enough requests come to say whether it keeps to the limits."
    )


def test_what_is_predicted_is_told_apart_from_what_was_measured() -> None:
    """Another mark, another line, and the word; and a latency nobody saw the end of says so."""
    shown = view(report_of(*FOUND))

    assert shown is not None
    assert shown.chart is not None
    rows = {row.label: row for row in shown.chart.rows}
    assert [row.marks[0].series for row in shown.chart.rows] == [*["production"] * 3, "pilot"]
    assert rows["10,000"].note == "predicted"
    assert rows["2,000"].figures[0] == "more than 10 s"
    assert shown.predicted == (
        "95 of 100 answers will come within 4.2 s (3.8 to 4.6 s; n = 4,000).",
        "Requests it must be able to work on at the same time: 24 (22 to 26; n = 4,000).",
    )


def test_a_section_escapes_what_a_service_said() -> None:
    """Kinds of error come from the far end."""
    page = render_html(report_of(*FOUND))

    assert "HTTP &lt;503&gt; for 3.0% of requests" in page
    assert "<503>" not in page


def test_a_rehearsal_is_called_one() -> None:
    """What was found against a simulation is no measurement, and the section says so."""
    rehearsed = tuple(replace(each, basis="simulated") for each in level(50, 0.9, 0.0, 0.0))

    shown = view(report_of(*rehearsed))

    assert shown is not None
    assert shown.cautions == (
        "The far end says of itself that it is a simulation: this is a rehearsal.",
        "The load generator itself was late by 0.4 ms at most with 99 of 100 requests; that is "
        "part of the figures, and makes them worse, never better.",
    )
